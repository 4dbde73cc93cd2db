// Code that leaves the operand stack as it was.
#include "support/function_generator.h"
#include "support/op_choice.h"

namespace tine::test {

void FunctionGenerator::statements(uint32_t count) {
  for (; count > 0; --count) statement();
}

void FunctionGenerator::statement() {
  if (--budget_ < 0 || depth_ >= kMaxDepth) return emit(Op::nop);
  ++depth_;
  switch (random_.below(18)) {
    case 0:
    case 1:
    case 2: set_local(); break;
    case 3: set_global(); break;
    case 4:
    case 5: store(); break;
    case 6: if_statement(); break;
    case 7: leave_maybe(); break;
    case 8: branch_table(); break;
    case 9: counted_loop(); break;
    case 10: block_with_type(); break;
    case 11: call_statement(); break;
    case 12: bulk_memory(); break;
    case 13: bulk_table(); break;
    case 14: branch_if_with_values(); break;
    case 15: try_table(); break;
    case 16: legacy_try(); break;
    default: expression(random_.pick(kAllTypes)); emit(Op::drop);
  }
  --depth_;
}

void FunctionGenerator::set_local() {
  const ValType t = random_.pick(kAllTypes);
  expression(t);
  local_op(Op::local_set, t);
}

void FunctionGenerator::global_get(ValType t) { global_op(Op::global_get, t, false); }

void FunctionGenerator::set_global() {
  const ValType t = random_.pick(kAllTypes);
  expression(t);
  global_op(Op::global_set, t, true);
}

void FunctionGenerator::store() {
  static constexpr ValType kStored[] = {ValType::kI32, ValType::kI64, ValType::kF32, ValType::kF64,
                                        ValType::kV128};
  const ValType t = random_.pick(kStored);
  const MemIdx memory = some_memory();
  address(memory);
  expression(t);
  memory_op(random_.pick(plain_ops(t).stores), memory);
}

void FunctionGenerator::if_statement() {
  condition();
  code_.begin(Op::if_);
  labels_.push_back({{}, false});
  statements(random_.between(0, 3));
  if (random_.one_in(2)) {
    emit(Op::else_);
    statements(random_.between(0, 2));
  }
  emit(Op::end);
  labels_.pop_back();
}

void FunctionGenerator::leave_maybe() {
  condition();
  code_.begin(Op::if_);
  inside({{}, false}, [&] {
    switch (random_.below(8)) {
      case 0:
        expressions(type().results);
        emit(Op::return_);
        break;
      case 1: tail_call(); break;
      case 3: throw_maybe(); break;
      case 2:
        if (random_.one_in(4)) {
          emit(Op::unreachable);
          break;
        }
        [[fallthrough]];
      default: {
        const uint32_t depth = some_label();
        expressions(label(depth).types);
        emit(Op::br, depth);
      }
    }
    dead_code();
  });
}

void FunctionGenerator::dead_code() {
  switch (random_.below(4)) {
    case 0:
      emit(Op::i32_add);
      emit(Op::drop);
      break;
    case 1:
      emit(Op::select);
      emit(Op::drop);
      break;
    case 2: statements(random_.below(2)); break;
    default: break;
  }
}

void FunctionGenerator::tail_call() {
  std::vector<FuncIdx> callees;
  for (FuncIdx f = 0; f < shape_.func_types.size(); ++f)
    if (shape_.type_of(f).results == type().results && may_call(f)) callees.push_back(f);
  if (callees.empty()) return emit(Op::unreachable);
  const FuncIdx callee = random_.pick(callees);
  expressions(shape_.type_of(callee).params);
  if (random_.one_in(2)) return emit(Op::return_call, callee);
  function_slot(callee);
  emit(Op::return_call_indirect, shape_.func_types[callee], 0);
}

void FunctionGenerator::branch_table() {
  const uint32_t last = some_label();
  std::vector<uint32_t> depths;
  for (uint32_t d = 0; d < labels_.size(); ++d)
    if (label(d).types == label(last).types && !label(d).is_loop) depths.push_back(d);
  condition();
  code_.begin(Op::if_);
  inside({{}, false}, [&] {
    expressions(label(last + 1).types);
    small_i32(7);
    std::vector<uint32_t> targets(depths.empty() ? 0 : random_.below(5));
    for (uint32_t& target : targets) target = random_.pick(depths) + 1;
    code_.br_table(targets, last + 1);
    dead_code();
  });
}

void FunctionGenerator::branch_if_with_values() {
  const uint32_t depth = some_label();
  expressions(label(depth).types);
  condition();
  emit(Op::br_if, depth);
  for (size_t i = 0; i < label(depth).types.size(); ++i) take();
}

void FunctionGenerator::counted_loop() {
  const uint32_t counter = fresh_counter(random_.between(1, 5));
  code_.begin(Op::loop);
  inside({{}, true}, [&] {
    statements(random_.between(1, 4));
    count_down(counter);
    emit(Op::br_if, 0);
  });
}

void FunctionGenerator::block_with_type() {
  const TypeIdx index = random_.below(shape_.types.size());
  const FuncType& t = shape_.types[index];
  expressions(t.params);
  const bool is_if = random_.one_in(3);
  if (is_if) condition();
  code_.begin_typed(is_if ? Op::if_ : Op::block, index);
  inside({t.results, false}, [&] {
    const auto arm = [&] {
      if (t.params == t.results && random_.one_in(2)) return statements(1);
      for (size_t i = t.params.size(); i > 0; --i) take(t.params[i - 1]);
      statements(random_.below(3));
      expressions(t.results);
    };
    arm();
    if (!is_if) return;
    emit(Op::else_);
    arm();
  });
  for (size_t i = t.results.size(); i > 0; --i) take(t.results[i - 1]);
}

void FunctionGenerator::call_statement() {
  const FuncIdx callee = random_.below(shape_.func_types.size());
  if (!may_call(callee)) return emit(Op::nop);
  call(callee);
  const Types& results = shape_.type_of(callee).results;
  for (size_t i = results.size(); i > 0; --i) take(results[i - 1]);
}

void FunctionGenerator::bulk_memory() {
  const MemIdx memory = some_memory();
  const AddressType type = shape_.memories[memory].address_type;
  address(memory);
  switch (random_.below(8)) {
    case 0:
      small_i32(ModuleShape::kDataBytes - 1);
      small_i32(15);
      return emit(Op::memory_init, 1, memory);
    case 1: emit(Op::drop); return random_.one_in(8) ? emit(Op::data_drop, 1) : emit(Op::nop);
    case 2:
    case 3:
    case 4: {
      const MemIdx source = some_memory();
      address(source);
      small(1023, narrower(type, shape_.memories[source].address_type));
      return emit(Op::memory_copy, memory, source);
    }
    default:
      expression(ValType::kI32);
      small(2047, type);
      return emit(Op::memory_fill, memory);
  }
}

void FunctionGenerator::bulk_table() {
  const TableIdx table = some_table();
  const ValType element = ModuleShape::kTables[table];
  const AddressType type = shape_.tables[table];
  table_index(table);
  switch (random_.below(8)) {
    case 0:
      if (table != 0) {  // the segment is of functions
        emit(Op::drop);
        table_index(0);
      }
      small_i32(1);
      small_i32(3);
      return emit(Op::table_init, 1, 0);
    case 1: emit(Op::drop); return random_.one_in(8) ? emit(Op::elem_drop, 1) : emit(Op::nop);
    case 2:
      expression(element);
      small(3, type);
      return emit(Op::table_fill, table);
    case 3:
      table_index(table);
      small(3, type);
      return emit(Op::table_copy, table, table);
    default: expression(element); return emit(Op::table_set, table);
  }
}

}  // namespace tine::test
