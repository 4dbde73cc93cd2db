// tine inspect, of a snapshot: its facts.
#include <algorithm>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "inspect.h"
#include "os.h"
#include "state_json.h"
#include "tine/fd_policy.h"
#include "tine/report.h"

namespace tine::cli {

namespace {

constexpr uint64_t kMapPageBytes = 4096;  // unit of the memory map: what the host can share

Json frame_facts(const Machine& machine, const std::string& label) {
  Json list = Json::array();
  for (const BacktraceFrame& frame : machine.backtrace())
    list.push_back({{"function", frame.func_name},
                    {"instance", frame.position.instance},
                    {"func", frame.position.func},
                    {"offset", frame.position.offset},
                    {"at", describe_position(machine, frame.position, label)},
                    {"locals", value_list(frame.locals)},
                    {"operands", value_list(frame.operands)}});
  return list;
}

bool is_zero(std::span<const uint8_t> page) {
  return page.empty() ||
         (page[0] == 0 && std::memcmp(page.data(), page.data() + 1, page.size() - 1) == 0);
}

/// Runs of pages that hold something, and how many pages do not.
Json memory_facts(const MemoryState& memory) {
  const std::span<const uint8_t> bytes = memory.contents.bytes;
  Json ranges = Json::array();
  uint64_t nonzero = 0;
  uint64_t run_begin = 0;
  bool in_run = false;
  for (uint64_t at = 0; at < bytes.size(); at += kMapPageBytes) {
    const bool zero = is_zero(bytes.subspan(at, std::min(kMapPageBytes, bytes.size() - at)));
    nonzero += zero ? 0 : 1;
    if (!zero && !in_run) run_begin = at;
    if (zero && in_run) ranges.push_back({run_begin, at});
    in_run = !zero;
  }
  if (in_run) ranges.push_back({run_begin, bytes.size()});
  return {{"size_bytes", memory.size_bytes},
          {"address_type", name_of(static_cast<ValType>(memory.address_type))},
          {"page_bytes", uint64_t{1} << memory.page_shift},
          {"min_pages", memory.min_pages},
          {"max_pages", memory.has_max ? Json(memory.max_pages) : Json(nullptr)},
          {"map_page_bytes", kMapPageBytes},
          {"nonzero_pages", nonzero},
          {"zero_pages", bytes.size() / kMapPageBytes - nonzero},
          {"nonzero_ranges", std::move(ranges)}};
}

Json table_facts(const MachineState& state, const TableState& table) {
  const auto type = static_cast<ValType>(table.element);
  Json filled = Json::array();
  for (size_t i = 0; i < table.elements.size(); ++i)
    if (table.elements[i] != kNullRef)
      filled.push_back({{"index", i}, {"ref", describe_reference(state, type, table.elements[i])}});
  return {{"element", name_of(type)},
          {"address_type", name_of(static_cast<ValType>(table.address_type))},
          {"size", table.elements.size()},
          {"non_null", filled.size()},
          {"elements", std::move(filled)}};
}

Json global_facts(const MachineState& state, uint32_t address) {
  const GlobalState& global = state.globals[address];
  return {{"name", store_global_name(state, address)},
          {"mutable", global.is_mutable},
          {"value", to_string(global.value)}};
}

/// Root calls that have not returned yet; the first one may be running.
Json pending_facts(const MachineState& state) {
  Json list = Json::array();
  for (const RootCallState& root : state.pending) {
    const InstanceState& instance = state.instances[root.instance];
    list.push_back({{"function", state.modules[instance.module]->func_name(root.func)},
                    {"args", value_list(root.args)},
                    {"is_running", root.is_running}});
  }
  return list;
}

Json world_facts(const WorldState& world) {
  Json preopens = Json::array();
  for (const PreopenState& preopen : world.preopens) preopens.push_back(preopen.guest_path);
  Json listeners = Json::array();
  for (const ListenerState& listener : world.listeners)
    listeners.push_back(
        {{"address", listener.address_hint}, {"connections", listener.script.size()}});
  return {{"kind", world.is_closed ? "closed" : "real"},
          {"args", world.args},
          {"environ", world.environ},
          {"preopens", std::move(preopens)},
          {"listeners", std::move(listeners)},
          {"overlay_files", world.overlay.size()},
          {"stdin_reads", world.stdin_reads}};
}

/// What the program has in hand but the file has not: whoever resumes it has to bring it along.
Json not_included(const WorldState& world) {
  Json list = Json::array();
  for (const FdState& fd : world.fds) {
    const Json facts = fd_facts(world, fd);
    const std::string path = facts["path"].get<std::string>();
    if (facts["kind"] == "stdin")
      list.push_back("standard input that was not read yet (resume reads its own)");
    else if (fd.is_preopen)
      list.push_back("the directory " + path + " (resume needs --dir for it)");
    else if (facts["kind"] == "listening socket" && !world.is_closed)
      list.push_back("the port at " + path + " (resume needs --listen for it)");
    else if (!fd.file_hash.empty() && fd.embedded == 0)
      list.push_back(
          fmt::format("the {} bytes of {} (resume opens it beneath --dir)", fd.file_size, path));
  }
  for (const LossState& loss : world.losses) list.push_back(to_string(loss));
  return list;
}

std::string hash_text(const Hash128& hash) {
  return fmt::format("{:016x}{:016x}", hash[1], hash[0]);
}

/// Sizes by what the parts hold. Of a pipe (no outline) the file's own are not known: zeros.
Json section_facts(const std::string& path, const MachineState& state,
                   const SnapshotOutline* outline) {
  uint64_t modules = 0;
  for (const ModuleRef& module : state.modules) modules += module->bytes().size();
  uint64_t memories = 0;
  for (const MemoryState& memory : state.memories) memories += memory.contents.bytes.size();
  Json facts = {{"file_bytes", 0},         {"disk_bytes", disk_bytes(path)},
                {"module_bytes", modules}, {"memory_bytes", memories},
                {"state_bytes", 0},        {"plain_bytes", 0},
                {"form", nullptr},         {"list", Json::array()}};
  if (outline == nullptr) return facts;
  std::error_code error;
  const uint64_t file_bytes = std::filesystem::file_size(path, error);
  if (!error) facts["file_bytes"] = file_bytes;
  facts["plain_bytes"] = outline->plain_bytes;
  facts["form"] = outline->is_dense ? "dense" : "plain";
  for (const SectionOutline& s : outline->sections) {
    if (s.kind == "state") facts["state_bytes"] = s.size_bytes;
    facts["list"].push_back({{"kind", s.kind},
                             {"offset", s.offset},
                             {"size_bytes", s.size_bytes},
                             {"hash", hash_text(s.hash)}});
  }
  return facts;
}

/// Blocks as ranges of addresses.
Json block_ranges(const std::vector<uint64_t>& blocks) {
  Json ranges = Json::array();
  uint64_t begin = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (i == 0 || blocks[i] != blocks[i - 1] + 1) begin = blocks[i];
    if (i + 1 == blocks.size() || blocks[i + 1] != blocks[i] + 1)
      ranges.push_back({begin * kMapPageBytes, (blocks[i] + 1) * kMapPageBytes});
  }
  return ranges;
}

/// What a delta has of a memory.
Json change_facts(const ChangedBlocks& changes) {
  return {{"changed_pages", changes.other.size()},
          {"zeroed_pages", changes.zeros.size()},
          {"changed_ranges", block_ranges(changes.other)},
          {"zeroed_ranges", block_ranges(changes.zeros)}};
}

/// Of a delta; null of a complete snapshot.
Json parent_facts(const SnapshotOutline* outline) {
  if (outline == nullptr || outline->parent_file.empty()) return nullptr;
  return {{"file", outline->parent_file}, {"hash", hash_text(outline->parent_hash)}};
}

}  // namespace

Json snapshot_facts(const std::string& path, const SnapshotView& view,
                    const SnapshotOutline* outline) {
  const MachineState& state = view.state();
  Json facts = {{"format", "snapshot"},
                {"version", kSnapshotVersion},
                {"program", view.label},
                {"hash", hash_text(view.snapshot->hash())},
                {"instructions", state.instructions},
                {"reason", view.snapshot->reason()},
                {"sections", section_facts(path, state, outline)},
                {"parent", parent_facts(outline)},
                {"world", world_facts(state.world)},
                {"frames", frame_facts(*view.machine, view.label)},
                {"pending_calls", pending_facts(state)}};
  facts["modules"] = Json::array();
  for (const ModuleRef& module : state.modules)
    facts["modules"].push_back({{"name", module->name()}, {"size_bytes", module->bytes().size()}});
  facts["memories"] = Json::array();
  for (size_t i = 0; i < state.memories.size(); ++i) {
    facts["memories"].push_back(memory_facts(state.memories[i]));
    if (outline != nullptr && i < outline->changes.size())
      facts["memories"].back()["since_parent"] = change_facts(outline->changes[i]);
  }
  facts["tables"] = Json::array();
  for (const TableState& table : state.tables) facts["tables"].push_back(table_facts(state, table));
  facts["globals"] = Json::array();
  for (uint32_t i = 0; i < state.globals.size(); ++i)
    facts["globals"].push_back(global_facts(state, i));
  facts["fds"] = Json::array();
  for (const FdState& fd : state.world.fds) facts["fds"].push_back(fd_facts(state.world, fd));
  facts["not_included"] = not_included(state.world);
  facts["state"] = state_json(state);
  return facts;
}

}  // namespace tine::cli
