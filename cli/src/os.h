// All that cli/ asks of the operating system itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tine::cli {

/// The path of this very program, so that it can be started again. Empty where unknown.
[[nodiscard]] std::string executable_path();
[[nodiscard]] bool stdin_is_terminal();
/// Bytes that a file takes on disk, holes left out. 0 where unknown.
[[nodiscard]] uint64_t disk_bytes(const std::string& path);

}  // namespace tine::cli
