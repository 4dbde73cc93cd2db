// tine diff: what differs, as text.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "diff.h"
#include "text.h"

namespace tine::cli {

namespace {

constexpr size_t kMostItems = 64;  // of a list; --json has all of them

/// A value, a name, or a word for its absence. `text` is fit for a terminal or gets so.
std::string side(const Json& text) { return text.is_null() ? "nothing" : shown(text); }

/// The first items of a list under a heading; nothing for an empty list.
template <class Print>
void print_list(const char* heading, const Json& list, Print print) {
  if (list.empty()) return;
  fmt::print("{}\n", heading);
  for (size_t i = 0; i < std::min(list.size(), kMostItems); ++i) print(list[i]);
  print_more(list.size(), kMostItems, "  ");
}

void print_field(const Json& field) {
  // Texts of fields are escaped where they are made, around quotes of their own.
  const std::string name = field["field"].get<std::string>();
  if (field.contains("note"))
    fmt::print("  {}  {}\n", name, field["note"].get<std::string>());
  else
    fmt::print("  {}  {} != {}\n", name, field["a"].get<std::string>(),
               field["b"].get<std::string>());
}

void print_frame(const Json& frame) {
  const Json& a = frame["a"];
  const Json& b = frame["b"];
  if (!a.is_null() && !b.is_null() && a["at"] == b["at"]) {
    fmt::print("  a #{} b #{}  {}\n", number(a["number"]), number(b["number"]),
               a["at"].get<std::string>());
  } else {
    for (const char* name : {"a", "b"})
      if (const Json& at = frame[name]; !at.is_null())
        fmt::print("  {} #{}  {}\n", name, number(at["number"]), at["at"].get<std::string>());
  }
  const Json& values = frame["values"];
  for (size_t i = 0; i < std::min(values.size(), kMostItems); ++i)
    fmt::print("     {} {}  {} != {}\n", shown(values[i]["kind"]), number(values[i]["index"]),
               side(values[i]["a"]), side(values[i]["b"]));
  print_more(values.size(), kMostItems, "     ");
}

void print_global(const Json& global) {
  const std::string name = shown(global["name"]);
  fmt::print("  {:4}  {}{}{} != {}\n", number(global["global"]), name, name.empty() ? "" : "  ",
             side(global["a"]), side(global["b"]));
}

void print_table(const Json& table) {
  const uint64_t a = number(table["size_a"]);
  const uint64_t b = number(table["size_b"]);
  const std::string sizes =
      a == b ? fmt::format("{} elements", a) : fmt::format("{} != {} elements", a, b);
  print_list(fmt::format("table[{}]: {}", number(table["table"]), sizes).c_str(), table["elements"],
             [](const Json& element) {
               fmt::print("  {:4}  {} != {}\n", number(element["index"]), side(element["a"]),
                          side(element["b"]));
             });
}

void print_fd(const Json& fd) {
  for (const char* name : {"a", "b"}) {
    const char* other = *name == 'a' ? "b" : "a";
    if (fd[other].is_null())
      fmt::print("  {:4}  only in {}: {} {}\n", number(fd["fd"]), name, shown(fd[name]["kind"]),
                 shown(fd[name]["path"]));
  }
  if (fd["fields"].empty()) return;
  fmt::print("  {:4}  {} {}\n", number(fd["fd"]), shown(fd["a"]["kind"]), shown(fd["a"]["path"]));
  for (const Json& field : fd["fields"]) {
    fmt::print("      ");
    print_field(field);
  }
}

/// `12 ab … `, with `..` where the other side has the same, and `--` where there is no memory.
std::string row_text(const std::string& row, const std::string& same) {
  std::string text;
  for (size_t i = 0; i < 32; i += 2) {
    if (i == 16) text += ' ';
    const std::string byte = row.empty() ? "--" : row.substr(i, 2);
    text += (!same.empty() && byte == same.substr(i, 2) ? ".." : byte) + ' ';
  }
  return text;
}

std::string characters(const std::string& row) {
  std::string text;
  for (size_t i = 0; i + 1 < row.size(); i += 2) {
    const auto c = static_cast<char>(std::stoi(row.substr(i, 2), nullptr, 16));
    text += c >= 0x20 && c < 0x7f ? c : '.';
  }
  return text;
}

void print_row(const Json& row) {
  const std::string a = row["a"].get<std::string>();
  const std::string b = row["b"].get<std::string>();
  fmt::print("    {:#010x}  a  {} |{}|\n", number(row["address"]), row_text(a, ""), characters(a));
  fmt::print("                b  {} |{}|\n", row_text(b, a), characters(b));
}

/// `1 byte`, `2 bytes`.
std::string counted(uint64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string memory_heading(const Json& memory) {
  const uint64_t a = number(memory["size_a"]);
  const uint64_t b = number(memory["size_b"]);
  const std::string sizes =
      a == b ? human_bytes(a) : fmt::format("{} bytes in a and {} in b", a, b);
  return fmt::format("memory[{}]: {} of {}, {}", number(memory["memory"]),
                     counted(number(memory["differing_bytes"]), "byte"), sizes,
                     counted(memory["ranges"].size() + number(memory["more_ranges"]), "range"));
}

void print_memory(const Json& memory) {
  fmt::print("{}\n", memory_heading(memory));
  for (const Json& range : memory["ranges"]) {
    const std::string symbol = range["symbol"].is_null() ? "" : "  " + shown(range["symbol"]);
    fmt::print("  {:#010x}..{:#010x}  {}{}\n", number(range["begin"]), number(range["end"]),
               counted(number(range["differing_bytes"]), "byte"), symbol);
    for (const Json& row : range["rows"]) print_row(row);
  }
  if (const uint64_t more = number(memory["more_rows"]); more != 0)
    fmt::print("  … and {} more row{}\n", more, more == 1 ? "" : "s");
}

}  // namespace

void print_diff(const Json& facts) {
  if (facts["equal"].get<bool>()) return;
  for (const char* name : {"a", "b"})
    fmt::print("{}  {}: {} at instruction {}\n", name, shown(facts[name]["file"]),
               facts[name]["program"].get<std::string>(), number(facts[name]["instructions"]));
  print_list("fields", facts["fields"], print_field);
  print_list("frames", facts["frames"], print_frame);
  print_list("globals", facts["globals"], print_global);
  for (const Json& table : facts["tables"]) print_table(table);
  print_list("file descriptors", facts["fds"], print_fd);
  for (const Json& memory : facts["memories"]) print_memory(memory);
}

}  // namespace tine::cli
