// Runs the `tine` of this build. CMake says where it and the test programs are.
#pragma once

#include <string>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace tine::test {

[[nodiscard]] inline ProcessResult tine(std::vector<std::string> args,
                                        const ProcessOptions& options = {}) {
  args.insert(args.begin(), TINE_BINARY);
  return run_process(args, options);
}

/// The path of a program made by tine_guest().
[[nodiscard]] inline std::string guest(const std::string& name) {
  return std::string(TINE_GUEST_DIR) + "/" + name + ".wasm";
}

}  // namespace tine::test
