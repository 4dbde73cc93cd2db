// The binary encoding of instructions. spec: binary/instructions
#include "tine/instr.h"

#include <cstdio>

#include "byte_reader.h"
#include "limit_check.h"
#include "value_codes.h"

namespace tine {
namespace {

constexpr uint8_t kPrefixNumeric = 0xfc;  // saturating truncation, bulk memory and tables
constexpr uint8_t kPrefixVector = 0xfd;
constexpr uint8_t kEmptyBlockType = 0x40;
constexpr uint32_t kMemargIndexFollows = 0x40;

std::unexpected<Error> illegal_opcode(WasmOffset offset, uint8_t first) {
  char text[64];
  std::snprintf(text, sizeof text, "illegal opcode %02x", first);
  return malformed(offset, text);
}

Result<Op> read_op(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t first, in.byte());
  if (first != kPrefixNumeric && first != kPrefixVector) {
    if (const auto op = op_of(0, first)) return *op;
    return illegal_opcode(offset, first);
  }
  TINE_TRY_ASSIGN(const uint32_t code, in.u32());
  if (const auto op = op_of(first, code)) return *op;
  char text[64];
  std::snprintf(text, sizeof text, "illegal opcode %02x %02x", first, code);
  return malformed(offset, text);
}

/// spec: binary/instructions#binary-blocktype
Result<BlockType> read_block_type(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t first, in.peek());
  BlockType block;
  if (first == kEmptyBlockType) {
    TINE_TRY(in.byte());
  } else if (is_val_type_code(first)) {
    block.has_result = true;
    TINE_TRY_ASSIGN(block.result, read_val_type(in));
  } else {
    TINE_TRY_ASSIGN(block.type_index, in.s33());
    if (block.type_index < 0) return malformed(offset, "malformed block type");
  }
  return block;
}

Result<void> read_labels(ByteReader& in, std::vector<uint32_t>& labels) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint32_t count, in.u32());
  TINE_TRY(check_limit(limit::br_table_labels, count, offset));
  labels.clear();
  for (uint32_t i = 0; i <= count; ++i) {  // one more: the default
    TINE_TRY_ASSIGN(const uint32_t label, in.u32());
    labels.push_back(label);
  }
  return {};
}

/// spec: binary/instructions#binary-catch
Result<CatchClause> read_catch(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t kind, in.byte());
  if (kind > static_cast<uint8_t>(CatchClause::Kind::kCatchAllRef))
    return malformed(offset, "malformed catch clause");
  CatchClause clause;
  clause.kind = static_cast<CatchClause::Kind>(kind);
  if (clause.has_tag()) {
    TINE_TRY_ASSIGN(clause.tag, in.u32());
  }
  TINE_TRY_ASSIGN(clause.label, in.u32());
  return clause;
}

Result<void> read_catches(ByteReader& in, std::vector<CatchClause>& catches) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint32_t count, in.u32());
  TINE_TRY(check_limit(limit::catch_clauses, count, offset));
  catches.clear();
  for (uint32_t i = 0; i < count; ++i) {
    TINE_TRY_ASSIGN(const CatchClause clause, read_catch(in));
    catches.push_back(clause);
  }
  return {};
}

/// `index` becomes the number of types, `type` the first of them.
Result<void> read_select_types(ByteReader& in, Instr& instr) {
  TINE_TRY_ASSIGN(instr.index, in.u32());
  for (uint32_t i = 0; i < instr.index; ++i) {
    TINE_TRY_ASSIGN(const ValType type, read_val_type(in));
    if (i == 0) instr.type = type;
  }
  return {};
}

/// spec: binary/instructions#binary-memarg
Result<void> read_memarg(ByteReader& in, Instr& instr) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint32_t flags, in.u32());
  if (flags >= 2 * kMemargIndexFollows) return malformed(offset, "malformed memop flags");
  instr.align_log2 = flags & (kMemargIndexFollows - 1);
  if ((flags & kMemargIndexFollows) != 0) {
    TINE_TRY_ASSIGN(instr.index2, in.u32());
  }
  TINE_TRY_ASSIGN(instr.mem_offset, in.u64());
  return {};
}

Result<void> read_two_indices(ByteReader& in, uint32_t& first, uint32_t& second) {
  TINE_TRY_ASSIGN(first, in.u32());
  TINE_TRY_ASSIGN(second, in.u32());
  return {};
}

Result<void> read_immediate(ByteReader& in, Instr& instr, std::vector<uint32_t>& labels,
                            std::vector<CatchClause>& catches) {
  switch (op_info(instr.op).immediate) {
    case Immediate::kNone: return {};
    case Immediate::kBlock: {
      TINE_TRY_ASSIGN(instr.block, read_block_type(in));
      return {};
    }
    case Immediate::kLabelTable:
      TINE_TRY(read_labels(in, labels));
      instr.labels = labels;
      return {};
    case Immediate::kTryTable: {
      TINE_TRY_ASSIGN(instr.block, read_block_type(in));
      TINE_TRY(read_catches(in, catches));
      instr.catches = catches;
      return {};
    }
    case Immediate::kLabel:
    case Immediate::kTag:
    case Immediate::kFunc:
    case Immediate::kLocal:
    case Immediate::kGlobal:
    case Immediate::kTable:
    case Immediate::kMemory:
    case Immediate::kData:
    case Immediate::kElem: {
      TINE_TRY_ASSIGN(instr.index, in.u32());
      return {};
    }
    case Immediate::kCallIndirect:
    case Immediate::kMemoryInit:
    case Immediate::kMemoryCopy:
    case Immediate::kTableInit:
    case Immediate::kTableCopy: return read_two_indices(in, instr.index, instr.index2);
    case Immediate::kSelectT: return read_select_types(in, instr);
    case Immediate::kMemarg: return read_memarg(in, instr);
    case Immediate::kI32: {
      TINE_TRY_ASSIGN(const int32_t value, in.s32());
      instr.bits = static_cast<uint32_t>(value);
      return {};
    }
    case Immediate::kI64: {
      TINE_TRY_ASSIGN(const int64_t value, in.s64());
      instr.bits = static_cast<uint64_t>(value);
      return {};
    }
    case Immediate::kF32: {
      TINE_TRY_ASSIGN(instr.bits, in.fixed(4));
      return {};
    }
    case Immediate::kF64: {
      TINE_TRY_ASSIGN(instr.bits, in.fixed(8));
      return {};
    }
    case Immediate::kV128:
    case Immediate::kShuffle: {
      TINE_TRY_ASSIGN(instr.bits, in.fixed(8));
      TINE_TRY_ASSIGN(instr.bits_hi, in.fixed(8));
      return {};
    }
    case Immediate::kLane: {
      TINE_TRY_ASSIGN(instr.index, in.byte());
      return {};
    }
    case Immediate::kMemargLane: {
      TINE_TRY(read_memarg(in, instr));
      TINE_TRY_ASSIGN(instr.index, in.byte());
      return {};
    }
    case Immediate::kRefType: {
      TINE_TRY_ASSIGN(instr.type, read_ref_type(in));
      return {};
    }
  }
  return {};
}

}  // namespace

Result<Instr> InstrReader::next() {
  ByteReader in(bytes_, at_, end_);
  Result<Instr> result;
  Instr& instr = *result;
  instr.offset = at_;
  TINE_TRY_ASSIGN(instr.op, read_op(in));
  TINE_TRY(read_immediate(in, instr, labels_, catches_));
  at_ = in.offset();
  instr.next_offset = at_;
  return result;
}

}  // namespace tine
