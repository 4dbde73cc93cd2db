#include "utf8.h"

namespace tine {
namespace {

constexpr bool is_continuation(uint8_t b) { return (b & 0xc0) == 0x80; }

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto byte_at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte_at(0);
  if (first < 0x80) return {first, 1};

  // The leading byte says how many continuation bytes follow; the smallest value of each length
  // rules out overlong forms.
  uint32_t length;
  char32_t smallest;
  if ((first & 0xe0) == 0xc0) {
    length = 2, smallest = 0x80;
  } else if ((first & 0xf0) == 0xe0) {
    length = 3, smallest = 0x800;
  } else if ((first & 0xf8) == 0xf0) {
    length = 4, smallest = 0x10000;
  } else {
    return {};
  }
  if (text.size() < length) return {};

  char32_t value = first & (0x7f >> length);
  for (uint32_t i = 1; i < length; ++i) {
    if (!is_continuation(byte_at(i))) return {};
    value = value << 6 | (byte_at(i) & 0x3f);
  }
  const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < smallest || value > 0x10ffff || is_surrogate) return {};
  return {value, length};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.length_bytes == 0) return false;
    text.remove_prefix(point.length_bytes);
  }
  return true;
}

}  // namespace tine
