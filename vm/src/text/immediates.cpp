#include "text/immediates.h"

#include <bit>

#include "access_width.h"
#include "limit_check.h"
#include "text/vector_literal.h"

namespace tine::text {
namespace {

constexpr uint8_t kEmptyBlockType = 0x40;
constexpr uint32_t kMemargIndexFollows = 0x40;
constexpr std::string_view kOffsetKey = "offset=";
constexpr std::string_view kAlignKey = "align=";

int64_t sign_extend_32(uint64_t bits) { return static_cast<int32_t>(static_cast<uint32_t>(bits)); }

}  // namespace

void ImmediateEncoder::opcode(TextOp op, uint32_t variant) {
  const TextOpInfo& info = info_of(op);
  if (info.prefix == 0) return out_.byte(info.code + variant);
  out_.byte(info.prefix);
  out_.u64(info.code + variant);
}

Result<void> ImmediateEncoder::instruction(TextOp op) {
  switch (info_of(op).immediate) {
    // What follows decides about the opcode, too.
    case TextImmediate::kCastType: return cast(op);
    case TextImmediate::kNone:
      if (op == TextOp::select) return select();
      [[fallthrough]];
    default: opcode(op); return immediates(op);
  }
}

Result<void> ImmediateEncoder::immediates(TextOp op) {
  const TextImmediate kind = info_of(op).immediate;
  switch (kind) {
    case TextImmediate::kNone: return {};
    case TextImmediate::kLabel: return label();
    case TextImmediate::kLabelTable: return label_table();
    case TextImmediate::kFunc: return index(scope_.funcs);
    case TextImmediate::kCallIndirect: return call_indirect();
    case TextImmediate::kLocal: return index(locals_);
    case TextImmediate::kGlobal: return index(scope_.globals);
    case TextImmediate::kTag: return tag();
    case TextImmediate::kElem: return index(scope_.elems);
    case TextImmediate::kTable: return index_or_zero(scope_.tables);
    case TextImmediate::kMemory: return index_or_zero(scope_.memories);
    case TextImmediate::kTableCopy: return copy(scope_.tables);
    case TextImmediate::kMemoryCopy: return copy(scope_.memories);
    case TextImmediate::kTableInit: return initialize(scope_.elems, scope_.tables);
    case TextImmediate::kMemoryInit:
      uses_data_ = true;
      return initialize(scope_.datas, scope_.memories);
    case TextImmediate::kData: uses_data_ = true; return index(scope_.datas);
    case TextImmediate::kMemarg: return memarg(op, in_.at_index());
    case TextImmediate::kMemargLane: TINE_TRY(memarg(op, at_memory_before_lane())); return lane();
    case TextImmediate::kLane: return lane();
    case TextImmediate::kShuffle: return shuffle();
    case TextImmediate::kV128: return encode_vector(in_, out_);
    case TextImmediate::kFence: out_.byte(0); return {};
    case TextImmediate::kRefType: return heap_type();
    case TextImmediate::kI32: {
      TINE_TRY_ASSIGN(const uint64_t bits, expect_integer(in_, 32));
      out_.s64(sign_extend_32(bits));
      return {};
    }
    case TextImmediate::kI64: {
      TINE_TRY_ASSIGN(const uint64_t bits, expect_integer(in_, 64));
      out_.s64(static_cast<int64_t>(bits));
      return {};
    }
    case TextImmediate::kF32: {
      TINE_TRY_ASSIGN(const uint64_t bits, expect_float(in_, 32));
      out_.fixed(bits, 4);
      return {};
    }
    case TextImmediate::kF64: {
      TINE_TRY_ASSIGN(const uint64_t bits, expect_float(in_, 64));
      out_.fixed(bits, 8);
      return {};
    }
    default: return type_immediates(kind);
  }
}

/// What only instructions of the garbage collection proposal have.
Result<void> ImmediateEncoder::type_immediates(TextImmediate kind) {
  if (kind == TextImmediate::kBranchCast) return branch_cast();
  if (kind == TextImmediate::kField) return field();
  TINE_TRY(index(scope_.types));
  switch (kind) {
    case TextImmediate::kTypeType: return index(scope_.types);
    case TextImmediate::kTypeElem: return index(scope_.elems);
    case TextImmediate::kTypeData: uses_data_ = true; return index(scope_.datas);
    case TextImmediate::kTypeCount: {
      TINE_TRY_ASSIGN(const uint64_t count, in_.expect_unsigned(32));
      out_.u64(count);
      return {};
    }
    default: return {};  // kType
  }
}

Result<void> ImmediateEncoder::index(const IndexSpace& space) {
  TINE_TRY_ASSIGN(const uint32_t index, space.read(in_));
  out_.u64(index);
  return {};
}

Result<void> ImmediateEncoder::index_or_zero(const IndexSpace& space) {
  TINE_TRY_ASSIGN(const uint32_t index, space.read_or_zero(in_));
  out_.u64(index);
  return {};
}

Result<void> ImmediateEncoder::tag() { return index(scope_.tags); }

Result<void> ImmediateEncoder::label() {
  const Token& token = in_.here();
  const auto id = in_.take_id();
  if (!id) {
    TINE_TRY_ASSIGN(const uint64_t number, in_.expect_unsigned(32));
    out_.u64(number);
    return {};
  }
  const auto distance = labels_.distance_to(*id);
  if (!distance) return in_.error_of_id(token, "unknown label");
  out_.u64(*distance);
  return {};
}

/// One label at least: the last one is the default.
Result<void> ImmediateEncoder::label_table() {
  const uint32_t begin = in_.position();
  uint32_t count = 0;
  for (; in_.at_index(); ++count) in_.skip();
  in_.seek(begin);
  if (count > 0) TINE_TRY(check_limit(limit::br_table_labels, count - 1, in_.here().begin));
  out_.u64(count > 0 ? count - 1 : 0);
  do {
    TINE_TRY(label());
  } while (in_.at_index());
  return {};
}

/// A type that needs no index in the binary gets none, whether it has one in the text or not.
Result<void> ImmediateEncoder::block_type() {
  const Token& place = in_.here();
  TINE_TRY_ASSIGN(const TypeUse use, types_.read_type_use(nullptr));
  const Signature* signature = &use.signature;
  if (use.index) {
    TINE_TRY(types_.index_of(use, place));
    signature = table_.find(*use.index);
  }
  if (signature != nullptr && signature->params.empty() && signature->results.size() <= 1) {
    const bool is_empty = signature->results.empty();
    if (is_empty) {
      out_.byte(kEmptyBlockType);
    } else {
      out_.raw(signature->results[0]);
    }
    return {};
  }
  TINE_TRY_ASSIGN(const uint32_t index, types_.index_of(use, place));
  out_.s64(index);
  return {};
}

/// spec: text/instructions#text-catch
Result<void> ImmediateEncoder::catch_clauses() {
  struct Clause {
    std::string_view word;
    uint8_t code;
    bool has_tag;
  };
  static constexpr Clause kClauses[] = {{"catch", 0, true},
                                        {"catch_ref", 1, true},
                                        {"catch_all", 2, false},
                                        {"catch_all_ref", 3, false}};
  const size_t begin = out_.size();
  uint32_t count = 0;
  for (bool is_clause = true; is_clause;) {
    is_clause = false;
    for (const Clause& clause : kClauses) {
      if (!in_.take_form(clause.word)) continue;
      out_.byte(clause.code);
      if (clause.has_tag) TINE_TRY(tag());
      TINE_TRY(label());
      TINE_TRY(in_.expect(TokenKind::kRight));
      ++count;
      is_clause = true;
    }
  }
  const std::vector<uint8_t> clauses = out_.cut(begin);
  out_.u64(count);
  out_.raw({reinterpret_cast<const char*>(clauses.data()), clauses.size()});
  return {};
}

Result<void> ImmediateEncoder::call_indirect() {
  TINE_TRY_ASSIGN(const uint32_t table, scope_.tables.read_or_zero(in_));
  TINE_TRY_ASSIGN(const uint32_t type, types_.type_use(nullptr));
  out_.u64(type);
  out_.u64(table);
  return {};
}

Result<void> ImmediateEncoder::pass_type_use(TextOp op) {
  const bool has_table = info_of(op).immediate == TextImmediate::kCallIndirect;
  if (has_table) TINE_TRY(scope_.tables.read_or_zero(in_));
  TINE_TRY(types_.read_type_use(nullptr));
  return {};
}

/// With a result type it is another opcode, which works on references, too.
Result<void> ImmediateEncoder::select() {
  if (!in_.at_form("result")) {
    opcode(TextOp::select);
    return {};
  }
  TINE_TRY_ASSIGN(const std::vector<TypeCode> types, types_.results());
  opcode(TextOp::select_t);
  out_.u64(types.size());
  for (const TypeCode& type : types) out_.raw(type);
  return {};
}

/// spec: text/instructions#text-memarg
Result<void> ImmediateEncoder::memarg(TextOp op, bool has_memory) {
  uint32_t memory = 0;
  if (has_memory) {
    TINE_TRY_ASSIGN(memory, scope_.memories.read(in_));
  }
  TINE_TRY_ASSIGN(const uint64_t offset, memarg_number(kOffsetKey, 0));
  const Token& place = in_.here();
  const uint64_t natural = accessed_bits(info_of(op).text) / 8;
  TINE_TRY_ASSIGN(const uint64_t align, memarg_number(kAlignKey, natural));
  if (!std::has_single_bit(align)) return in_.error_at(place, "alignment must be a power of two");
  const auto align_log2 = static_cast<uint32_t>(std::countr_zero(align));
  out_.u64(align_log2 | (memory != 0 ? kMemargIndexFollows : 0));
  if (memory != 0) out_.u64(memory);
  out_.u64(offset);
  return {};
}

/// A number is the memory only if the lane is still to come.
bool ImmediateEncoder::at_memory_before_lane() const {
  if (in_.at(TokenKind::kId)) return true;
  const Token& next = in_.peek(1);
  const std::string_view text = in_.text_of(next);
  return in_.at_index() &&
         (in_.is_index(next) || text.starts_with(kOffsetKey) || text.starts_with(kAlignKey));
}

Result<uint64_t> ImmediateEncoder::memarg_number(std::string_view key, uint64_t otherwise) {
  if (!in_.at(TokenKind::kWord) || !in_.text().starts_with(key)) return otherwise;
  const Literal number = parse_unsigned(in_.text().substr(key.size()), 64);
  if (number.fault == Literal::Fault::kSyntax) return in_.unexpected();
  if (!number.ok()) return in_.error_here("i64 constant out of range");
  in_.skip();
  return number.bits;
}

/// Destination and source, or neither.
Result<void> ImmediateEncoder::copy(const IndexSpace& space) {
  const bool is_given = in_.at_index();
  TINE_TRY(index_or_zero(space));
  return is_given ? index(space) : index_or_zero(space);
}

/// The target, which may be missing, comes first in the text and last in the binary.
Result<void> ImmediateEncoder::initialize(const IndexSpace& segments, const IndexSpace& targets) {
  uint32_t target = 0;
  if (in_.is_index(in_.peek(1))) {
    TINE_TRY_ASSIGN(target, targets.read(in_));
  }
  TINE_TRY(index(segments));
  out_.u64(target);
  return {};
}

Result<void> ImmediateEncoder::lane() {
  TINE_TRY_ASSIGN(const uint64_t lane, in_.expect_unsigned(8));
  out_.byte(static_cast<uint32_t>(lane));
  return {};
}

/// Any number may stand for a lane as far as the grammar goes, so it is the range that judges.
Result<void> ImmediateEncoder::shuffle() {
  constexpr uint32_t kLanes = 16;
  TINE_TRY_ASSIGN(const uint32_t count, count_numbers(in_));
  if (count != kLanes) return in_.error_here("invalid lane length " + std::to_string(count));
  for (uint32_t i = 0; i < kLanes; ++i) {
    const Literal lane = parse_unsigned(in_.text(), 8);
    if (!lane.ok()) return in_.error_here("i8 constant out of range");
    out_.byte(static_cast<uint32_t>(lane.bits));
    in_.skip();
  }
  return {};
}

/// The fields of every struct have names of their own.
Result<void> ImmediateEncoder::field() {
  TINE_TRY_ASSIGN(const uint32_t type, scope_.types.read(in_));
  const IndexSpace none("field", "field");
  const bool is_defined = type < scope_.fields.size();
  TINE_TRY_ASSIGN(const uint32_t field, (is_defined ? scope_.fields[type] : none).read(in_));
  out_.u64(type);
  out_.u64(field);
  return {};
}

Result<void> ImmediateEncoder::heap_type() {
  TINE_TRY_ASSIGN(const TypeCode type, types_.heap_type());
  out_.raw(type);
  return {};
}

Result<void> ImmediateEncoder::cast(TextOp op) {
  TINE_TRY_ASSIGN(const ReferenceType type, types_.reference_type());
  opcode(op, type.is_nullable ? 1 : 0);
  out_.raw(type.heap_type);
  return {};
}

/// spec: binary/instructions#binary-castflags
Result<void> ImmediateEncoder::branch_cast() {
  const size_t begin = out_.size();
  TINE_TRY(label());
  const std::vector<uint8_t> label_bytes = out_.cut(begin);
  TINE_TRY_ASSIGN(const ReferenceType from, types_.reference_type());
  TINE_TRY_ASSIGN(const ReferenceType to, types_.reference_type());
  out_.byte((from.is_nullable ? 1u : 0u) | (to.is_nullable ? 2u : 0u));
  out_.raw({reinterpret_cast<const char*>(label_bytes.data()), label_bytes.size()});
  out_.raw(from.heap_type);
  out_.raw(to.heap_type);
  return {};
}

}  // namespace tine::text
