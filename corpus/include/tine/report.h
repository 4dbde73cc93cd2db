// Positions, backtraces and outcomes as lines for people, the same in every command.
//
// Names come out of modules, which may be hostile, so everything here is escaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tine/machine.h"
#include "tine/snapshot.h"

namespace tine {

/// The name under which a snapshot's program is shown: its argv[0], else the module's own name,
/// else `wasm`. Escaped.
[[nodiscard]] std::string program_label(const MachineState& state);

/// `parse+0x1f (app.wasm:0x2a3)`: the function, how far behind its first instruction, and the
/// offset in the module's binary. `label` names the program.
[[nodiscard]] std::string describe_position(const Module& module, FuncIdx func, WasmOffset offset,
                                            std::string_view label);
[[nodiscard]] std::string describe_position(const Machine& machine, const Position& position,
                                            std::string_view label);

/// `    #0 parse+0x1f (app.wasm:0x2a3)`, innermost first. A deep stack is cut in its middle.
[[nodiscard]] std::vector<std::string> backtrace_lines(const Machine& machine,
                                                       std::string_view label);

/// One word for files and JSON: `returned`, `exited`, `trapped`, `paused`, `out-of-fuel`, `error`.
[[nodiscard]] std::string_view outcome_word(OutcomeKind kind);

}  // namespace tine
