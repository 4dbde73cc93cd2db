// UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
// spec: binary/values#names
#pragma once

#include <cstdint>
#include <string_view>

namespace tine {

struct CodePoint {
  char32_t value = 0;
  uint32_t length_bytes = 0;  // 0: the text does not start with a valid code point
};

/// The code point at the start of `text`, which must not be empty.
[[nodiscard]] CodePoint first_code_point(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace tine
