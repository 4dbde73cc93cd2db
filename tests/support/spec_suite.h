// The spec suite as tests see it: its .wast files, and lists of exceptions that may not grow stale.
//
// The suite is not part of this repository: TINE_SPEC_SUITE says where it is, or it lies beside the
// checkout in ../shared/spec-testsuite.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace tine::test {

/// Empty where there is no suite.
inline std::filesystem::path spec_suite() {
  const char* given = std::getenv("TINE_SPEC_SUITE");
  const std::filesystem::path folder = given != nullptr ? given
                                                        : std::filesystem::path(TINE_SOURCE_DIR) /
                                                              ".." / "shared" / "spec-testsuite";
  return std::filesystem::exists(folder) ? folder : std::filesystem::path();
}

/// Names relative to the suite, sorted.
inline std::vector<std::string> spec_suite_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(spec_suite()))
    if (entry.path().extension() == ".wast")
      names.push_back(std::filesystem::relative(entry.path(), spec_suite()).generic_string());
  std::ranges::sort(names);
  return names;
}

/// Lines `FILE reason` or `FILE:LINE reason`; `#` begins a comment.
class ExceptionList {
 public:
  explicit ExceptionList(const std::filesystem::path& file) {
    std::istringstream in(read_text(file.string()));
    for (std::string line; std::getline(in, line);) {
      const std::string place = line.substr(0, line.find_first_of(" \t"));
      if (!place.empty() && place[0] != '#') places_.insert(place);
    }
  }
  [[nodiscard]] bool has_file(const std::string& name) const { return places_.contains(name); }
  /// Whether anything between two lines of a file is listed, the second one excluded.
  [[nodiscard]] bool has_lines(const std::string& name, uint32_t begin, uint32_t end) const {
    for (uint32_t line = begin; line < end; ++line)
      if (places_.contains(name + ":" + std::to_string(line))) return true;
    return false;
  }
  [[nodiscard]] const std::set<std::string>& places() const { return places_; }

 private:
  std::set<std::string> places_;
};

}  // namespace tine::test
