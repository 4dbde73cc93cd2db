// TypeStack: the operand and control stacks of the spec's validation algorithm.
//
// Behind an unconditional branch code is unreachable until the block ends, and its operand stack
// is polymorphic: popping below the block's base succeeds with kAnyType. The stack also measures
// the deepest frame in slots; pushes in unreachable code count too, so the figure is an upper
// bound that depends on the code alone.
//
// Lists of types are compared as memory where they stand on the stack as a whole, and a list
// below the base of unreachable code costs nothing, so that a body of two-byte calls with a
// thousand parameters each still validates in linear time. spec: appendix/algorithm
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tine/opcodes.h"
#include "tine/result.h"
#include "tine/types.h"

namespace tine {

/// An operand of unreachable code whose type is not known: it fits everywhere.
inline constexpr ValType kAnyType{0};

using TypeList = std::span<const ValType>;

/// Whether an instruction begins a part of a legacy `try` that runs with an exception caught.
[[nodiscard]] constexpr bool is_catch(Op op) { return op == Op::catch_ || op == Op::catch_all; }

/// One entered block (or the function body itself, outermost).
struct ControlFrame {
  Op op = Op::block;
  bool is_unreachable = false;
  TypeList params;
  TypeList results;
  uint32_t height = 0;        // operands below the block
  uint32_t slot_height = 0;   // the same in slots
  WasmOffset checked_by = 0;  // the last br_table that checked this block's label

  /// What a branch to the block must bring.
  [[nodiscard]] TypeList label() const { return op == Op::loop ? params : results; }
};

class TypeStack {
 public:
  /// Empties both stacks. Their memory is kept for the next function.
  void clear();
  /// Errors are reported at `offset` from now on.
  void set_offset(WasmOffset offset) { offset_ = offset; }

  void push(ValType type);
  void push_all(TypeList types);
  /// Any operand, or kAnyType below the base of unreachable code. Errors: kInvalid.
  [[nodiscard]] Result<ValType> pop();
  [[nodiscard]] Result<void> pop(ValType expected);
  /// Pops `types`, the last one from the top.
  [[nodiscard]] Result<void> pop_all(TypeList types);
  /// Whether pop_all would succeed, without popping.
  [[nodiscard]] Result<void> check_all(TypeList types) const;

  /// Enters a block whose parameters have been popped, and pushes them again.
  void enter(Op op, TypeList params, TypeList results);
  /// Enters a legacy catch, whose exception lies beneath its base: no operand of the block, but it
  /// takes a slot of the frame.
  void enter_catch(Op op, TypeList caught, TypeList results);
  /// Checks that exactly the block's results are left, and leaves it. The caller pushes them.
  [[nodiscard]] Result<ControlFrame> leave();
  /// The rest of the block is unreachable.
  void set_unreachable();

  [[nodiscard]] uint32_t depth() const { return static_cast<uint32_t>(frames_.size()); }
  /// The block that label `index` names. Pre: index < depth().
  [[nodiscard]] ControlFrame& label_frame(uint32_t index) {
    return frames_[frames_.size() - 1 - index];
  }
  /// Slots of the deepest operand stack since clear().
  [[nodiscard]] uint32_t max_slots() const { return max_slots_; }

  [[nodiscard]] std::unexpected<Error> mismatch(std::string_view expected,
                                                std::string_view found) const;

 private:
  [[nodiscard]] size_t available() const { return operands_.size() - frames_.back().height; }
  [[nodiscard]] bool top_is(TypeList types) const;

  std::vector<ValType> operands_;
  std::vector<ControlFrame> frames_;
  uint32_t slots_ = 0;
  uint32_t max_slots_ = 0;
  WasmOffset offset_ = 0;
};

/// Slots of a frame that values of these types take together.
[[nodiscard]] uint32_t slots_of_all(TypeList types);

}  // namespace tine
