// tine inspect, of a snapshot: its facts.
#include <algorithm>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "inspect.h"
#include "os.h"
#include "tine/program.h"
#include "tine/report.h"

namespace tine::cli {

namespace {

constexpr uint64_t kMapPageBytes = 4096;  // unit of the memory map: what the host can share

Json value_list(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(to_string(value));
  return list;
}

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
  return {{"size_bytes", bytes.size()},
          {"min_pages", memory.min_pages},
          {"max_pages", memory.has_max ? Json(memory.max_pages) : Json(nullptr)},
          {"map_page_bytes", kMapPageBytes},
          {"nonzero_pages", nonzero},
          {"zero_pages", bytes.size() / kMapPageBytes - nonzero},
          {"nonzero_ranges", std::move(ranges)}};
}

Json table_facts(const TableState& table) {
  const auto filled = std::ranges::count_if(table.elements, [](Ref r) { return r != kNullRef; });
  return {{"element", name_of(static_cast<ValType>(table.element))},
          {"size", table.elements.size()},
          {"non_null", filled}};
}

Json world_facts(const WorldState& world) {
  Json preopens = Json::array();
  for (const PreopenState& preopen : world.preopens) preopens.push_back(preopen.guest_path);
  return {{"kind", world.is_closed ? "closed" : "real"},
          {"args", world.args},
          {"environ", world.environ},
          {"preopens", std::move(preopens)},
          {"overlay_files", world.overlay.size()},
          {"stdin_reads", world.stdin_reads}};
}

Json fd_facts(const WorldState& world, const FdState& fd) {
  std::string path = fd.path;
  if (fd.preopen < world.preopens.size() && (fd.is_preopen || !path.empty())) {
    const std::string& root = world.preopens[fd.preopen].guest_path;
    path = path.empty() ? root : root + "/" + path;
  }
  return {
      {"fd", fd.number},     {"path", path},      {"is_preopen", fd.is_preopen},
      {"offset", fd.offset}, {"flags", fd.flags}, {"rights", fmt::format("{:#x}", fd.rights_base)}};
}

/// The file's parts by what they hold. What is neither module nor memory is header, section table
/// and the state itself.
Json section_facts(const std::string& path, const MachineState& state) {
  std::error_code error;
  const uint64_t file = std::filesystem::file_size(path, error);
  uint64_t modules = 0;
  for (const ModuleRef& module : state.modules) modules += module->bytes().size();
  uint64_t memories = 0;
  for (const MemoryState& memory : state.memories) memories += memory.contents.bytes.size();
  return {{"file_bytes", file},
          {"disk_bytes", disk_bytes(path)},
          {"module_bytes", modules},
          {"memory_bytes", memories},
          {"state_bytes", file - std::min(file, modules + memories)}};
}

}  // namespace

Result<Json> snapshot_facts(const std::string& path, const Snapshot& snapshot) {
  const MachineState& state = snapshot.state();
  // Loading verifies the file, making a machine verifies the frames: only then are indices safe.
  // The machine never runs, so an empty world is enough.
  TINE_TRY_ASSIGN(auto machine, snapshot.machine(World(), {.hosts = default_hosts()}));
  const std::string label = program_label(state);
  const Hash128 hash = snapshot.hash();
  Json facts = {{"format", "snapshot"},
                {"version", kSnapshotVersion},
                {"program", label},
                {"hash", fmt::format("{:016x}{:016x}", hash[1], hash[0])},
                {"instructions", state.instructions},
                {"sections", section_facts(path, state)},
                {"world", world_facts(state.world)},
                {"frames", frame_facts(*machine, label)}};
  facts["pending_calls"] = state.pending.size();
  facts["modules"] = Json::array();
  for (const ModuleRef& module : state.modules)
    facts["modules"].push_back({{"name", module->name()}, {"size_bytes", module->bytes().size()}});
  facts["memories"] = Json::array();
  for (const MemoryState& memory : state.memories)
    facts["memories"].push_back(memory_facts(memory));
  facts["tables"] = Json::array();
  for (const TableState& table : state.tables) facts["tables"].push_back(table_facts(table));
  facts["globals"] = Json::array();
  for (const GlobalState& global : state.globals)
    facts["globals"].push_back(
        {{"mutable", global.is_mutable}, {"value", to_string(global.value)}});
  facts["fds"] = Json::array();
  for (const FdState& fd : state.world.fds) facts["fds"].push_back(fd_facts(state.world, fd));
  return facts;
}

}  // namespace tine::cli
