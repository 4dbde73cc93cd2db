// The subcommands of `tine`, one file each.
//
// Each function declares its options on a CLI11 subcommand and hangs the work on its callback. The
// callback writes the exit code to `status`:
//
//   the guest's own   it exited         0     it returned, or there was nothing wrong
//   134               it trapped        124   it ran out of fuel
//   1                 bad data          2     bad command line
//   3                 `tine diff`: the snapshots differ
//   77, 70, …         libFuzzer's, for `tine fuzz`
#pragma once

#include "cli11_fwd.h"

namespace tine::cli {

inline constexpr int kExitBadData = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitDiffer = 3;       // diff(1) has 1, which is bad data here
inline constexpr int kExitOutOfFuel = 124;  // as timeout(1)
inline constexpr int kExitTrap = 134;       // as a shell shows SIGABRT, and as wasmtime

void add_run(CLI::App& app, int& status);
void add_validate(CLI::App& app, int& status);
void add_inspect(CLI::App& app, int& status);
void add_disasm(CLI::App& app, int& status);
void add_diff(CLI::App& app, int& status);
void add_snapshot(CLI::App& app, int& status);
void add_resume(CLI::App& app, int& status);
void add_verify(CLI::App& app, int& status);
void add_pack(CLI::App& app, int& status);
void add_unpack(CLI::App& app, int& status);
void add_flatten(CLI::App& app, int& status);
void add_fuzz(CLI::App& app, int& status);
void add_replay(CLI::App& app, int& status);
/// To be added last: it knows the commands before it.
void add_completion(CLI::App& app, int& status);

}  // namespace tine::cli
