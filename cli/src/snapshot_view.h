// A snapshot opened to be looked at, by `tine inspect` and `tine diff`, and what both say of its
// parts. Names out of modules are raw here; printing escapes them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text.h"
#include "tine/machine.h"
#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine::cli {

struct SnapshotView {
  std::shared_ptr<const Snapshot> snapshot;
  std::unique_ptr<Machine> machine;  // never to be run: its host functions are stand-ins
  std::string label;                 // names the program in positions; escaped

  [[nodiscard]] const MachineState& state() const { return snapshot->state(); }
};

/// Loads and verifies a file, frames included: from then on every index in its state is safe. Its
/// host functions need not be known here. Errors: those of Snapshot::load and Machine::restore.
[[nodiscard]] Result<SnapshotView> open_snapshot(const std::string& path,
                                                 std::vector<ModuleRef> modules);

/// `parse+0x1f (app.wasm:0x2a3)`, as describe_position().
[[nodiscard]] std::string describe_frame(const SnapshotView& view, const FrameState& frame);
/// A table's element: a function's name, `env.host` for a host function, `extern[N]`, `null`.
[[nodiscard]] std::string describe_reference(const MachineState& state, ValType type, Ref ref);
/// What a module that holds global `address` of the store calls it; empty where none does.
[[nodiscard]] std::string store_global_name(const MachineState& state, uint32_t address);

[[nodiscard]] Json value_list(const std::vector<Value>& values);
[[nodiscard]] Json fd_facts(const WorldState& world, const FdState& fd);

}  // namespace tine::cli
