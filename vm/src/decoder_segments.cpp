// Constant expressions, and the segments that are made of them. spec: binary/modules#element-section,
// binary/modules#data-section, valid/instructions#constant-expressions
#include "decoder.h"
#include "tine/instr.h"
#include "value_codes.h"

namespace tine {
namespace {

// The flags in front of a segment. Data segments use the first two bits of them, element
// segments all three.
constexpr uint32_t kNotActive = 1;       // passive, or declarative with kExplicit
constexpr uint32_t kExplicit = 2;        // active: an index follows; otherwise: declarative
constexpr uint32_t kExpressions = 4;     // elements are expressions, not function indices
constexpr uint8_t kFuncRefElements = 0;  // the only element kind

}  // namespace

Result<ConstExpr> ModuleDecoder::const_expr(ByteReader& in, ValType expected) {
  InstrReader code(m_.bytes_, in.offset(), in.end());
  std::vector<ConstExpr> instrs;
  std::vector<ValType> stack;
  for (;;) {
    TINE_TRY_ASSIGN(const Instr instr, code.next());
    if (instr.op == Op::end) {
      if (stack.size() != 1)
        return type_mismatch(instr.offset, name_of(expected),
                             stack.empty() ? "nothing" : "more than one value");
      (void)in.take(instr.next_offset - in.offset());
      if (stack[0] == expected) return joined(instrs);
      return type_mismatch(instrs.back().offset, name_of(expected), name_of(stack[0]));
    }
    TINE_TRY(check_limit(limit::const_instrs, instrs.size() + 1, instr.offset));
    TINE_TRY_ASSIGN(instrs.emplace_back(), constant(instr));
    TINE_TRY(apply_constant(instrs.back(), stack));
  }
}

/// What a constant instruction does to the types on the stack.
Result<void> ModuleDecoder::apply_constant(const ConstExpr& instr, std::vector<ValType>& stack) {
  if (is_const_arithmetic(instr.op)) {
    for (int operand = 0; operand < 2; ++operand) {
      if (stack.empty()) return type_mismatch(instr.offset, name_of(instr.type), "nothing");
      if (stack.back() != instr.type)
        return type_mismatch(instr.offset, name_of(instr.type), name_of(stack.back()));
      stack.pop_back();
    }
  }
  stack.push_back(instr.type);
  return {};
}

/// The last instruction, and what stands before it among the module's operands.
ConstExpr ModuleDecoder::joined(const std::vector<ConstExpr>& instrs) {
  ConstExpr last = instrs.back();
  if (instrs.size() == 1) return last;
  last.index = static_cast<uint32_t>(m_.const_operands.size());
  last.operand_count = static_cast<uint32_t>(instrs.size() - 1);
  m_.const_operands.insert(m_.const_operands.end(), instrs.begin(), instrs.end() - 1);
  return last;
}

/// One constant instruction. global.get may name any earlier immutable global, imported or not.
Result<ConstExpr> ModuleDecoder::constant(const Instr& instr) {
  ConstExpr expr{.op = instr.op,
                 .bits = instr.bits,
                 .bits_hi = instr.bits_hi,
                 .index = instr.index,
                 .offset = instr.offset};
  switch (instr.op) {
    case Op::i32_const:
    case Op::i32_add:
    case Op::i32_sub:
    case Op::i32_mul: expr.type = ValType::kI32; return expr;
    case Op::i64_const:
    case Op::i64_add:
    case Op::i64_sub:
    case Op::i64_mul: expr.type = ValType::kI64; return expr;
    case Op::f32_const: expr.type = ValType::kF32; return expr;
    case Op::f64_const: expr.type = ValType::kF64; return expr;
    case Op::v128_const: expr.type = ValType::kV128; return expr;
    case Op::ref_null: expr.type = instr.type; return expr;
    case Op::ref_func:
      TINE_TRY(check_index(instr.index, m_.func_count(), "function", instr.offset));
      declare_func(instr.index);
      expr.type = ValType::kFuncRef;
      return expr;
    case Op::global_get: {
      TINE_TRY(check_index(instr.index, m_.global_types.size(), "global", instr.offset));
      const GlobalType& global = m_.global_types[instr.index];
      if (global.is_mutable) return invalid(instr.offset, "constant expression required");
      expr.type = global.type;
      return expr;
    }
    default: return invalid(instr.offset, "constant expression required");
  }
}

Result<void> ModuleDecoder::element_section(ByteReader& in) {
  return append_each(in, limit::element_segments, m_.elements, [&] { return element_segment(in); });
}

Result<ElementSegment> ModuleDecoder::element_segment(ByteReader& in) {
  const WasmOffset start = in.offset();
  TINE_TRY_ASSIGN(const uint32_t flags, in.u32());
  if (flags > (kNotActive | kExplicit | kExpressions))
    return malformed(start, "malformed elements segment kind");
  const bool has_expressions = (flags & kExpressions) != 0;

  ElementSegment segment;
  if ((flags & kNotActive) != 0) {
    segment.mode = (flags & kExplicit) != 0 ? SegmentMode::kDeclarative : SegmentMode::kPassive;
  } else {
    segment.mode = SegmentMode::kActive;
    const WasmOffset table_offset = in.offset();
    if ((flags & kExplicit) != 0) {
      TINE_TRY_ASSIGN(segment.table, in.u32());
    }
    TINE_TRY(check_index(segment.table, m_.tables.size(), "table", table_offset));
    const AddressType address_type = m_.tables[segment.table].address_type;
    TINE_TRY_ASSIGN(segment.table_offset, const_expr(in, val_type_of(address_type)));
  }
  const WasmOffset type_offset = in.offset();
  if ((flags & (kNotActive | kExplicit)) == 0) {
    segment.type = ValType::kFuncRef;  // the short forms of 1.0 do not say
  } else if (has_expressions) {
    TINE_TRY_ASSIGN(segment.type, read_ref_type(in));
  } else {
    TINE_TRY_ASSIGN(const uint8_t kind, in.byte());
    if (kind != kFuncRefElements) return malformed(type_offset, "malformed element kind");
  }
  if (segment.mode == SegmentMode::kActive && segment.type != m_.tables[segment.table].element)
    return type_mismatch(type_offset, name_of(m_.tables[segment.table].element),
                         name_of(segment.type));

  TINE_TRY(append_each(in, limit::segment_elements, segment.elements, [&] {
    return has_expressions ? const_expr(in, segment.type) : element_function(in);
  }));
  return segment;
}

/// A bare function index stands for `ref.func`.
Result<ConstExpr> ModuleDecoder::element_function(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const FuncIdx func, in.u32());
  TINE_TRY(check_index(func, m_.func_count(), "function", offset));
  declare_func(func);
  return ConstExpr{.op = Op::ref_func, .index = func, .type = ValType::kFuncRef, .offset = offset};
}

Result<void> ModuleDecoder::data_count_section(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(data_count_, in.u32());
  return check_limit(limit::data_segments, *data_count_, offset);
}

Result<void> ModuleDecoder::data_section(ByteReader& in) {
  const WasmOffset start = in.offset();
  ByteReader ahead = in;
  TINE_TRY_ASSIGN(const uint32_t count, ahead.u32());
  if (data_count_ && *data_count_ != count)
    return malformed(start, "data count and data section have inconsistent lengths");
  return append_each(in, limit::data_segments, m_.data, [&] { return data_segment(in); });
}

Result<DataSegment> ModuleDecoder::data_segment(ByteReader& in) {
  const WasmOffset start = in.offset();
  TINE_TRY_ASSIGN(const uint32_t flags, in.u32());
  if (flags > kExplicit) return malformed(start, "malformed data segment kind");
  DataSegment segment;
  if (flags != kNotActive) {
    segment.mode = SegmentMode::kActive;
    const WasmOffset memory_offset = in.offset();
    if (flags == kExplicit) {
      TINE_TRY_ASSIGN(segment.memory, in.u32());
    }
    TINE_TRY(check_index(segment.memory, m_.memories.size(), "memory", memory_offset));
    const AddressType address_type = m_.memories[segment.memory].address_type;
    TINE_TRY_ASSIGN(segment.memory_offset, const_expr(in, val_type_of(address_type)));
  }
  TINE_TRY_ASSIGN(segment.size, in.length());
  segment.begin = in.offset();
  (void)in.take(segment.size);
  return segment;
}

}  // namespace tine
