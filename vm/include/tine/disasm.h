// A function's instructions beside the threaded code that they became, as plain data: for `tine
// disasm`, for tests, and for whoever wonders what the translator does. No addresses: cells are
// numbered from the function's first one, so the same module gives the same listing everywhere.
//
//   Disassembler disassembler(*module, CodeKind::kPlain);
//   const FuncListing listing = disassembler.func(7);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tine/code.h"
#include "tine/module.h"

namespace tine {

/// One operand of a threaded op.
struct CodeOperand {
  enum class Kind : uint8_t {
    kSlot,       // `number`: of the frame
    kPin,        // an accumulator, named by `text`; the value also stands in slot `number`
    kImmediate,  // `number`, or `text` where that says more
    kIndex,      // of whatever `role` says
    kLabel,      // `number`: of a segment; `cost`: what going there charges
    kCost,       // `cost`
  };
  std::string_view role;  // `to` is where the result goes
  Kind kind = Kind::kSlot;
  int64_t number = 0;
  uint32_t cost = 0;
  std::string text;
};

/// One threaded op: the cell of its handler, and those of its operands.
struct CodeOp {
  uint32_t cell = 0;
  uint32_t cells = 0;
  std::string_view name;
  WasmOffset offset = 0;  // of the instruction that it belongs to
  std::vector<CodeOperand> operands;
};

/// A segment: what is charged at once.
struct CodeSegment {
  uint32_t cell = 0;
  WasmOffset offset = 0;
  uint32_t count = 0;        // of instructions
  bool is_internal = false;  // moves operands on the way to another one; no place in the program
};

struct InstrText {
  WasmOffset offset = 0;
  uint32_t depth = 0;  // how many blocks are around it
  std::string text;    // as the text format has it
};

struct FuncListing {
  FuncIdx func = 0;
  CodeKind kind = CodeKind::kPlain;
  uint32_t cells = 0;
  uint32_t local_slots = 0;  // of the frame: parameters and locals, then the return word
  std::vector<InstrText> instrs;
  std::vector<CodeSegment> segments;  // by cell
  std::vector<CodeOp> ops;            // by cell
};

class Disassembler {
 public:
  /// The module must outlive it. Cost: O(functions).
  Disassembler(const Module& module, CodeKind kind);
  /// Pre: the function has a body. Cost: a translation.
  [[nodiscard]] FuncListing func(FuncIdx func) const;

 private:
  const Module& module_;
  CodeKind kind_;
  std::vector<uint32_t> first_edges_;  // by defined function
};

/// `i32_add  s1·acc ← s0, 5`: an op for people.
[[nodiscard]] std::string to_string(const CodeOp& op);

}  // namespace tine
