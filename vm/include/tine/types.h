// The spec's types and index spaces, and Value: a typed bit pattern.
//
// Types are small values, compared by content. Recursive type groups (GC) will turn FuncType into
// one alternative of a composite type behind the same TypeIdx; nothing here stores a type by
// address. spec: syntax/types
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tine {

using TypeIdx = uint32_t;
using FuncIdx = uint32_t;  // index into a module's functions, imports first
using TableIdx = uint32_t;
using MemIdx = uint32_t;
using GlobalIdx = uint32_t;
using TagIdx = uint32_t;
using LocalIdx = uint32_t;
using InstanceIdx = uint32_t;  // index into a Machine's instances
using WasmOffset = uint32_t;   // byte offset in a module's binary

/// Values are the binary format's own type codes. spec: binary/types
enum class ValType : uint8_t {
  kI32 = 0x7f,
  kI64 = 0x7e,
  kF32 = 0x7d,
  kF64 = 0x7c,
  kV128 = 0x7b,
  kFuncRef = 0x70,
  kExternRef = 0x6f,
  kExnRef = 0x69,
};

inline constexpr ValType kEveryValType[] = {ValType::kI32,       ValType::kI64,   ValType::kF32,
                                            ValType::kF64,       ValType::kV128,  ValType::kFuncRef,
                                            ValType::kExternRef, ValType::kExnRef};
/// A list of one type, in static storage.
[[nodiscard]] std::span<const ValType> list_of(ValType type);

[[nodiscard]] constexpr bool is_ref(ValType t) {
  return t == ValType::kFuncRef || t == ValType::kExternRef || t == ValType::kExnRef;
}
[[nodiscard]] constexpr bool is_num(ValType t) {
  return t == ValType::kI32 || t == ValType::kI64 || t == ValType::kF32 || t == ValType::kF64;
}
/// How many 64-bit slots of a frame a value takes.
[[nodiscard]] constexpr uint32_t slots_of(ValType t) { return t == ValType::kV128 ? 2 : 1; }
/// How many low bits of its slots a value means; the others are undefined in a slot, zero in a Value.
[[nodiscard]] constexpr uint32_t bits_of(ValType t) {
  return t == ValType::kI32 || t == ValType::kF32 ? 32 : t == ValType::kV128 ? 128 : 64;
}
/// The spec's text for a type: `i32`, `funcref`, …
[[nodiscard]] std::string_view name_of(ValType t);
/// Whether a byte is the code of a value type.
[[nodiscard]] constexpr bool is_val_type_code(uint8_t b) {
  return (b >= 0x7b && b <= 0x7f) || b == 0x70 || b == 0x6f || b == 0x69;
}

struct FuncType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  bool operator==(const FuncType&) const = default;
};
/// `[i32 i64] -> [f32]`, the spec's notation.
[[nodiscard]] std::string to_string(const FuncType& t);

/// Sizes of a memory (in pages) or a table (in elements).
struct SizeLimits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool operator==(const SizeLimits&) const = default;
};

/// Pages have 64 KiB, where the type of a memory says nothing else.
inline constexpr uint8_t kWasmPageShift = 16;
inline constexpr uint64_t kWasmPageBytes = uint64_t{1} << kWasmPageShift;
/// The one other size that a page may have: a byte. Spec: proposals/custom-page-sizes
inline constexpr uint8_t kBytePageShift = 0;
[[nodiscard]] constexpr bool is_page_shift(uint32_t shift) {
  return shift == kWasmPageShift || shift == kBytePageShift;
}

/// What a memory is addressed by, or a table indexed; values are the codes of the ValType.
/// spec: syntax/types#syntax-addrtype
enum class AddressType : uint8_t { kI32 = 0x7f, kI64 = 0x7e };
[[nodiscard]] constexpr ValType val_type_of(AddressType t) { return static_cast<ValType>(t); }
/// That of an operand which has to fit both.
[[nodiscard]] constexpr AddressType narrower(AddressType a, AddressType b) {
  return a == AddressType::kI64 ? b : a;
}
/// The most pages that a memory's type may name, and elements that a table's may. A memory of
/// bytes that had all addresses could not tell its size.
/// spec: valid/types#valid-memtype, valid/types#valid-tabletype
[[nodiscard]] constexpr uint64_t most_declared_pages(AddressType t, uint8_t page_shift) {
  const uint64_t last_address = t == AddressType::kI64 ? UINT64_MAX : UINT32_MAX;
  return page_shift == kBytePageShift ? last_address : (last_address >> page_shift) + 1;
}
[[nodiscard]] constexpr uint64_t most_declared_elements(AddressType t) {
  return t == AddressType::kI64 ? UINT64_MAX : UINT32_MAX;
}

struct MemoryType {
  SizeLimits limits;
  AddressType address_type = AddressType::kI32;
  uint8_t page_shift = kWasmPageShift;  // log2 of the bytes of a page
  [[nodiscard]] uint64_t page_bytes() const { return uint64_t{1} << page_shift; }
  bool operator==(const MemoryType&) const = default;
};
struct TableType {
  ValType element = ValType::kFuncRef;
  SizeLimits limits;
  AddressType address_type = AddressType::kI32;
  bool operator==(const TableType&) const = default;
};
struct GlobalType {
  ValType type = ValType::kI32;
  bool is_mutable = false;
  bool operator==(const GlobalType&) const = default;
};

/// A reference as it stands in slots, tables and globals: 0 is null, otherwise an index into the
/// store plus one (functions), or the embedder's handle plus one (externref), or marks a caught
/// exception (exception.h). Never an address.
using Ref = uint64_t;
inline constexpr Ref kNullRef = 0;

/// A vector as the two halves that its slots hold: lane 0 is in the lowest bits of `lo`.
struct V128 {
  uint64_t lo = 0;
  uint64_t hi = 0;
  bool operator==(const V128&) const = default;
};

/// A typed value; bits beyond bits_of(type) are zero. `hi` is the upper half of a v128.
struct Value {
  ValType type = ValType::kI32;
  uint64_t lo = 0;
  uint64_t hi = 0;
  bool operator==(const Value&) const = default;

  [[nodiscard]] static Value i32(uint32_t v) { return {ValType::kI32, v, 0}; }
  [[nodiscard]] static Value i64(uint64_t v) { return {ValType::kI64, v, 0}; }
  [[nodiscard]] static Value f32(float v) { return {ValType::kF32, std::bit_cast<uint32_t>(v), 0}; }
  [[nodiscard]] static Value f64(double v) {
    return {ValType::kF64, std::bit_cast<uint64_t>(v), 0};
  }
  [[nodiscard]] static Value ref(ValType t, Ref r) { return {t, r, 0}; }
  [[nodiscard]] static Value zero(ValType t) { return {t, 0, 0}; }
};
/// `i32:42`, `f64:0x1.8p+1`, `funcref:null`: one form for people and tests.
[[nodiscard]] std::string to_string(const Value& v);

}  // namespace tine
