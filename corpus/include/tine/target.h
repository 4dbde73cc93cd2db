// Target: the snapshot that inputs are tried against, from whatever file the user has.
//
// A `.snap` file is one already. A `.wasm` program is booted here, in memory, up to the place
// where inputs enter: a command to its first read of standard input, a library with
// LLVMFuzzerTestOneInput to the end of its initialisation. Booting happens once a process, never
// once an input.
#pragma once

#include <memory>
#include <string>

#include "tine/program.h"
#include "tine/snapshot.h"

namespace tine {

/// Errors: those of Snapshot::load and load_program; kNotCapturable where the program ends before
/// it asks for an input (the detail says how it ended).
[[nodiscard]] Result<std::shared_ptr<const Snapshot>> open_target(const std::string& path,
                                                                  const ProgramConfig& config);

/// The second half of it: runs a started program up to the place where inputs enter.
[[nodiscard]] Result<std::shared_ptr<const Snapshot>> boot_to_input(Program& program,
                                                                    const std::string& name);

}  // namespace tine
