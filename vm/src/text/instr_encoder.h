// InstrEncoder: the structure of code, from text to binary.
//
// The text may nest where the binary is flat: `(i32.add (local.get 0) (i32.const 1))`. A folded
// instruction is written behind its operands; so its opcode and immediates, which come first in the
// text, wait on a stack until its parenthesis closes. (One that may bring a type of its own is read
// again instead: new types are numbered in the order of the binary.) Blocks, folded or not, stand on the same
// stack of frames, whose depth is limited; nothing here calls itself, so no text is too deep for
// the C stack. spec: text/instructions#folded-instructions
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "text/immediates.h"
#include "tine/result.h"

namespace tine::text {

class InstrEncoder {
 public:
  explicit InstrEncoder(const CodeContext& context)
      : in_(context.in), out_(context.out), hints_(context.hints), immediates_(context) {}

  /// Instructions up to the right parenthesis of whatever contains them, which stays. Writes no
  /// final `end`. Cost: linear.
  /// Errors also: kLimit beyond limit::control_depth frames.
  [[nodiscard]] Result<void> sequence();
  /// One folded instruction. Pre: at kLeft.
  [[nodiscard]] Result<void> folded();

 private:
  /// Something that is open at the present token.
  struct Frame {
    enum class Kind : uint8_t {
      kOperands,  // (op …): operands, then what waits
      kBlock,     // (block …), (loop …), (try_table …): instructions
      kIf,        // (if …): operands, then arms
      kTry,       // (try …): arms
      kArm,       // (then …), (else …), (do …), (catch …): instructions
      kFlat,      // block … end, also if, loop, try, try_table
    };
    Kind kind = Kind::kOperands;
    TextOp op = TextOp::nop;
    size_t waiting_begin = 0;  // kOperands: its bytes in waiting_ go from here to the end
    uint32_t type_use = 0;     // or the position of its immediates, which are read again
    /// The arm last seen of an if or try, in either form. Each decides what may follow.
    enum class Arm : uint8_t { kNone, kFirst, kElse, kCatch, kCatchAll, kDelegate };
    Arm arm = Arm::kNone;
    size_t else_end = 0;                    // kElse: where the arm's instructions begin in out_
    std::optional<std::string> label = {};  // kIf: comes into force with the first arm
    std::optional<bool> hint = {};          // kIf, and kOperands of a br_if
  };
  using Kind = Frame::Kind;
  using Arm = Frame::Arm;

  [[nodiscard]] Result<void> step();
  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> close();
  [[nodiscard]] Result<void> open_instruction();
  [[nodiscard]] Result<void> open_if_arm();
  [[nodiscard]] Result<void> open_try_arm();
  void open_else();
  void close_block();

  [[nodiscard]] Result<void> flat_instruction();
  [[nodiscard]] Result<void> flat_structure(TextOp op);
  [[nodiscard]] Result<void> flat_end();
  [[nodiscard]] Result<void> flat_else();
  [[nodiscard]] Result<void> flat_catch(TextOp op);
  [[nodiscard]] Result<void> flat_delegate();

  /// What an annotation says about `op`, which is at the reader.
  [[nodiscard]] Result<std::optional<bool>> branch_hint(TextOp op);
  /// Keeps a hint of the instruction that is written next.
  void note_hint(std::optional<bool> hint);
  /// Opcode and block type of an instruction that opens a block.
  [[nodiscard]] Result<void> block_head(TextOp op);
  [[nodiscard]] Result<void> catch_head(TextOp op);
  /// The label behind `end` and `else`, which may be missing.
  [[nodiscard]] Result<void> matching_label();
  [[nodiscard]] Result<TextOp> peek_op(uint32_t ahead) const;
  [[nodiscard]] bool takes_instructions() const;

  [[nodiscard]] Result<void> push(Frame frame);
  [[nodiscard]] bool top_is(Kind kind) const { return !frames_.empty() && top().kind == kind; }
  [[nodiscard]] Frame& top() { return frames_.back(); }
  [[nodiscard]] const Frame& top() const { return frames_.back(); }
  /// Moves what was written from `begin` on to the waiting bytes.
  void defer(size_t begin);
  /// Writes what waits behind the operands.
  [[nodiscard]] Result<void> release(const Frame& frame);

  TokenReader& in_;
  ByteWriter& out_;
  std::vector<BranchHint>* hints_;
  ImmediateEncoder immediates_;
  std::vector<Frame> frames_;
  ByteWriter waiting_;
};

}  // namespace tine::text
