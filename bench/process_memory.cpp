// Figures from /proc/self.
#include "process_memory.h"

#include <fstream>
#include <string>

namespace tine::bench {
namespace {

/// The figure of a line `KEY:   123 kB` of a /proc file, in bytes.
[[nodiscard]] uint64_t kilobytes_line(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key)) return std::stoull(line.substr(key.size())) * 1024;
  return 0;
}

}  // namespace

ProcessMemory process_memory() {
  return {.anonymous_bytes = kilobytes_line("/proc/self/smaps_rollup", "Anonymous:"),
          .page_table_bytes = kilobytes_line("/proc/self/status", "VmPTE:")};
}

}  // namespace tine::bench
