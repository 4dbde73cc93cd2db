// Facts about threaded ops that translator, accumulator assignment and emitter need, derived from
// the rows of ops.def.
#pragma once

#include <cstdint>

#include "ir.h"
#include "tine/opcodes.h"
#include "tine/types.h"

namespace tine {

/// How an op's operands are laid out (ir.h).
[[nodiscard]] Shape shape_of(IrOp op);
/// Whether it computes a value into IrInst::dst and goes on to the next op.
[[nodiscard]] bool writes_dst(IrOp op);
/// Whether that value is a vector, which takes two slots.
[[nodiscard]] bool writes_vector(IrOp op);
/// Whether it computes two values, into IrInst::dst and the slot behind, and nowhere else: then
/// writes_dst() is false.
[[nodiscard]] bool writes_pair(IrOp op);
/// The accumulator its result also stands in; kNone where it writes none.
[[nodiscard]] Bank result_bank(IrOp op);
/// The accumulator that operand a or b may be read from.
[[nodiscard]] Bank operand_bank(IrOp op);
/// Whether it compares, so that a branch on its result becomes one op with it.
[[nodiscard]] bool is_compare(IrOp op);
/// br_NAME or br_not_NAME of a compare.
[[nodiscard]] IrOp branch_of(IrOp compare, bool wanted);
/// The same op with a 64-bit address or index: the rows put wide_NAME right behind NAME.
[[nodiscard]] constexpr IrOp wide(IrOp op) {
  return static_cast<IrOp>(static_cast<uint16_t>(op) + 1);
}
/// The op that loads a constant of this type.
[[nodiscard]] IrOp constant_op(ValType type, uint64_t bits);
/// Whether 64 bits are a sign-extended 32-bit immediate.
[[nodiscard]] constexpr bool fits_imm32(uint64_t bits) {
  return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(bits))) == bits;
}
/// The accumulator of a Wasm type; vectors have none.
[[nodiscard]] constexpr Bank bank_of(ValType t) {
  switch (t) {
    case ValType::kF32: return Bank::kF32;
    case ValType::kF64: return Bank::kF64;
    case ValType::kV128: return Bank::kNone;
    default: return Bank::kInteger;
  }
}

/// Instructions that the control part of the translator handles.
[[nodiscard]] constexpr bool is_control(Op op) {
  switch (op) {
    case Op::unreachable:
    case Op::block:
    case Op::loop:
    case Op::if_:
    case Op::else_:
    case Op::end:
    case Op::br:
    case Op::br_if:
    case Op::br_table:
    case Op::return_:
    case Op::call:
    case Op::call_indirect:
    case Op::return_call:
    case Op::return_call_indirect:
    case Op::try_:
    case Op::try_table:
    case Op::catch_:
    case Op::catch_all:
    case Op::delegate:
    case Op::throw_:
    case Op::throw_ref:
    case Op::rethrow: return true;
    default: return false;
  }
}

}  // namespace tine
