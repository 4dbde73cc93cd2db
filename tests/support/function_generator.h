// FunctionGenerator: one random function body.
//
// Typed generation: expression(t) emits code that pushes one value of type t, statement() code that
// leaves the operand stack as it was. Both nest freely, so a statement may stand while operands of
// an unfinished instruction wait below it: the situation in which a register machine must know
// which of them are still only names of locals.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "support/module_builder.h"
#include "support/random_source.h"
#include "tine/opcodes.h"
#include "tine/types.h"

namespace tine::test {

/// What a body may refer to. Tables have kTableSize elements at least.
struct ModuleShape {
  static constexpr std::array kTables{ValType::kFuncRef, ValType::kExternRef, ValType::kExnRef};
  static constexpr uint32_t kTableSize = 8;  // a power of two
  static constexpr uint32_t kMemories = 2;
  static constexpr uint32_t kDataBytes = 32;       // of the passive data segment, number 1
  static constexpr uint32_t kSegmentElements = 4;  // of the passive element segment, number 1

  std::vector<FuncType> types;
  std::array<MemoryType, kMemories> memories{};
  std::array<AddressType, kTables.size()> tables{};
  std::vector<TypeIdx> func_types;  // the imported function first
  std::vector<GlobalType> globals;
  std::vector<TypeIdx> tags;

  [[nodiscard]] const FuncType& type_of(FuncIdx f) const { return types[func_types[f]]; }
};

class FunctionGenerator {
 public:
  FunctionGenerator(RandomSource& random, const ModuleShape& shape, FuncIdx self);

  /// Writes the code, once. Valid afterwards: code(), declared_locals().
  void generate();
  [[nodiscard]] const Bytes& code() const { return code_; }
  [[nodiscard]] std::vector<LocalRun> declared_locals() const;

 private:
  using Types = std::vector<ValType>;
  struct Label {
    Types types;  // what a branch to it takes
    bool is_loop;
  };

  [[nodiscard]] const FuncType& type() const { return shape_.type_of(self_); }

  // Expressions: random_expressions.cpp.
  void expression(ValType t);
  void expressions(const Types& types);
  void leaf(ValType t);
  void constant(ValType t);
  void i32_const(int32_t v);
  void size();
  void tee(ValType t);
  /// select, with a type where it needs one and sometimes where it does not.
  void choice(ValType t);
  void numeric(ValType t);
  void grow();
  /// An i64 out of two.
  void wide();
  void load(ValType t);
  void table_get(ValType t);
  void block(ValType t);
  void if_else(ValType t);
  /// Calls something whose first result is a `t`, and drops the others.
  void call_for(ValType t);
  /// A loop that hands a value on from one round to the next on the operand stack.
  void counted_loop_value(ValType t);

  // Statements: random_statements.cpp.
  void statements(uint32_t count);
  void statement();
  void set_local();
  void global_get(ValType t);
  void set_global();
  void store();
  void if_statement();
  /// `if (…) { jump, return, tail call or trap; dead code }`.
  void leave_maybe();
  /// Anything may follow a jump; operands come from nowhere there.
  void dead_code();
  void tail_call();
  void branch_table();
  void branch_if_with_values();
  void counted_loop();
  /// A block with any of the module's types: parameters in, results out.
  void block_with_type();
  void call_statement();
  void bulk_memory();
  void bulk_table();

  // Exceptions: random_exceptions.cpp.
  void try_table();
  void caught_exception();
  void legacy_try();
  void legacy_catch(std::optional<TagIdx> tag, const Types& results);
  void throwing_part();
  void throw_something();
  void throw_maybe();
  [[nodiscard]] TagIdx some_tag();
  [[nodiscard]] const Types& tag_values(TagIdx tag) const;

  // Parts of both: random_function.cpp.
  void call(FuncIdx callee);
  /// Mostly later functions, so that most call trees are finite.
  [[nodiscard]] bool may_call(FuncIdx f);
  /// An index into table 0: mostly of an element that `callee` is put into before.
  void function_slot(FuncIdx callee);
  [[nodiscard]] TableIdx some_table() { return random_.below(ModuleShape::kTables.size()); }
  /// An index into a table, rarely beyond it.
  void table_index(TableIdx table);
  /// A number in [0, mask], often a constant.
  void small(uint32_t mask, AddressType type);
  void small_i32(uint32_t mask) { small(mask, AddressType::kI32); }
  [[nodiscard]] MemIdx some_memory() { return random_.below(ModuleShape::kMemories); }
  void address(MemIdx memory);
  void memory_op(Op op, MemIdx memory);
  /// Makes an i32 of what stands on top.
  void narrow(AddressType type);
  void lane();
  void shuffle_lanes();
  /// Often a comparison, as that is what gets fused with the branch behind it.
  void condition();
  /// Gets rid of the top operand, which is a `t`.
  void take(ValType t);
  void take();
  uint32_t fresh_counter(uint32_t rounds);
  void count_down(uint32_t counter);
  /// A branch target as a depth; loops rarely, as they would not be counted.
  uint32_t some_label();
  [[nodiscard]] const Label& label(uint32_t depth) const;
  template <class Body>
  void inside(Label label, Body body) {
    labels_.push_back(std::move(label));
    body();
    labels_.pop_back();
    emit(Op::end);
  }
  void emit(Op op) { code_.op(op); }
  void emit(Op op, uint32_t index);
  void emit(Op op, uint32_t first, uint32_t second);
  void local_op(Op op, ValType t);
  void global_op(Op op, ValType t, bool must_be_mutable);
  [[nodiscard]] TypeIdx type_index(const FuncType& t) const;

  static constexpr int kMaxDepth = 9;
  static constexpr uint8_t kNoResult = 0x40;

  RandomSource& random_;
  const ModuleShape& shape_;
  FuncIdx self_;
  Types locals_;
  size_t parameters_ = 0;
  size_t choosable_locals_ = 0;  // counters of loops come behind them and are left alone
  std::vector<Label> labels_;
  Code code_;
  int budget_ = 160;
  int depth_ = 0;
  int tries_ = 0;  // around the present place, in this function
};

}  // namespace tine::test
