// Code that pushes one value of a given type.
#include <algorithm>

#include "support/function_generator.h"
#include "support/op_choice.h"

namespace tine::test {

void FunctionGenerator::expression(ValType t) {
  if (--budget_ < 0 || depth_ >= kMaxDepth || random_.one_in(4)) return leaf(t);
  ++depth_;
  if (random_.one_in(8)) statement();
  switch (random_.below(12)) {
    case 0: tee(t); break;
    case 1: choice(t); break;
    case 2: block(t); break;
    case 3: if_else(t); break;
    case 4: call_for(t); break;
    case 5: counted_loop_value(t); break;
    case 6: is_ref(t) ? table_get(t) : load(t); break;
    case 7: t == ValType::kExnRef ? caught_exception() : if_else(t); break;
    default: is_ref(t) ? choice(t) : numeric(t);
  }
  --depth_;
}

void FunctionGenerator::expressions(const Types& types) {
  for (ValType t : types) expression(t);
}

void FunctionGenerator::leaf(ValType t) {
  switch (random_.below(8)) {
    case 0:
    case 1: return constant(t);
    case 2: return global_get(t);
    case 3:
      if (t == ValType::kI32) return size();
      [[fallthrough]];
    default: return local_op(Op::local_get, t);
  }
}

void FunctionGenerator::constant(ValType t) {
  if (t == ValType::kFuncRef && !random_.one_in(3)) {
    return emit(Op::ref_func, random_.below(shape_.func_types.size()));
  }
  code_.raw(const_instruction(random_.value(t)));
}

void FunctionGenerator::i32_const(int32_t v) { code_.i32_const(v); }

void FunctionGenerator::size() {
  if (random_.one_in(2)) {
    const MemIdx memory = some_memory();
    emit(Op::memory_size, memory);
    return narrow(shape_.memories[memory].address_type);
  }
  const TableIdx table = some_table();
  emit(Op::table_size, table);
  narrow(shape_.tables[table]);
}

void FunctionGenerator::tee(ValType t) {
  expression(t);
  local_op(Op::local_tee, t);
}

void FunctionGenerator::choice(ValType t) {
  expression(t);
  expression(t);
  expression(ValType::kI32);
  if (!is_ref(t) && !random_.one_in(4)) return emit(Op::select);
  code_.op(Op::select_t, 1).raw({static_cast<uint8_t>(t)});
}

void FunctionGenerator::numeric(ValType t) {
  if (t == ValType::kI32 && random_.one_in(12)) {
    expression(random_.pick(ModuleShape::kTables));
    return emit(Op::ref_is_null);
  }
  if (t == ValType::kI32 && random_.one_in(40)) return grow();
  if (t == ValType::kI64 && random_.one_in(12)) return wide();
  Op op = random_.pick(plain_ops(t).numeric);
  if (often_traps(op) && !random_.one_in(4)) op = random_.pick(plain_ops(t).numeric);
  const std::string_view signature = op_info(op).signature;
  const size_t operands = signature.find(':');
  for (char letter : signature.substr(0, operands)) expression(type_of_letter(letter));
  const bool divides = often_traps(op) && operands == 2;
  if (divides && !random_.one_in(8)) {  // by an odd number, thus not by zero
    code_.raw(const_instruction({t, 1, 0}));
    emit(t == ValType::kI32 ? Op::i32_or : Op::i64_or);
  }
  emit(op);
  if (op_info(op).immediate == Immediate::kLane) lane();
  if (op_info(op).immediate == Immediate::kShuffle) shuffle_lanes();
}

void FunctionGenerator::wide() {
  const Op op = random_.pick(pair_ops());
  const std::string_view signature = op_info(op).signature;
  for (const char letter : signature.substr(0, signature.find(':')))
    expression(type_of_letter(letter));
  emit(op);
  random_.one_in(3) ? emit(Op::i64_xor) : take(ValType::kI64);
}

void FunctionGenerator::grow() {
  if (random_.one_in(2)) {
    const MemIdx memory = some_memory();
    small(1, shape_.memories[memory].address_type);
    emit(Op::memory_grow, memory);
    return narrow(shape_.memories[memory].address_type);
  }
  const TableIdx table = some_table();
  expression(ModuleShape::kTables[table]);
  small(1, shape_.tables[table]);
  emit(Op::table_grow, table);
  narrow(shape_.tables[table]);
}

void FunctionGenerator::load(ValType t) {
  const Op op = random_.pick(plain_ops(t).loads);
  const MemIdx memory = some_memory();
  address(memory);
  if (op_info(op).immediate == Immediate::kMemargLane) expression(t);
  memory_op(op, memory);
}

void FunctionGenerator::table_get(ValType t) {
  const auto* const found = std::ranges::find(ModuleShape::kTables, t);
  const auto table = static_cast<TableIdx>(found - ModuleShape::kTables.begin());
  table_index(table);
  emit(Op::table_get, table);
}

void FunctionGenerator::block(ValType t) {
  code_.begin(Op::block, t);
  inside({{t}, false}, [&] {
    statements(random_.below(3));
    if (random_.one_in(2)) {
      expression(t);
      expression(ValType::kI32);
      emit(Op::br_if, 0);
      if (random_.one_in(2)) return;  // the value that was not branched with is the block's
      emit(Op::drop);
    }
    expression(t);
  });
}

void FunctionGenerator::if_else(ValType t) {
  condition();
  code_.begin(Op::if_, t);
  labels_.push_back({{t}, false});
  statements(random_.below(2));
  expression(t);
  emit(Op::else_);
  statements(random_.below(2));
  expression(t);
  emit(Op::end);
  labels_.pop_back();
}

void FunctionGenerator::call_for(ValType t) {
  const auto gives_t = [&](const FuncType& f) { return !f.results.empty() && f.results[0] == t; };
  std::vector<FuncIdx> callees;
  for (FuncIdx f = 0; f < shape_.func_types.size(); ++f)
    if (gives_t(shape_.type_of(f)) && may_call(f)) callees.push_back(f);
  if (callees.empty()) return leaf(t);
  const FuncIdx callee = random_.pick(callees);
  call(callee);
  for (size_t i = 1; i < shape_.type_of(callee).results.size(); ++i) emit(Op::drop);
}

void FunctionGenerator::counted_loop_value(ValType t) {
  if (!is_num(t)) return leaf(t);
  const TypeIdx same_in_and_out = type_index({{t}, {t}});
  const uint32_t counter = fresh_counter(random_.between(1, 4));
  expression(t);
  code_.begin_typed(Op::loop, same_in_and_out);
  inside({{t}, true}, [&] {
    local_op(Op::local_set, t);
    statements(random_.below(3));
    expression(t);
    count_down(counter);
    emit(Op::br_if, 0);
  });
}

}  // namespace tine::test
