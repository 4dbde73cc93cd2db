// Numbers of a command line as Wasm values.
#include <bit>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "tine/program.h"

namespace tine {

namespace {

template <class Float>
std::optional<Float> parse_float(std::string_view text) {
  Float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Accepts everything from the least signed to the greatest unsigned value of `bits` bits.
std::optional<uint64_t> parse_integer(std::string_view text, uint32_t bits) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  uint64_t magnitude = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), magnitude, hex ? 16 : 10);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  const uint64_t most = negative ? uint64_t{1} << (bits - 1) : mask;
  if (magnitude > most) return std::nullopt;
  return (negative ? 0 - magnitude : magnitude) & mask;
}

/// Both halves, as to_string() writes them: `0x` and at most 32 digits.
std::optional<Value> parse_vector(std::string_view text) {
  if (!text.starts_with("0x") || text.size() > 34) return std::nullopt;
  const std::string digits = std::string(34 - text.size(), '0') + std::string(text.substr(2));
  const auto hi = parse_integer("0x" + digits.substr(0, 16), 64);
  const auto lo = parse_integer("0x" + digits.substr(16), 64);
  if (text.size() == 2 || !hi || !lo) return std::nullopt;
  return Value{ValType::kV128, *lo, *hi};
}

/// Functions have no names here; an externref is a number of the embedder's own.
std::optional<Value> parse_reference(ValType type, std::string_view text) {
  if (text == "null") return Value::ref(type, kNullRef);
  if (type != ValType::kExternRef) return std::nullopt;
  const auto handle = parse_integer(text, 64);
  if (!handle || *handle == ~uint64_t{0}) return std::nullopt;
  return Value::ref(type, *handle + 1);
}

std::optional<Value> parse(ValType type, std::string_view text) {
  switch (type) {
    case ValType::kI32:
      if (auto bits = parse_integer(text, 32)) return Value::i32(static_cast<uint32_t>(*bits));
      return std::nullopt;
    case ValType::kI64:
      if (auto bits = parse_integer(text, 64)) return Value::i64(*bits);
      return std::nullopt;
    case ValType::kF32:
      if (auto value = parse_float<float>(text)) return Value::f32(*value);
      return std::nullopt;
    case ValType::kF64:
      if (auto value = parse_float<double>(text)) return Value::f64(*value);
      return std::nullopt;
    case ValType::kV128: return parse_vector(text);
    case ValType::kFuncRef: return parse_reference(type, text);
    case ValType::kExternRef: return parse_reference(type, text);
    case ValType::kExnRef: return parse_reference(type, text);
  }
  return std::nullopt;
}

}  // namespace

Result<Value> parse_value(ValType type, std::string_view text) {
  if (auto value = parse(type, text)) return *value;
  return fail(ErrorCode::kUsage, kNoOffset,
              fmt::format("'{}' is no {}", escape_for_terminal(text), name_of(type)));
}

}  // namespace tine
