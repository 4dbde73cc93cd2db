// What instructions do to the operand and control stacks, beyond the plain signatures of
// opcodes.def. spec: valid/instructions
#include <algorithm>

#include "limit_check.h"
#include "validator.h"

namespace tine {
Result<void> FuncValidator::apply_special(const Instr& instr) {
  switch (instr.op) {
    case Op::drop: {
      TINE_TRY(stack_.pop());
      return {};
    }
    case Op::select: return apply_select();
    case Op::select_t: return apply_select_t(instr);
    case Op::local_get:
    case Op::local_set:
    case Op::local_tee:
    case Op::global_get:
    case Op::global_set: return apply_variable(instr);
    case Op::table_get:
    case Op::table_set:
    case Op::table_grow:
    case Op::table_fill: return apply_table(instr);
    case Op::memory_copy: {
      const std::vector<MemoryType>& memories = context_.module.memories;
      return apply_copy(memories[instr.index].address_type, memories[instr.index2].address_type);
    }
    case Op::table_copy: {
      const std::vector<TableType>& tables = context_.module.tables;
      return apply_copy(tables[instr.index].address_type, tables[instr.index2].address_type);
    }
    case Op::ref_null:
    case Op::ref_is_null:
    case Op::ref_func: return apply_ref(instr);
    default: return apply_control(instr);
  }
}

Result<void> FuncValidator::apply_control(const Instr& instr) {
  const Module& module = context_.module;
  switch (instr.op) {
    case Op::unreachable: stack_.set_unreachable(); return {};
    case Op::block:
    case Op::loop:
    case Op::if_:
    case Op::try_: return apply_block(instr);
    case Op::try_table: return apply_try_table(instr);
    case Op::catch_: return apply_catch(Op::catch_, module.tag_type(instr.index).params);
    case Op::catch_all: return apply_catch(Op::catch_all, {});
    case Op::delegate: return apply_delegate(instr.index);
    case Op::throw_: return pop_and_branch(module.tag_type(instr.index).params);
    case Op::throw_ref: return pop_and_branch(list_of(ValType::kExnRef));
    case Op::rethrow: return apply_rethrow(instr.index);
    case Op::else_: return apply_else();
    case Op::end: return apply_end();
    case Op::br: return pop_and_branch(stack_.label_frame(instr.index).label());
    case Op::br_if: return apply_br_if(instr.index);
    case Op::br_table: return apply_br_table(instr);
    case Op::return_: return pop_and_branch(type_->results);
    case Op::call: return apply_call(module.func_type(instr.index));
    case Op::return_call: return apply_return_call(module.func_type(instr.index));
    case Op::call_indirect:
    case Op::return_call_indirect: {
      if (module.tables[instr.index2].element != ValType::kFuncRef)
        return stack_.mismatch("a table of funcref", "a table of externref");
      TINE_TRY(stack_.pop(address_type(instr)));
      const FuncType& callee = module.types[instr.index];
      return instr.op == Op::call_indirect ? apply_call(callee) : apply_return_call(callee);
    }
    default: __builtin_unreachable();  // every other "*" of opcodes.def is handled above
  }
}

Result<void> FuncValidator::apply_block(const Instr& instr) {
  TypeList params;
  TypeList results;
  if (instr.block.type_index >= 0) {
    const FuncType& type = context_.module.types[static_cast<size_t>(instr.block.type_index)];
    params = type.params;
    results = type.results;
  } else if (instr.block.has_result) {
    results = list_of(instr.block.result);
  }
  TINE_TRY(check_limit(limit::control_depth, uint64_t{stack_.depth()} + 1, offset_));
  if (instr.op == Op::if_) TINE_TRY(stack_.pop(ValType::kI32));
  TINE_TRY(stack_.pop_all(params));
  stack_.enter(instr.op, params, results);
  return {};
}

/// A clause branches to its label, which is counted from outside, with the values of the exception.
/// spec: valid/instructions#valid-catch
Result<void> FuncValidator::apply_try_table(const Instr& instr) {
  for (const CatchClause& clause : instr.catches) {
    const TypeList label = stack_.label_frame(clause.label).label();
    TypeList caught;
    if (clause.has_tag()) caught = context_.module.tag_type(clause.tag).params;
    const size_t refs = clause.has_ref() ? 1 : 0;
    const bool fits = label.size() == caught.size() + refs &&
                      std::ranges::equal(caught, label.first(caught.size())) &&
                      (refs == 0 || label.back() == ValType::kExnRef);
    if (!fits) return stack_.mismatch("a label for what is caught", "a label of other types");
  }
  return apply_block(instr);
}

/// A legacy catch. The exception that it has caught takes a slot beneath its operands, where
/// nothing but `rethrow` reaches it.
Result<void> FuncValidator::apply_catch(Op op, TypeList caught) {
  const Op before = stack_.label_frame(0).op;
  if (before != Op::try_ && before != Op::catch_) return malformed(offset_, "END opcode expected");
  TINE_TRY_ASSIGN(const ControlFrame frame, stack_.leave());
  stack_.enter_catch(op, caught, frame.results);
  return {};
}

/// Ends a `try` without clauses of its own: what is thrown in it goes to the handlers at the label.
Result<void> FuncValidator::apply_delegate(uint32_t label) {
  if (stack_.label_frame(0).op != Op::try_) return malformed(offset_, "END opcode expected");
  if (label + 1 >= stack_.depth())
    return invalid(offset_, "unknown label " + std::to_string(label));
  return apply_end();
}

Result<void> FuncValidator::apply_rethrow(uint32_t label) {
  if (!is_catch(stack_.label_frame(label).op))
    return invalid(offset_, "invalid rethrow label " + std::to_string(label));
  stack_.set_unreachable();
  return {};
}

Result<void> FuncValidator::apply_else() {
  // Without an `if` to belong to, `else` ends an instruction sequence that only `end` may end.
  if (stack_.label_frame(0).op != Op::if_) return malformed(offset_, "END opcode expected");
  TINE_TRY_ASSIGN(const ControlFrame frame, stack_.leave());
  stack_.enter(Op::else_, frame.params, frame.results);
  return {};
}

Result<void> FuncValidator::apply_end() {
  TINE_TRY_ASSIGN(const ControlFrame frame, stack_.leave());
  // An `if` without `else` passes its parameters on as results.
  if (frame.op == Op::if_ && !std::ranges::equal(frame.params, frame.results))
    return stack_.mismatch("an else", "end");
  stack_.push_all(frame.results);
  return {};
}

Result<void> FuncValidator::pop_and_branch(TypeList types) {
  TINE_TRY(stack_.pop_all(types));
  stack_.set_unreachable();
  return {};
}

Result<void> FuncValidator::apply_br_if(uint32_t label) {
  TINE_TRY(stack_.pop(ValType::kI32));
  const TypeList types = stack_.label_frame(label).label();
  TINE_TRY(stack_.pop_all(types));
  stack_.push_all(types);
  return {};
}

Result<void> FuncValidator::apply_br_table(const Instr& instr) {
  TINE_TRY(stack_.pop(ValType::kI32));
  const size_t arity = stack_.label_frame(instr.labels.back()).label().size();
  for (const uint32_t label : instr.labels) {
    ControlFrame& target = stack_.label_frame(label);
    if (target.checked_by == offset_) continue;  // a label named twice is checked once
    target.checked_by = offset_;
    if (target.label().size() != arity)
      return stack_.mismatch("labels of one arity", "a label of another");
    TINE_TRY(stack_.check_all(target.label()));
  }
  stack_.set_unreachable();
  return {};
}

Result<void> FuncValidator::apply_call(const FuncType& callee) {
  TINE_TRY(stack_.pop_all(callee.params));
  stack_.push_all(callee.results);
  return {};
}

Result<void> FuncValidator::apply_return_call(const FuncType& callee) {
  if (callee.results != type_->results)
    return stack_.mismatch("a callee with the caller's results", to_string(callee));
  return pop_and_branch(callee.params);
}

Result<void> FuncValidator::apply_select() {
  TINE_TRY(stack_.pop(ValType::kI32));
  TINE_TRY_ASSIGN(const ValType second, stack_.pop());
  TINE_TRY_ASSIGN(const ValType first, stack_.pop());
  if (is_ref(first) || is_ref(second)) return stack_.mismatch("a number", "a reference");
  if (first != second && first != kAnyType && second != kAnyType)
    return stack_.mismatch(name_of(first), name_of(second));
  stack_.push(first == kAnyType ? second : first);
  return {};
}

Result<void> FuncValidator::apply_select_t(const Instr& instr) {
  if (instr.index != 1) return invalid(offset_, "invalid result arity");
  TINE_TRY(stack_.pop(ValType::kI32));
  TINE_TRY(stack_.pop(instr.type));
  TINE_TRY(stack_.pop(instr.type));
  stack_.push(instr.type);
  return {};
}

Result<void> FuncValidator::apply_variable(const Instr& instr) {
  const bool is_global = instr.op == Op::global_get || instr.op == Op::global_set;
  ValType type;
  if (is_global) {
    const GlobalType& global = context_.module.global_types[instr.index];
    if (instr.op == Op::global_set && !global.is_mutable)
      return invalid(offset_, "immutable global");
    type = global.type;
  } else {
    type = local_type(instr.index);
  }
  const bool reads_operand = instr.op != Op::local_get && instr.op != Op::global_get;
  const bool gives_result = instr.op != Op::local_set && instr.op != Op::global_set;
  if (reads_operand) TINE_TRY(stack_.pop(type));
  if (gives_result) stack_.push(type);
  return {};
}

Result<void> FuncValidator::apply_table(const Instr& instr) {
  const ValType element = context_.module.tables[instr.index].element;
  const ValType address = address_type(instr);
  switch (instr.op) {
    case Op::table_get:
      TINE_TRY(stack_.pop(address));
      stack_.push(element);
      return {};
    case Op::table_set: TINE_TRY(stack_.pop(element)); return stack_.pop(address);
    case Op::table_grow:
      TINE_TRY(stack_.pop(address));
      TINE_TRY(stack_.pop(element));
      stack_.push(address);
      return {};
    default:  // table.fill
      TINE_TRY(stack_.pop(address));
      TINE_TRY(stack_.pop(element));
      return stack_.pop(address);
  }
}

/// memory.copy and table.copy: the size must fit both sides.
Result<void> FuncValidator::apply_copy(AddressType to, AddressType from) {
  TINE_TRY(stack_.pop(val_type_of(narrower(to, from))));
  TINE_TRY(stack_.pop(val_type_of(from)));
  return stack_.pop(val_type_of(to));
}

Result<void> FuncValidator::apply_ref(const Instr& instr) {
  switch (instr.op) {
    case Op::ref_null: stack_.push(instr.type); return {};
    case Op::ref_is_null: {
      TINE_TRY_ASSIGN(const ValType type, stack_.pop());
      if (!is_ref(type) && type != kAnyType) return stack_.mismatch("a reference", name_of(type));
      stack_.push(ValType::kI32);
      return {};
    }
    default: {  // ref.func
      const auto& declared = context_.declared_funcs;
      if (instr.index >= declared.size() || !declared[instr.index])
        return invalid(offset_, "undeclared function reference " + std::to_string(instr.index));
      stack_.push(ValType::kFuncRef);
      return {};
    }
  }
}

}  // namespace tine
