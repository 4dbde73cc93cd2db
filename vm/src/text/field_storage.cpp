// Tables and memories.
#include <bit>

#include "text/field_encoder.h"

namespace tine::text {
namespace {

// Flags of limits. spec: binary/types#limits; the last one: custom page sizes
constexpr uint32_t kHasMax = 1;
constexpr uint32_t kIsShared = 2;
constexpr uint32_t kIs64 = 4;
constexpr uint32_t kHasPageSize = 8;

constexpr uint8_t kTableWithInitialiser[] = {0x40, 0x00};

}  // namespace

void FieldEncoder::encode(ByteWriter& out, const Limits& limits) {
  const bool has_page_size = limits.page_bytes != kWasmPageBytes;
  out.byte((limits.max ? kHasMax : 0) | (limits.is_shared ? kIsShared : 0) |
           (limits.is_64 ? kIs64 : 0) | (has_page_size ? kHasPageSize : 0));
  out.u64(limits.min);
  if (limits.max) out.u64(*limits.max);
  if (has_page_size) out.u64(static_cast<uint64_t>(std::countr_zero(limits.page_bytes)));
}

/// spec: text/types#text-addrtype
bool FieldEncoder::index_type_is_64() {
  if (in_.take_word("i64")) return true;
  (void)in_.take_word("i32");
  return false;
}

/// Sizes have 64 bits whatever the index type: too large a size is a matter of validation.
Result<void> FieldEncoder::size_range(Limits& limits) {
  TINE_TRY_ASSIGN(limits.min, in_.expect_unsigned(64));
  if (in_.at_index()) {
    TINE_TRY_ASSIGN(limits.max, in_.expect_unsigned(64));
  }
  return {};
}

// ------------------------------------------------------------------------------------------------
// Memories

/// `(pagesize N)`, which may be missing. Spec: none (custom page sizes).
Result<void> FieldEncoder::page_size(Limits& limits) {
  if (!in_.take_form("pagesize")) return {};
  const Token& place = in_.here();
  TINE_TRY_ASSIGN(limits.page_bytes, in_.expect_unsigned(64));
  if (!std::has_single_bit(limits.page_bytes))
    return in_.error_at(place, "invalid custom page size");
  return in_.expect(TokenKind::kRight);
}

Result<FieldEncoder::Limits> FieldEncoder::memory_type() {
  Limits limits;
  limits.is_64 = index_type_is_64();
  TINE_TRY(size_range(limits));
  limits.is_shared = in_.take_word("shared");
  TINE_TRY(page_size(limits));
  return limits;
}

/// `(memory 1 2)` or, as big as its contents, `(memory (data "…"))`.
Result<void> FieldEncoder::memory(uint32_t index) {
  const uint32_t begin = in_.position();
  Limits limits;
  limits.is_64 = index_type_is_64();
  if (in_.at_form("pagesize") || in_.at_form("data")) {
    TINE_TRY(page_size(limits));
    return inline_data(index, limits);
  }
  in_.seek(begin);
  TINE_TRY_ASSIGN(limits, memory_type());
  encode(sections_.memories.next(), limits);
  return {};
}

Result<void> FieldEncoder::inline_data(uint32_t memory, Limits limits) {
  TINE_TRY(in_.expect_form("data"));
  const std::string bytes = in_.take_strings();
  TINE_TRY(in_.expect(TokenKind::kRight));
  limits.min = bytes.size() / limits.page_bytes + (bytes.size() % limits.page_bytes != 0 ? 1 : 0);
  limits.max = limits.min;
  encode(sections_.memories.next(), limits);
  add_data(at_zero(memory, limits.is_64), bytes);
  return {};
}

// ------------------------------------------------------------------------------------------------
// Tables

Result<void> FieldEncoder::table_type(ByteWriter& out) {
  Limits limits;
  limits.is_64 = index_type_is_64();
  TINE_TRY(size_range(limits));
  limits.is_shared = in_.take_word("shared");
  TINE_TRY_ASSIGN(const ReferenceType type, types_.reference_type());
  out.raw(type.code());
  encode(out, limits);
  return {};
}

/// `(table 1 2 funcref)`, perhaps with the first value of its elements; or, as big as its contents,
/// `(table funcref (elem …))`.
Result<void> FieldEncoder::table(uint32_t index) {
  const uint32_t begin = in_.position();
  const bool is_64 = index_type_is_64();
  if (types_.at_reference_type()) return inline_elements(index, is_64);
  in_.seek(begin);
  ByteWriter type;
  TINE_TRY(table_type(type));
  ByteWriter& out = sections_.tables.next();
  const bool has_initialiser = !in_.at(TokenKind::kRight);
  if (has_initialiser)
    for (const uint8_t byte : kTableWithInitialiser) out.byte(byte);
  out.raw(type.view());
  return has_initialiser ? expression(out, no_locals()) : Result<void>();
}

Result<void> FieldEncoder::inline_elements(uint32_t table, bool is_64) {
  TINE_TRY_ASSIGN(const ReferenceType type, types_.reference_type());
  TINE_TRY(in_.expect_form("elem"));
  Elements elements;
  elements.type = type.code();
  TINE_TRY(in_.at_index() ? function_elements(elements) : expression_elements(elements));
  TINE_TRY(in_.expect(TokenKind::kRight));
  ByteWriter& out = sections_.tables.next();
  out.raw(elements.type);
  encode(out, {.is_64 = is_64, .min = elements.count, .max = elements.count});
  add_elements(at_zero(table, is_64), false, elements);
  return {};
}

}  // namespace tine::text
