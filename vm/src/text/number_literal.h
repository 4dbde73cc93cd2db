// Number literals: integers and floats, decimal and hexadecimal, rounded once.
//
// All parsers take a whole token and give its bit pattern, or why there is none. A token that
// breaks the grammar and a number that is too large are different errors, so they stay apart here.
// spec: text/values
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tine::text {

struct Literal {
  enum class Fault : uint8_t {
    kNone,
    kSyntax,  // not a literal of this kind
    kRange,   // one, but not representable
  };
  Fault fault = Fault::kNone;
  uint64_t bits = 0;  // two's complement or IEEE 754, zero-extended

  [[nodiscard]] bool ok() const { return fault == Fault::kNone; }
};

/// A number without a sign, as indices and limits are. `width` in bits, at most 64.
[[nodiscard]] Literal parse_unsigned(std::string_view token, unsigned width);
/// An integer from -2^(width-1) to 2^width - 1, whichever way it is meant.
[[nodiscard]] Literal parse_integer(std::string_view token, unsigned width);
/// Numbers, `inf`, `nan` and `nan:0x…`; the nearest float, ties to even. Integers are floats, too.
[[nodiscard]] Literal parse_f32(std::string_view token);
[[nodiscard]] Literal parse_f64(std::string_view token);

/// Whether a token is a number of any kind.
[[nodiscard]] bool is_number(std::string_view token);

[[nodiscard]] constexpr std::optional<uint32_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace tine::text
