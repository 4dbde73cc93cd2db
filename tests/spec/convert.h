// Conversion: FILE.wast → wast2json → a folder with the JSON and the binaries.
//
// Results stay in the work folder, named after the text that was converted, and are used again.
// Several runners may share a work folder: a conversion appears in it by one rename.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tine::spec {

struct Conversion {
  std::filesystem::path json;
  size_t commands_left_out = 0;  // because they are pending
  std::string error;             // empty: json is there
};

/// Converts `suite/name`, without the forms that start on `pending_lines`.
[[nodiscard]] Conversion convert(const std::filesystem::path& suite, const std::string& name,
                                 const std::vector<uint32_t>& pending_lines,
                                 const std::filesystem::path& work);

}  // namespace tine::spec
