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
  [[nodiscard]] const std::set<std::string>& places() const { return places_; }

 private:
  std::set<std::string> places_;
};

}  // namespace tine::test
