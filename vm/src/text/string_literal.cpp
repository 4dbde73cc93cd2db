#include "text/string_literal.h"

#include <cstdint>

#include "text/number_literal.h"

namespace tine::text {
namespace {

/// `\u{1F600}` at the start of `text`: its length and value. Length 0: it is none.
struct UnicodeEscape {
  size_t length = 0;
  uint32_t value = 0;
};

constexpr uint32_t kLastCodePoint = 0x10ffff;

/// The digits are a hexadecimal number of the text format: underscores may stand between them.
UnicodeEscape unicode_escape(std::string_view text) {
  constexpr std::string_view kOpening = "\\u{";
  if (!text.starts_with(kOpening)) return {};
  const size_t close = text.find_first_not_of("0123456789abcdefABCDEF_", kOpening.size());
  if (close == std::string_view::npos || text[close] != '}') return {};
  const std::string digits =
      "0x" + std::string(text.substr(kOpening.size(), close - kOpening.size()));
  const auto value = parse_unsigned(digits, 32);
  const bool is_surrogate = value.bits >= 0xd800 && value.bits < 0xe000;
  if (!value.ok() || value.bits > kLastCodePoint || is_surrogate) return {};
  return {close + 1, static_cast<uint32_t>(value.bits)};
}

void append_utf8(std::string& out, uint32_t value) {
  const auto continuation = [&](unsigned shift) {
    out += static_cast<char>(0x80 | ((value >> shift) & 0x3f));
  };
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xc0 | (value >> 6));
    continuation(0);
  } else if (value < 0x10000) {
    out += static_cast<char>(0xe0 | (value >> 12));
    continuation(6), continuation(0);
  } else {
    out += static_cast<char>(0xf0 | (value >> 18));
    continuation(12), continuation(6), continuation(0);
  }
}

char simple_escape(char c) {
  switch (c) {
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    default: return c;  // quotes and the backslash stand for themselves
  }
}

}  // namespace

size_t escape_length(std::string_view text) {
  if (text.size() < 2) return 0;
  const char c = text[1];
  if (c == 'u') return unicode_escape(text).length;
  if (std::string_view("tnr\"'\\").find(c) != std::string_view::npos) return 2;
  return text.size() > 2 && hex_digit(c) && hex_digit(text[2]) ? 3 : 0;
}

std::string decode_string(std::string_view literal) {
  std::string out;
  std::string_view rest = literal.substr(1, literal.size() - 2);
  while (!rest.empty()) {
    if (rest[0] != '\\') {
      const size_t plain = std::min(rest.find('\\'), rest.size());
      out += rest.substr(0, plain);
      rest.remove_prefix(plain);
      continue;
    }
    const size_t length = escape_length(rest);
    if (rest[1] == 'u') {
      append_utf8(out, unicode_escape(rest).value);
    } else if (length == 2) {
      out += simple_escape(rest[1]);
    } else {
      out += static_cast<char>(*hex_digit(rest[1]) << 4 | *hex_digit(rest[2]));
    }
    rest.remove_prefix(length);
  }
  return out;
}

}  // namespace tine::text
