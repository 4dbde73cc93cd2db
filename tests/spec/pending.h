// Pending: what of the suite is left out for now, and why (pending.txt).
//
// Every .wast file of the suite either runs or stands in the list as a whole; of a file that runs,
// single commands (or fields of a module) may be left out by their line.
//
//   # a comment
//   throw.wast        exceptions
//   imports.wast:35   exceptions: imports a tag
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tine::spec {

struct PendingList {
  std::map<std::string, std::string> files;            // whole files: reason
  std::map<std::string, std::vector<uint32_t>> lines;  // of files that run: first lines of forms
};

/// Throws where a line makes no sense or names something twice.
[[nodiscard]] PendingList read_pending(const std::filesystem::path& file);

}  // namespace tine::spec
