// The passes over a module's text: outline, types, then the other fields in order.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/token_reader.h"
#include "tine/result.h"
#include "tine/text.h"

namespace tine::text {

/// The binary of the fields at the reader, up to the right parenthesis that closes the module or to
/// the end of the text. `name` is the module's own, or empty.
[[nodiscard]] Result<std::vector<uint8_t>> encode_fields(TokenReader& in, std::string_view name,
                                                         const TextOptions& options);

}  // namespace tine::text
