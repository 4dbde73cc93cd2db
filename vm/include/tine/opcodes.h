// Op: the instructions of opcodes.def as an enum, with their facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tine {

/// What follows an opcode in the binary. spec: binary/instructions
enum class Immediate : uint8_t {
  kNone,
  kBlock,         // block type
  kLabel,         // label index
  kLabelTable,    // vector of labels, then the default
  kFunc,          // function index
  kCallIndirect,  // type index, table index
  kSelectT,       // vector of value types
  kLocal,
  kGlobal,
  kTable,
  kMemarg,  // align (with bit 6: a memory index follows), offset
  kMemory,  // memory index
  kI32,
  kI64,
  kF32,
  kF64,
  kV128,
  kShuffle,     // 16 lane indices
  kLane,        // lane index
  kMemargLane,  // the same as kMemarg, then a lane index
  kRefType,
  kMemoryInit,  // data index, memory index
  kData,
  kMemoryCopy,  // destination memory, source memory
  kTableInit,   // element index, table index
  kElem,
  kTableCopy,  // destination table, source table
  kTag,        // tag index
  kTryTable,   // block type, vector of catch clauses
};

enum class Op : uint16_t {
#define TINE_OPCODE(prefix, code, name, text, immediate, signature) name,
#include "tine/opcodes.def"
};

inline constexpr uint32_t kOpCount = 0
#define TINE_OPCODE(prefix, code, name, text, immediate, signature) +1
#include "tine/opcodes.def"
    ;

struct OpInfo {
  uint8_t prefix;  // 0 for one-byte opcodes
  uint16_t code;
  std::string_view text;  // "i32.add"
  Immediate immediate;
  std::string_view signature;  // "ai:i", or "*": as in opcodes.def
};

[[nodiscard]] const OpInfo& op_info(Op op);
/// The instruction of an opcode, or nothing. `prefix` 0 for one-byte opcodes.
[[nodiscard]] std::optional<Op> op_of(uint8_t prefix, uint32_t code);

}  // namespace tine
