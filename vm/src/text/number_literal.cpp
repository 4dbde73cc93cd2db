#include "text/number_literal.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <string>
#include <system_error>

#include "tine/check.h"

namespace tine::text {
namespace {

using Fault = Literal::Fault;

constexpr Literal kNotALiteral{Fault::kSyntax, 0};
constexpr Literal kOutOfRange{Fault::kRange, 0};

bool take(std::string_view& rest, std::string_view prefix) {
  if (!rest.starts_with(prefix)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

bool is_digit(char c, bool is_hex) {
  const auto digit = hex_digit(c);
  return digit && (is_hex || *digit < 10);
}

/// Takes digits with single underscores between them; without those into `digits`.
/// False where there is no digit or an underscore out of place.
bool take_digits(std::string_view& rest, bool is_hex, std::string& digits) {
  const size_t size_before = digits.size();
  bool after_digit = false;
  while (!rest.empty()) {
    const char c = rest[0];
    if (c == '_' && after_digit) {
      after_digit = false;
    } else if (is_digit(c, is_hex)) {
      digits += c;
      after_digit = true;
    } else {
      break;
    }
    rest.remove_prefix(1);
  }
  return digits.size() > size_before && after_digit;
}

struct Sign {
  bool is_present = false;
  bool is_negative = false;
};

Sign take_sign(std::string_view& rest) {
  if (take(rest, "-")) return {true, true};
  return {take(rest, "+"), false};
}

/// What a float is made of, before it is a number.
struct FloatParts {
  bool is_hex = false;
  std::string whole;     // digits in front of the point, at least one
  std::string fraction;  // behind it
  int64_t exponent = 0;  // of 10, or of 2 where is_hex
};

/// Beyond any literal that fits into memory and still means something.
constexpr int64_t kHugeExponent = int64_t{1} << 40;

bool take_exponent(std::string_view& rest, int64_t& exponent) {
  const Sign sign = take_sign(rest);
  std::string digits;
  if (!take_digits(rest, false, digits)) return false;
  for (const char c : digits)
    exponent = std::min(exponent * 10 + static_cast<int64_t>(*hex_digit(c)), kHugeExponent);
  if (sign.is_negative) exponent = -exponent;
  return true;
}

/// spec: text/values#floating-point, without sign, inf and nan
std::optional<FloatParts> split_float(std::string_view rest) {
  FloatParts parts;
  parts.is_hex = take(rest, "0x");
  if (!take_digits(rest, parts.is_hex, parts.whole)) return std::nullopt;
  if (take(rest, ".") && !rest.empty() && is_digit(rest[0], parts.is_hex)) {
    if (!take_digits(rest, parts.is_hex, parts.fraction)) return std::nullopt;
  }
  const bool has_exponent =
      parts.is_hex ? take(rest, "p") || take(rest, "P") : take(rest, "e") || take(rest, "E");
  if (has_exponent && !take_exponent(rest, parts.exponent)) return std::nullopt;
  if (!rest.empty()) return std::nullopt;
  return parts;
}

/// An IEEE 754 format. spec: syntax/values#floating-point
template <class F>
struct Format {
  static constexpr unsigned kMantissaBits = sizeof(F) == 4 ? 23 : 52;
  static constexpr int64_t kBias = sizeof(F) == 4 ? 127 : 1023;
  static constexpr uint64_t kInfinity = static_cast<uint64_t>(2 * kBias + 1) << kMantissaBits;
  static constexpr uint64_t kCanonicalNan = kInfinity | uint64_t{1} << (kMantissaBits - 1);
  static constexpr unsigned kSignBit = 8 * sizeof(F) - 1;
};

/// A hexadecimal float exactly: `significand * 2^exponent`, and whether digits beyond the 64 bits
/// were not all zero.
struct ExactFloat {
  uint64_t significand = 0;
  int64_t exponent = 0;
  bool is_more = false;
};

ExactFloat exact_of(const FloatParts& parts) {
  ExactFloat exact{.exponent = parts.exponent};
  const auto append = [&](char c, bool is_fraction) {
    const uint64_t digit = *hex_digit(c);
    const bool is_full = exact.significand >> 60 != 0;
    if (is_full) {
      exact.is_more |= digit != 0;
    } else {
      exact.significand = exact.significand << 4 | digit;
    }
    if (is_full && !is_fraction) exact.exponent += 4;
    if (!is_full && is_fraction) exact.exponent -= 4;
  };
  for (const char c : parts.whole) append(c, false);
  for (const char c : parts.fraction) append(c, true);
  return exact;
}

/// Rounds to nearest, ties to even: the bits that stay, those behind them left-aligned in `rest`.
uint64_t round(uint64_t kept, uint64_t rest, bool is_more) {
  constexpr uint64_t kHalf = uint64_t{1} << 63;
  const bool is_above = rest > kHalf || (rest == kHalf && is_more);
  const bool is_tie = rest == kHalf && !is_more;
  return kept + (is_above || (is_tie && (kept & 1) != 0) ? 1 : 0);
}

template <class F>
Literal hex_float(const FloatParts& parts) {
  using Ieee = Format<F>;
  ExactFloat exact = exact_of(parts);
  if (exact.significand == 0) return {};
  const int leading_zeros = std::countl_zero(exact.significand);
  exact.significand <<= leading_zeros;
  const int64_t exponent = exact.exponent - leading_zeros + 63;  // of the leading bit
  if (exponent > Ieee::kBias) return kOutOfRange;

  // Normal numbers keep all bits of the mantissa and the leading one, subnormal ones fewer.
  const int64_t below_normal = std::max<int64_t>(0, 1 - Ieee::kBias - exponent);
  const int64_t kept_bits = int64_t{Ieee::kMantissaBits} + 1 - below_normal;
  if (kept_bits < 0) return {};
  const uint64_t kept = kept_bits == 0 ? 0 : exact.significand >> (64 - kept_bits);
  const uint64_t rounded = round(kept, exact.significand << kept_bits, exact.is_more);

  // The leading bit adds one to the exponent field, and so does a carry out of the rounding.
  const uint64_t field = below_normal > 0 ? 0 : static_cast<uint64_t>(exponent + Ieee::kBias - 1);
  const uint64_t bits = (field << Ieee::kMantissaBits) + rounded;
  return bits >= Ieee::kInfinity ? kOutOfRange : Literal{Fault::kNone, bits};
}

/// The power of ten of the first digit that is not zero, counted from the point: positive where
/// the number is at least 1. Nothing for zero.
std::optional<int64_t> decimal_magnitude(const FloatParts& parts) {
  if (const size_t zeros = parts.whole.find_first_not_of('0'); zeros != std::string::npos)
    return static_cast<int64_t>(parts.whole.size() - zeros) + parts.exponent;
  if (const size_t zeros = parts.fraction.find_first_not_of('0'); zeros != std::string::npos)
    return parts.exponent - static_cast<int64_t>(zeros);
  return std::nullopt;
}

template <class F>
Literal decimal_float(const FloatParts& parts) {
  const auto magnitude = decimal_magnitude(parts);
  if (!magnitude) return {};
  const std::string digits = parts.whole + '.' + (parts.fraction.empty() ? "0" : parts.fraction) +
                             'e' + std::to_string(parts.exponent);
  F value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // Out of range means too large or too small; the latter is a zero.
  if (error == std::errc::result_out_of_range) return *magnitude > 0 ? kOutOfRange : Literal{};
  TINE_CHECK(error == std::errc{} && end == digits.data() + digits.size());
  if constexpr (sizeof(F) == 4)
    return {Fault::kNone, std::bit_cast<uint32_t>(value)};
  else
    return {Fault::kNone, std::bit_cast<uint64_t>(value)};
}

template <class F>
Literal nan_with_payload(std::string_view hex_number) {
  const Literal payload = parse_unsigned(hex_number, 64);
  if (payload.fault == Fault::kSyntax) return kNotALiteral;
  const bool fits =
      payload.ok() && payload.bits != 0 && payload.bits < uint64_t{1} << Format<F>::kMantissaBits;
  return fits ? Literal{Fault::kNone, Format<F>::kInfinity | payload.bits} : kOutOfRange;
}

template <class F>
Literal unsigned_float(std::string_view rest) {
  if (rest == "inf") return {Fault::kNone, Format<F>::kInfinity};
  if (rest == "nan") return {Fault::kNone, Format<F>::kCanonicalNan};
  if (rest.starts_with("nan:0x")) return nan_with_payload<F>(rest.substr(4));
  const auto parts = split_float(rest);
  if (!parts) return kNotALiteral;
  return parts->is_hex ? hex_float<F>(*parts) : decimal_float<F>(*parts);
}

template <class F>
Literal parse_float(std::string_view token) {
  const Sign sign = take_sign(token);
  Literal literal = unsigned_float<F>(token);
  if (literal.ok() && sign.is_negative) literal.bits |= uint64_t{1} << Format<F>::kSignBit;
  return literal;
}

constexpr uint64_t max_unsigned(unsigned width) { return ~uint64_t{0} >> (64 - width); }

}  // namespace

Literal parse_unsigned(std::string_view token, unsigned width) {
  const bool is_hex = take(token, "0x");
  std::string digits;
  if (!take_digits(token, is_hex, digits) || !token.empty()) return kNotALiteral;
  Literal literal;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, literal.bits, is_hex ? 16 : 10);
  if (error != std::errc{} || literal.bits > max_unsigned(width)) return kOutOfRange;
  return literal;
}

Literal parse_integer(std::string_view token, unsigned width) {
  const Sign sign = take_sign(token);
  Literal literal = parse_unsigned(token, width);
  if (!literal.ok() || !sign.is_negative) return literal;
  const uint64_t largest_negative = uint64_t{1} << (width - 1);
  if (literal.bits > largest_negative) return kOutOfRange;
  literal.bits = (~literal.bits + 1) & max_unsigned(width);
  return literal;
}

Literal parse_f32(std::string_view token) { return parse_float<float>(token); }
Literal parse_f64(std::string_view token) { return parse_float<double>(token); }

bool is_number(std::string_view token) { return parse_f64(token).fault != Fault::kSyntax; }

}  // namespace tine::text
