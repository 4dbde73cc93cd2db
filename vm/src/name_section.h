// The name section: what the module, its functions, globals and data segments are called. Debugging information: a
// malformed one is ignored, it does not make the module malformed. spec: appendix/custom#name-section
#pragma once

#include <string>
#include <vector>

#include "byte_reader.h"

namespace tine {

struct Names {
  std::string module_name;
  // By index, empty where unnamed; or no element.
  std::vector<std::string> func_names;
  std::vector<std::string> global_names;
  std::vector<std::string> data_names;
};

/// How many items of each kind the module has.
struct ItemCounts {
  uint32_t funcs = 0;
  uint32_t globals = 0;
  uint32_t data_segments = 0;
};

/// Parses the contents behind the section's own name. Names of items that do not exist are
/// skipped, and of two names for one item the first holds.
[[nodiscard]] Result<Names> parse_name_section(ByteReader in, const ItemCounts& counts);

}  // namespace tine
