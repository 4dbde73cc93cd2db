// TextOp: every instruction that the text format can name, whether tine executes it or not.
//
// opcodes.def (what tine executes) and opcodes_pending.def (what it will) become one table here.
// What the reader must know of an instruction is how its immediates are written: TextImmediate.
// spec: text/instructions
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tine::text {

/// How the immediates behind a mnemonic are written. The first part has the names of tine::Immediate,
/// so that rows can move from one table to the other.
enum class TextImmediate : uint8_t {
  kNone,
  kBlock,
  kLabel,
  kLabelTable,
  kFunc,
  kCallIndirect,
  kSelectT,
  kLocal,
  kGlobal,
  kTable,
  kMemarg,
  kMemory,
  kI32,
  kI64,
  kF32,
  kF64,
  kV128,        // shape and lanes
  kShuffle,     // 16 lane indices
  kLane,        // lane index
  kMemargLane,  // memarg, lane index
  kRefType,
  kMemoryInit,
  kData,
  kMemoryCopy,
  kTableInit,
  kElem,
  kTableCopy,
  kTag,
  kTryTable,  // block type, catch clauses
  // Of pending instructions only:
  kType,        // type index
  kField,       // type index, field index
  kTypeCount,   // type index, number of operands
  kTypeData,    // type index, data segment
  kTypeElem,    // type index, element segment
  kTypeType,    // destination type, source type
  kCastType,    // reference type; its nullability is part of the opcode
  kBranchCast,  // label, reference type before and after
  kFence,       // nothing in the text, a reserved byte in the binary
};

enum class TextOp : uint16_t {
#define TINE_OPCODE(prefix, code, name, text, immediate, signature) name,
#include "tine/opcodes.def"
#define TINE_OPCODE(prefix, code, name, text, immediate, signature) name,
#include "text/opcodes_pending.def"
};

struct TextOpInfo {
  uint8_t prefix;  // 0 for one-byte opcodes
  uint16_t code;
  std::string_view text;
  TextImmediate immediate;
};

[[nodiscard]] const TextOpInfo& info_of(TextOp op);
/// The instruction of a mnemonic, or nothing. `select` is TextOp::select.
/// Cost: one look-up in a hash table that the first call builds. Thread: any.
[[nodiscard]] std::optional<TextOp> find_op(std::string_view mnemonic);

}  // namespace tine::text
