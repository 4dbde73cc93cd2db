#include "snapshot_view.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tine/report.h"

namespace tine::cli {

namespace {

std::vector<ValType> types_of(const std::vector<uint8_t>& codes) {
  std::vector<ValType> types;
  for (const uint8_t code : codes)
    if (is_val_type_code(code)) types.push_back(static_cast<ValType>(code));
  return types;
}

/// A stand-in for every host function that the state names, so that a snapshot of any embedder can
/// be looked at.
std::shared_ptr<const HostRegistry> stand_ins(const MachineState& state) {
  auto registry = std::make_shared<HostRegistry>();
  for (const HostFuncState& host : state.host_funcs)
    registry->add(
        {host.module, host.name, {types_of(host.params), types_of(host.results)}, [](HostCall&) {
           return HostAction::error("a stand-in");
         }});
  return registry;
}

std::string_view fd_kind_name(uint8_t kind) {
  static constexpr std::string_view kNames[] = {
      "stdin", "stdout", "stderr", "directory", "file", "listening socket", "connection"};
  return kind < std::size(kNames) ? kNames[kind] : "unknown";
}

/// Whether the contents of what is open travel in the snapshot: embedded, or in the overlay.
bool has_contents(const WorldState& world, const FdState& fd) {
  return fd.embedded != 0 || std::ranges::any_of(world.overlay, [&](const OverlayNodeState& node) {
           return node.preopen == fd.preopen && node.path == fd.path && !node.path.empty();
         });
}

bool is_socket(const FdState& fd) {
  const std::string_view kind = fd_kind_name(fd.kind);
  return kind == "listening socket" || kind == "connection";
}

/// Of a socket: where it listens, or who accepted it.
std::string fd_path(const WorldState& world, const FdState& fd) {
  if (is_socket(fd))
    return fd.listener < world.listeners.size() ? world.listeners[fd.listener].address_hint : "";
  if (fd.preopen == kOrphanPreopen) return fmt::format("(nameless file {})", fd.path);
  if (fd.preopen >= world.preopens.size() || (!fd.is_preopen && fd.path.empty())) return fd.path;
  const std::string& root = world.preopens[fd.preopen].guest_path;
  return fd.path.empty() ? root : root + "/" + fd.path;
}

}  // namespace

Result<SnapshotView> open_snapshot(const std::string& path, std::vector<ModuleRef> modules) {
  SnapshotView view;
  TINE_TRY_ASSIGN(view.snapshot, Snapshot::load(path, {.source = MemorySource::kMapFile,
                                                       .modules = std::move(modules)}));
  TINE_TRY_ASSIGN(view.machine,
                  view.snapshot->machine(World(), {.hosts = stand_ins(view.state())}));
  view.label = program_label(view.state());
  return view;
}

std::string describe_frame(const SnapshotView& view, const FrameState& frame) {
  return describe_position(*view.machine, {frame.instance, frame.func, frame.offset}, view.label);
}

std::string describe_reference(const MachineState& state, ValType type, Ref ref) {
  if (ref == kNullRef) return "null";
  if (type != ValType::kFuncRef) return fmt::format("extern[{}]", ref - 1);
  const StoreFuncState& func = state.funcs[ref - 1];
  if (!func.is_host) return state.modules[state.instances[func.owner].module]->func_name(func.func);
  const HostFuncState& host = state.host_funcs[func.owner];
  return host.module + "." + host.name;
}

std::string store_global_name(const MachineState& state, uint32_t address) {
  for (const InstanceState& instance : state.instances) {
    const auto found = std::ranges::find(instance.globals, address);
    if (found == instance.globals.end()) continue;
    const auto index = static_cast<GlobalIdx>(found - instance.globals.begin());
    std::string name = state.modules[instance.module]->global_name(index);
    if (!name.empty()) return name;
  }
  return {};
}

Json value_list(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(to_string(value));
  return list;
}

Json fd_facts(const WorldState& world, const FdState& fd) {
  return {{"fd", fd.number},
          {"kind", fd_kind_name(fd.kind)},
          {"path", fd_path(world, fd)},
          {"is_preopen", fd.is_preopen},
          {"offset", fd.offset},
          {"flags", fd.flags},
          {"has_contents", fd_kind_name(fd.kind) == "file" && has_contents(world, fd)},
          {"rights", fmt::format("{:#x}", fd.rights_base)}};
}

}  // namespace tine::cli
