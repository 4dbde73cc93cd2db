// InstrReader: one instruction after the other out of a function body, with its immediates.
//
// The validator, the translator, coverage numbering and the disassembler all read code through it,
// so the binary encoding of instructions is known in one place. It checks the encoding (LEB128
// lengths, opcodes, truncation); what an instruction may mean is the validator's business.
// spec: binary/instructions
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tine/opcodes.h"
#include "tine/result.h"
#include "tine/types.h"

namespace tine {

/// Block type as encoded: a type index (>= 0), or -1 with `result` (nothing or one value type).
struct BlockType {
  int64_t type_index = -1;
  bool has_result = false;
  ValType result = ValType::kI32;
};

/// A clause of try_table: which exceptions it takes, and where they go. spec: syntax/instructions
struct CatchClause {
  enum class Kind : uint8_t { kCatch = 0, kCatchRef = 1, kCatchAll = 2, kCatchAllRef = 3 };
  Kind kind = Kind::kCatch;
  TagIdx tag = 0;      // not of kCatchAll, kCatchAllRef
  uint32_t label = 0;  // counted from outside of the try_table

  [[nodiscard]] bool has_tag() const { return kind == Kind::kCatch || kind == Kind::kCatchRef; }
  /// Whether the label also gets a reference to the exception.
  [[nodiscard]] bool has_ref() const {
    return kind == Kind::kCatchRef || kind == Kind::kCatchAllRef;
  }
};

struct Instr {
  Op op = Op::nop;
  WasmOffset offset = 0;       // of its first byte, in the module's binary
  WasmOffset next_offset = 0;  // of the byte after it
  BlockType block;             // kBlock, kTryTable
  uint32_t index = 0;   // label, function, local, global, table, data, element, type, memory, tag;
                        // kSelectT: the number of types; kLane, kMemargLane: the lane
  uint32_t index2 = 0;  // call_indirect: table; memory.copy/table.copy: source;
                        // memory.init: memory; table.init: table; memarg: memory
  uint32_t align_log2 = 0;               // kMemarg
  uint64_t mem_offset = 0;               // kMemarg
  uint64_t bits = 0;                     // constants, as bits; kV128 and kShuffle: the lower half
  uint64_t bits_hi = 0;                  // kV128 and kShuffle: the upper half
  ValType type = ValType::kI32;          // kRefType; kSelectT with one type
  std::span<const uint32_t> labels;      // kLabelTable, default last; valid until the next read
  std::span<const CatchClause> catches;  // kTryTable; likewise
};
// For kMemoryCopy and kTableCopy: index = destination, index2 = source.
// For kMemoryInit: index = data segment, index2 = memory. kTableInit: index = element segment,
// index2 = table. kCallIndirect: index = type, index2 = table. kMemory (size, grow, fill): index.

class InstrReader {
 public:
  /// Reads `module_bytes[begin, end)`; offsets in results are offsets in `module_bytes`.
  InstrReader(std::span<const uint8_t> module_bytes, WasmOffset begin, WasmOffset end)
      : bytes_(module_bytes), at_(begin), end_(end) {}

  [[nodiscard]] bool at_end() const { return at_ >= end_; }
  [[nodiscard]] WasmOffset offset() const { return at_; }

  /// The next instruction. Errors: kMalformed (spec wording) at the offending byte.
  [[nodiscard]] Result<Instr> next();

 private:
  std::span<const uint8_t> bytes_;
  WasmOffset at_;
  WasmOffset end_;
  std::vector<uint32_t> labels_;
  std::vector<CatchClause> catches_;
};

}  // namespace tine
