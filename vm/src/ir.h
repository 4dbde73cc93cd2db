// IR: what lies between the translator (translate.cpp) and the emitter (emit.cpp).
//
// One IrInst is one threaded op. Operands name slots of the frame or immediates; whether a slot is
// read from an accumulator instead is decided last (accumulate.cpp), because every result is
// written through. Branches name segments, whose costs are known once the function is done.
//
//   frame:  [ parameters | locals | return word | operand stack, each entry in its home slot ]
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tine/types.h"

namespace tine {

enum class IrOp : uint16_t {
#define TINE_BINARY(name, T, R, expr) name,
#define TINE_COMPARE(name, T, expr) name, br_##name, br_not_##name,
#define TINE_UNARY(name, T, R, expr) name,
#define TINE_TRAPPING_BINARY(name, T, call) name,
#define TINE_TRAPPING_UNARY(name, T, R, call) name,
#define TINE_LOAD(name, M, R) name, wide_##name,
#define TINE_STORE(name, M, T) name, wide_##name,
#define TINE_WIDE(name, expr) name,
#define TINE_WIDE_PAIRS(name, expr) name,
#define TINE_OTHER(name) name,
#include "ops.def"
#define TINE_LANES_UNARY(name, L, expr) name,
#define TINE_LANES_BINARY(name, L, expr) name,
#define TINE_LANES_COMPARE(name, L, expr) name,
#define TINE_VECTOR_SHIFT(name, L, expr) name,
#define TINE_VECTOR_UNARY(name, expr) name,
#define TINE_VECTOR_BINARY(name, expr) name,
#define TINE_VECTOR_TERNARY(name, expr) name,
#define TINE_VECTOR_TEST(name, expr) name,
#define TINE_VECTOR_SPLAT(name, L, T) name,
#define TINE_VECTOR_EXTRACT(name, L, R) name,
#define TINE_VECTOR_REPLACE(name, L, T) name,
#define TINE_VECTOR_LOAD(name, M, expr) name, wide_##name,
#define TINE_VECTOR_LOAD_LANE(name, L) name,
#define TINE_VECTOR_STORE_LANE(name, L) name,
#define TINE_VECTOR_OTHER(name) name,
#include "vector_ops.def"
  kCount,
};

/// Where an operand comes from.
enum class Source : uint8_t { kSlot, kAccumulator, kImmediate };
inline constexpr uint32_t kSourceCount = 3;

/// Which accumulator a result also stands in, or an operand may be read from.
enum class Bank : uint8_t { kNone, kInteger, kF32, kF64 };

/// How an op is laid out in cells and what its operands are; a fact of each IrOp (op_shape).
enum class Shape : uint8_t {
  kBinary,         // dst, a, b
  kUnary,          // dst, a
  kLoad,           // dst, a = address, imm = offset
  kStore,          // a = address, b = value, imm = offset (value immediates in imm2)
  kCompareBranch,  // a, b, taken, fall
  kConditional,    // a, taken, fall
  kVector,         // dst, then a, b, c as far as there are operands, then the lane
  kOther,          // see the emitter
};

using SegmentId = uint32_t;
inline constexpr SegmentId kNoSegment = ~0u;

struct IrInst {
  IrOp op = IrOp::unreachable;
  Source a_source = Source::kSlot;
  Source b_source = Source::kSlot;
  Bank result = Bank::kNone;  // calls with one result: the accumulator it also stands in
  uint16_t dst = 0;
  uint16_t a = 0;
  uint16_t b = 0;
  uint16_t c = 0;
  uint32_t index = 0;  // function, type, global, table, memory, segment, edge, …; a fourth slot
  uint32_t index2 = 0;
  uint64_t imm = 0;              // immediate operand, offset, constant
  uint64_t imm2 = 0;             // immediate value of a store
  SegmentId taken = kNoSegment;  // br, br_*: where it leads
  SegmentId fall = kNoSegment;   // terminators: the segment behind
  uint32_t labels_begin = 0;     // br_table: in FuncIr::labels, index + 1 of them
  // Where it comes from: for traps, capture and resume.
  WasmOffset offset = 0;
  SegmentId segment = kNoSegment;
  uint32_t executed = 0;  // counted instructions of the segment up to and with this one
};

/// A stretch of code whose instruction count is charged at once. spec: none (docs/threaded-code.md)
struct IrSegment {
  WasmOffset offset = 0;         // where it starts
  WasmOffset first_counted = 0;  // its first counted instruction; 0: it has none
  uint32_t cost = 0;
  uint32_t first_inst = 0;         // behind its charge op, if it has one
  bool is_internal = false;        // a trampoline of ours, not a place in the program
  bool has_branches = false;       // more than one way leads to it
  SegmentId same_as = kNoSegment;  // merged into that one
};

/// Where an operand of the Wasm stack stands at some position.
struct OperandLocation {
  ValType type = ValType::kI32;
  bool is_constant = false;
  uint16_t slot = 0;  // its home, or the local that it aliases
  uint64_t bits = 0;  // is_constant
};

/// Where an exception goes that a handler takes, and where its values appear: a segment of this
/// function, and a slot of the frame.
struct IrCatch {
  std::optional<TagIdx> tag;  // nothing: any
  // A legacy catch has the exception beneath the values, a label of try_table behind them, if at all.
  enum class RefPlace : uint8_t { kNone, kBeforeValues, kBehindValues };
  RefPlace ref = RefPlace::kNone;
  SegmentId target = kNoSegment;
  uint16_t slot = 0;  // of the first value, or the reference before them
  uint32_t edge = 0;  // covered: counted on the way
};

using HandlerId = uint32_t;
inline constexpr HandlerId kNoHandler = ~0u;

/// What catches exceptions in a stretch of code: a try_table, or the first part of a legacy try.
/// Stretches are nested like the blocks; handlers are in order of their beginnings.
struct IrHandler {
  WasmOffset begin = 0;              // of the first instruction inside
  WasmOffset end = 0;                // of the instruction that ends it
  HandlerId enclosing = kNoHandler;  // the one around it
  HandlerId outer = kNoHandler;      // who is asked next: that one, or the one delegated to
  std::vector<IrCatch> catches;
};

struct FuncIr {
  std::vector<IrInst> insts;
  std::vector<IrSegment> segments;
  std::vector<SegmentId> labels;  // of all br_tables
  std::vector<IrHandler> handlers;

  [[nodiscard]] SegmentId resolve(SegmentId s) const {
    while (segments[s].same_as != kNoSegment) s = segments[s].same_as;
    return s;
  }
};

}  // namespace tine
