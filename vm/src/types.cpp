// Texts of types and values.
#include "tine/types.h"

#include <cinttypes>
#include <cmath>
#include <cstdio>

namespace tine {
namespace {

void append_types(std::string& out, std::span<const ValType> types) {
  out += '[';
  for (size_t i = 0; i < types.size(); ++i) {
    if (i > 0) out += ' ';
    out += name_of(types[i]);
  }
  out += ']';
}

/// A float exactly: hexadecimal, or `nan:0xPAYLOAD` with its sign, as the text format writes it.
std::string float_text(double value, bool negative, uint64_t payload) {
  char text[64];
  if (std::isnan(value)) {
    std::snprintf(text, sizeof text, "%snan:0x%" PRIx64, negative ? "-" : "", payload);
  } else {
    std::snprintf(text, sizeof text, "%a", value);
  }
  return text;
}

std::string ref_text(Ref ref) { return ref == kNullRef ? "null" : std::to_string(ref - 1); }

}  // namespace

std::string_view name_of(ValType t) {
  switch (t) {
    case ValType::kI32: return "i32";
    case ValType::kI64: return "i64";
    case ValType::kF32: return "f32";
    case ValType::kF64: return "f64";
    case ValType::kV128: return "v128";
    case ValType::kFuncRef: return "funcref";
    case ValType::kExternRef: return "externref";
    case ValType::kExnRef: return "exnref";
  }
  return "unknown";  // only the validator's "any type" of unreachable code comes here
}

std::span<const ValType> list_of(ValType type) {
  for (const ValType& known : kEveryValType)
    if (known == type) return {&known, 1};
  return {};
}

std::string to_string(const FuncType& t) {
  std::string out;
  append_types(out, t.params);
  out += " -> ";
  append_types(out, t.results);
  return out;
}

std::string to_string(const Value& v) {
  std::string out(name_of(v.type));
  out += ':';
  switch (v.type) {
    case ValType::kI32: return out + std::to_string(static_cast<int32_t>(v.lo));
    case ValType::kI64: return out + std::to_string(static_cast<int64_t>(v.lo));
    case ValType::kF32: {
      const auto bits = static_cast<uint32_t>(v.lo);
      return out + float_text(std::bit_cast<float>(bits), bits >> 31 != 0, bits & 0x7fffff);
    }
    case ValType::kF64:
      return out + float_text(std::bit_cast<double>(v.lo), v.lo >> 63 != 0,
                              v.lo & ((uint64_t{1} << 52) - 1));
    case ValType::kV128: {
      char text[40];
      std::snprintf(text, sizeof text, "0x%016" PRIx64 "%016" PRIx64, v.hi, v.lo);
      return out + text;
    }
    case ValType::kFuncRef:
    case ValType::kExternRef:
    case ValType::kExnRef: return out + ref_text(v.lo);
  }
  return out;
}

}  // namespace tine
