// Outline: what a module consists of, found in a first pass that looks at the heads of its fields
// only. It gives every identifier its index before anything uses it, and checks the order of
// fields. spec: text/modules
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/scope.h"
#include "text/sections.h"
#include "text/token_reader.h"
#include "tine/result.h"

namespace tine::text {

struct Outline {
  Scope scope;
  // Positions of fields in the tokens, in the order of the text.
  std::vector<uint32_t> types;  // (type …) and (rec …)
  std::vector<uint32_t> others;
  std::vector<CustomSectionText> customs;
};

/// Reads the heads of all fields up to the right parenthesis that closes the module, or to the end
/// of the text. Cost: linear in the number of fields.
/// Errors: `duplicate …`, `import after …`, `multiple start sections`, unexpected.
[[nodiscard]] Result<Outline> read_outline(TokenReader& in);

}  // namespace tine::text
