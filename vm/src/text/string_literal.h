// String literals: bytes between quotes, with escapes. spec: text/values#strings
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tine::text {

inline constexpr std::string_view kMalformedUtf8 = "malformed UTF-8 encoding";

/// The length of the escape at the start of `text`, backslash included, or 0 where it is none.
[[nodiscard]] size_t escape_length(std::string_view text);

/// The bytes that a literal means. Pre: `literal` has its quotes, and its escapes are in order.
[[nodiscard]] std::string decode_string(std::string_view literal);

}  // namespace tine::text
