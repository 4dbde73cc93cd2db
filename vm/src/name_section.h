// The name section: what the module and its functions are called. Debugging information: a
// malformed one is ignored, it does not make the module malformed. spec: appendix/custom#name-section
#pragma once

#include <string>
#include <vector>

#include "byte_reader.h"

namespace tine {

struct Names {
  std::string module_name;
  std::vector<std::string> func_names;  // by function index, empty where unnamed; or no element
};

/// Parses the contents behind the section's own name. Names of functions that do not exist are
/// skipped, and of two names for one function the first holds.
[[nodiscard]] Result<Names> parse_name_section(ByteReader in, uint32_t func_count);

}  // namespace tine
