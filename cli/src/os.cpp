#include "os.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace tine::cli {

std::string executable_path() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

bool stdin_is_terminal() { return isatty(STDIN_FILENO) == 1; }

uint64_t disk_bytes(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return 0;
  return static_cast<uint64_t>(info.st_blocks) * 512;
}

}  // namespace tine::cli
