// tine inspect, of a snapshot: its facts as text.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "inspect.h"

namespace tine::cli {

namespace {

constexpr size_t kMostFrames = 32;  // --json has all of them, as of the others
constexpr size_t kMostValues = 16;  // of a frame's locals or operands
constexpr size_t kMostRanges = 16;  // of a memory map
constexpr size_t kMostGlobals = 32;
constexpr size_t kMostElements = 8;  // of a table

std::string joined(const Json& values, size_t most) {
  std::string text;
  for (size_t i = 0; i < std::min(values.size(), most); ++i)
    text += (i == 0 ? "" : " ") + shown(values[i]);
  if (values.size() > most) text += fmt::format(" … {} more", values.size() - most);
  return text;
}

void print_summary(const std::string& file, const Json& facts) {
  const Json& sections = facts["sections"];
  const Json& world = facts["world"];
  fmt::print("{}: snapshot of {} (format {}), {}, {} on disk\n", file,
             facts["program"].get<std::string>(), number(facts["version"]),
             human_bytes(number(sections["file_bytes"])),
             human_bytes(number(sections["disk_bytes"])));
  fmt::print("  instructions  {}\n", number(facts["instructions"]));
  if (!facts["reason"].get_ref<const std::string&>().empty())
    fmt::print("  reason        {}\n", shown(facts["reason"]));
  fmt::print("  hash          {}\n", shown(facts["hash"]));
  if (!facts["parent"].is_null())
    fmt::print("  parent        {}, root hash {}\n", shown(facts["parent"]["file"]),
               shown(facts["parent"]["hash"]));
  fmt::print("  sections      modules {}, memories {}, state {}\n",
             human_bytes(number(sections["module_bytes"])),
             human_bytes(number(sections["memory_bytes"])),
             human_bytes(number(sections["state_bytes"])));
  fmt::print("  world         {}, {} environment variables, {} reads of stdin, {} overlay files\n",
             shown(world["kind"]), world["environ"].size(), number(world["stdin_reads"]),
             number(world["overlay_files"]));
  fmt::print("  arguments     {}\n", joined(world["args"], kMostValues));
}

void print_frames(const Json& frames) {
  fmt::print("backtrace, {} frames\n", frames.size());
  for (size_t i = 0; i < std::min(frames.size(), kMostFrames); ++i) {
    const Json& frame = frames[i];
    fmt::print("  #{} {}\n", i, frame["at"].get<std::string>());
    if (!frame["locals"].empty())
      fmt::print("     locals    {}\n", joined(frame["locals"], kMostValues));
    if (!frame["operands"].empty())
      fmt::print("     operands  {}\n", joined(frame["operands"], kMostValues));
  }
  print_more(frames.size(), kMostFrames, "  ");
}

void print_ranges(const Json& ranges) {
  for (size_t k = 0; k < std::min(ranges.size(), kMostRanges); ++k)
    fmt::print("  {:#010x}..{:#010x}  {}\n", number(ranges[k][0]), number(ranges[k][1]),
               human_bytes(number(ranges[k][1]) - number(ranges[k][0])));
  print_more(ranges.size(), kMostRanges, "  ");
}

/// What a delta has of a memory: which pages are dirty since the parent.
void print_changes(const Json& changes) {
  fmt::print(" since the parent {} pages have other contents\n", number(changes["changed_pages"]));
  print_ranges(changes["changed_ranges"]);
  if (number(changes["zeroed_pages"]) == 0) return;
  fmt::print(" since the parent {} pages became zeros\n", number(changes["zeroed_pages"]));
  print_ranges(changes["zeroed_ranges"]);
}

void print_memories(const Json& memories) {
  for (size_t i = 0; i < memories.size(); ++i) {
    const Json& memory = memories[i];
    fmt::print("memory[{}]: {}; of {} pages of 4 KiB {} are zero, {} are not\n", i,
               human_bytes(number(memory["size_bytes"])),
               number(memory["nonzero_pages"]) + number(memory["zero_pages"]),
               number(memory["zero_pages"]), number(memory["nonzero_pages"]));
    print_ranges(memory["nonzero_ranges"]);
    if (memory.contains("since_parent")) print_changes(memory["since_parent"]);
  }
}

void print_table(size_t i, const Json& table) {
  fmt::print("table[{}]: {} elements of {}, {} not null\n", i, number(table["size"]),
             shown(table["element"]), number(table["non_null"]));
  const Json& elements = table["elements"];
  for (size_t k = 0; k < std::min(elements.size(), kMostElements); ++k)
    fmt::print("  {:4}  {}\n", number(elements[k]["index"]), shown(elements[k]["ref"]));
  print_more(elements.size(), kMostElements, "  ");
}

void print_store(const Json& facts) {
  const Json& globals = facts["globals"];
  fmt::print("globals, {}\n", globals.size());
  for (size_t i = 0; i < std::min(globals.size(), kMostGlobals); ++i) {
    const std::string name = shown(globals[i]["name"]);
    fmt::print("  {:4}  {}{}{}{}\n", i, globals[i]["mutable"].get<bool>() ? "mut " : "",
               shown(globals[i]["value"]), name.empty() ? "" : "  ", name);
  }
  print_more(globals.size(), kMostGlobals, "  ");
  const Json& tables = facts["tables"];
  for (size_t i = 0; i < tables.size(); ++i) print_table(i, tables[i]);
}

void print_pending(const Json& pending) {
  if (pending.empty()) return;
  fmt::print("pending calls, {}\n", pending.size());
  for (size_t i = 0; i < std::min(pending.size(), kMostFrames); ++i)
    fmt::print("  {:4}  {}{}{}\n", i, shown(pending[i]["function"]),
               pending[i]["is_running"].get<bool>() ? ", running" : "  ",
               joined(pending[i]["args"], kMostValues));
  print_more(pending.size(), kMostFrames, "  ");
}

void print_not_included(const Json& lines) {
  if (lines.empty()) return;
  fmt::print("not in the file\n");
  for (const Json& line : lines) fmt::print("  {}\n", shown(line));
}

void print_fds(const Json& fds) {
  fmt::print("file descriptors, {}\n", fds.size());
  for (const Json& fd : fds)
    fmt::print("  {:4}  {}{}{}{}  offset {}, rights {}{}\n", number(fd["fd"]),
               fd["is_preopen"].get<bool>() ? "preopened " : "", shown(fd["kind"]),
               fd["path"].get_ref<const std::string&>().empty() ? "" : " ", shown(fd["path"]),
               number(fd["offset"]), shown(fd["rights"]),
               fd["has_contents"].get<bool>() ? ", contents inside" : "");
}

}  // namespace

void print_snapshot(const std::string& file, const Json& facts) {
  print_summary(file, facts);
  print_frames(facts["frames"]);
  print_pending(facts["pending_calls"]);
  print_memories(facts["memories"]);
  print_store(facts);
  print_fds(facts["fds"]);
  print_not_included(facts["not_included"]);
}

}  // namespace tine::cli
