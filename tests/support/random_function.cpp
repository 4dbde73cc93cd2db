// The frame of a body, and what expressions and statements have in common.
#include <algorithm>
#include <iterator>

#include "support/function_generator.h"
#include "support/op_choice.h"

namespace tine::test {

FunctionGenerator::FunctionGenerator(RandomSource& random, const ModuleShape& shape, FuncIdx self)
    : random_(random), shape_(shape), self_(self), locals_(shape.type_of(self).params) {
  parameters_ = locals_.size();
  // At least one local of every type, so that there is always somewhere to put a value.
  locals_.insert(locals_.end(), std::begin(kAllTypes), std::end(kAllTypes));
  for (uint32_t n = random_.below(6); n > 0; --n) locals_.push_back(random_.pick(kAllTypes));
  choosable_locals_ = locals_.size();
}

void FunctionGenerator::generate() {
  labels_.push_back({type().results, false});
  statements(random_.between(1, 6));
  expressions(type().results);
  emit(Op::end);
}

std::vector<LocalRun> FunctionGenerator::declared_locals() const {
  std::vector<LocalRun> runs;
  for (size_t i = parameters_; i < locals_.size(); ++i) runs.push_back({1, locals_[i]});
  return runs;
}

void FunctionGenerator::call(FuncIdx callee) {
  expressions(shape_.type_of(callee).params);
  if (!random_.one_in(4)) return emit(Op::call, callee);
  function_slot(callee);
  emit(Op::call_indirect, shape_.func_types[callee], 0);
}

bool FunctionGenerator::may_call(FuncIdx f) { return f == 0 || f > self_ || random_.one_in(16); }

void FunctionGenerator::function_slot(FuncIdx callee) {
  if (random_.one_in(8)) return table_index(0);
  const auto slot = static_cast<int32_t>(random_.below(ModuleShape::kTableSize));
  code_.address_const(slot, shape_.tables[0]);
  emit(Op::ref_func, callee);
  emit(Op::table_set, 0);
  code_.address_const(slot, shape_.tables[0]);
}

void FunctionGenerator::table_index(TableIdx table) {
  const AddressType type = shape_.tables[table];
  if (random_.one_in(64)) return expression(val_type_of(type));
  small(random_.one_in(32) ? 31 : ModuleShape::kTableSize - 1, type);
}

void FunctionGenerator::small(uint32_t mask, AddressType type) {
  if (random_.one_in(2)) {
    code_.address_const(static_cast<int32_t>(random_.below(mask + 1)), type);
    return;
  }
  expression(val_type_of(type));
  code_.address_const(static_cast<int32_t>(mask), type);
  emit(type == AddressType::kI64 ? Op::i64_and : Op::i32_and);
}

void FunctionGenerator::address(MemIdx memory) {
  const AddressType type = shape_.memories[memory].address_type;
  if (random_.one_in(64)) return expression(val_type_of(type));
  small(random_.one_in(16) ? 0xffff : 0x7fff, type);
}

void FunctionGenerator::narrow(AddressType type) {
  if (type == AddressType::kI64) emit(Op::i32_wrap_i64);
}

void FunctionGenerator::memory_op(Op op, MemIdx memory) {
  emit(op);
  const bool is_64 = shape_.memories[memory].address_type == AddressType::kI64;
  constexpr uint32_t kHasMemoryIndex = 0x40;
  code_.u32(memory == 0 ? 0 : kHasMemoryIndex);
  if (memory != 0) code_.u32(memory);
  const uint64_t all_bits = is_64 && random_.one_in(2) ? UINT64_MAX : UINT32_MAX;
  code_.u64(random_.one_in(64) ? random_.bits() & all_bits : random_.below(64));
  if (op_info(op).immediate == Immediate::kMemargLane) lane();
}

/// Every shape has two lanes.
void FunctionGenerator::lane() { code_.raw({static_cast<uint8_t>(random_.below(2))}); }

void FunctionGenerator::shuffle_lanes() {
  for (int i = 0; i < 16; ++i) code_.raw({static_cast<uint8_t>(random_.below(32))});
}

void FunctionGenerator::condition() {
  if (random_.one_in(4)) return expression(ValType::kI32);
  static constexpr Op kCompares[] = {Op::i32_eqz,  Op::i32_eq,   Op::i32_lt_s, Op::i32_ge_u,
                                     Op::i64_eqz,  Op::i64_ne,   Op::i64_gt_s, Op::i64_le_u,
                                     Op::f32_lt,   Op::f64_ge,   Op::f64_eq,   Op::i32_gt_u,
                                     Op::i32_le_s, Op::i32_lt_u, Op::i32_ne};
  const Op op = random_.pick(kCompares);
  const std::string_view signature = op_info(op).signature;
  for (char letter : signature.substr(0, signature.find(':'))) expression(type_of_letter(letter));
  emit(op);
}

void FunctionGenerator::take(ValType t) {
  random_.one_in(2) ? local_op(Op::local_set, t) : emit(Op::drop);
}

void FunctionGenerator::take() { emit(Op::drop); }

uint32_t FunctionGenerator::fresh_counter(uint32_t rounds) {
  locals_.push_back(ValType::kI32);
  const auto counter = static_cast<uint32_t>(locals_.size() - 1);
  i32_const(static_cast<int32_t>(rounds));
  emit(Op::local_set, counter);
  return counter;
}

void FunctionGenerator::count_down(uint32_t counter) {
  emit(Op::local_get, counter);
  i32_const(1);
  emit(Op::i32_sub);
  emit(Op::local_tee, counter);
}

uint32_t FunctionGenerator::some_label() {
  for (;;) {
    const uint32_t depth = random_.below(labels_.size());
    if (!label(depth).is_loop || random_.one_in(16)) return depth;
  }
}

const FunctionGenerator::Label& FunctionGenerator::label(uint32_t depth) const {
  return labels_[labels_.size() - 1 - depth];
}

void FunctionGenerator::emit(Op op, uint32_t index) { code_.op(op, index); }

void FunctionGenerator::emit(Op op, uint32_t first, uint32_t second) {
  code_.op(op, first, second);
}

void FunctionGenerator::local_op(Op op, ValType t) {
  std::vector<uint32_t> candidates;
  for (uint32_t i = 0; i < choosable_locals_; ++i)
    if (locals_[i] == t) candidates.push_back(i);
  emit(op, random_.pick(candidates));
}

void FunctionGenerator::global_op(Op op, ValType t, bool must_be_mutable) {
  std::vector<uint32_t> candidates;
  for (uint32_t i = 0; i < shape_.globals.size(); ++i)
    if (shape_.globals[i].type == t && (shape_.globals[i].is_mutable || !must_be_mutable))
      candidates.push_back(i);
  emit(op, random_.pick(candidates));
}

TypeIdx FunctionGenerator::type_index(const FuncType& t) const {
  return static_cast<TypeIdx>(std::ranges::find(shape_.types, t) - shape_.types.begin());
}

}  // namespace tine::test
