// Translation of structured control: blocks, branches, calls and returns.
//
// A label is a segment. Values that a branch carries are moved to the label's home slots first;
// where a conditional branch has to move something (or covered code has to count the edge), it
// leads to a trampoline that does so.
#include "coverage_edges.h"
#include "op_facts.h"
#include "tine/check.h"
#include "translate.h"
#include "type_stack.h"

namespace tine {
void Translator::translate_control(const Instr& in) {
  switch (in.op) {
    case Op::unreachable:
      add(IrOp::unreachable);
      become_unreachable();
      break;
    case Op::block:
    case Op::loop: begin_block(in); break;
    case Op::if_: begin_if(in); break;
    case Op::else_: begin_else(in); break;
    case Op::end: end_block(in); break;
    case Op::br: branch(in); break;
    case Op::br_if: branch_if(in); break;
    case Op::br_table: branch_table(in); break;
    case Op::return_: return_values(); break;
    case Op::call: call(in, false); break;
    case Op::return_call: call(in, true); break;
    case Op::call_indirect: call_indirect(in, false); break;
    case Op::return_call_indirect: call_indirect(in, true); break;
    case Op::try_: begin_try(in); break;
    case Op::try_table: begin_try_table(in); break;
    case Op::catch_:
    case Op::catch_all: begin_catch(in); break;
    case Op::delegate: end_delegate(in); break;
    case Op::throw_: throw_values(in); break;
    case Op::throw_ref: {
      Entry thrown = pop();
      throw_exception(slot_of(thrown));
      break;
    }
    case Op::rethrow: throw_exception(control(in.index).base_slot); break;
    default: TINE_CHECK(!"a control instruction");
  }
}

void Translator::become_unreachable() { reachable_ = false; }

/// Code that cannot run is not translated; only its nesting and its edge numbers count.
void Translator::skip_unreachable(const Instr& in) {
  switch (in.op) {
    case Op::block:
    case Op::loop:
    case Op::try_: ++skipped_blocks_; break;
    case Op::try_table:
      ++skipped_blocks_;
      next_edge_ += edges_of(in);
      break;
    case Op::catch_:
    case Op::catch_all:
      if (skipped_blocks_ == 0)
        begin_catch(in);
      else
        next_edge_ += edges_of(in);
      break;
    case Op::delegate:
      if (skipped_blocks_ == 0)
        end_delegate(in);
      else
        --skipped_blocks_;
      break;
    case Op::if_:
      ++skipped_blocks_;
      next_edge_ += 2;
      break;
    case Op::br_if: next_edge_ += 2; break;
    case Op::br_table: next_edge_ += static_cast<uint32_t>(in.labels.size()); break;
    case Op::else_:
      if (skipped_blocks_ == 0) begin_else(in);
      break;
    case Op::end:
      if (skipped_blocks_ == 0)
        end_block(in);
      else
        --skipped_blocks_;
      break;
    default: break;
  }
}

void Translator::begin_block(const Instr& in) {
  flush();
  Control c;
  c.op = in.op;
  if (in.block.type_index >= 0) {
    const FuncType& type = module_.types[static_cast<size_t>(in.block.type_index)];
    c.params = type.params;
    c.results = type.results;
  } else if (in.block.has_result) {
    c.results = list_of(in.block.result);
  }
  c.base_entries = static_cast<uint32_t>(stack_.size() - c.params.size());
  c.base_slot = static_cast<uint16_t>(next_home_ - slots_of_all(c.params));
  if (in.op == Op::loop) {  // translate_instr has started its segment
    c.label = segment_;
    c.label_used = true;
  }
  c.handler = controls_.back().handler;
  controls_.push_back(c);
}

void Translator::begin_if(const Instr& in) {
  const Condition condition = take_condition();
  begin_block(in);
  Control& c = controls_.back();
  c.else_segment = new_segment();
  const SegmentId then_segment = new_segment();
  if (!is_covered()) {
    add_conditional(condition, false, c.else_segment, then_segment);
    start_segment(then_segment, in.next_offset, false);
    return;
  }
  const uint32_t edge = next_edge_;
  next_edge_ += 2;
  const SegmentId not_taken = new_internal_segment();
  add_conditional(condition, true, then_segment, not_taken);
  start_internal(not_taken);
  add_edge(edge + 1);
  add(IrOp::br).taken = c.else_segment;
  start_segment(then_segment, in.next_offset, false);
  add_edge(edge);
}

void Translator::begin_else(const Instr& in) {
  Control& c = controls_.back();
  if (reachable_) {
    flush();
    add(IrOp::br).taken = label_of(c);
  }
  truncate(c.base_entries);
  push_results(c.params);
  flushed_entries_ = static_cast<uint32_t>(stack_.size());
  start_segment(c.else_segment, in.next_offset, false);
  c.else_segment = kNoSegment;
  c.op = Op::else_;
  reachable_ = true;
}

void Translator::end_block(const Instr& in) {
  if (controls_.size() == 1) {
    end_function(in);
    return;
  }
  if (controls_.back().op == Op::try_ || is_catch(controls_.back().op))
    leave_legacy_part(controls_.back());
  const Control c = controls_.back();
  controls_.pop_back();
  if (c.op == Op::try_table) ir_.handlers[c.handler].end = in.offset;
  if (c.op == Op::loop) return;  // its label stands at its start
  SegmentId target = kNoSegment;
  if (c.else_segment != kNoSegment) target = c.else_segment;  // an `if` without `else`
  if (c.label_used) {
    if (target == kNoSegment)
      target = c.label;
    else
      ir_.segments[c.label].same_as = target;
  }
  if (target == kNoSegment) return;  // nobody branches here: the segment simply goes on
  start_segment(target, in.next_offset, reachable_);
  truncate(c.base_entries);
  push_results(c.results);
  flushed_entries_ = static_cast<uint32_t>(stack_.size());
  reachable_ = true;
}

void Translator::end_function(const Instr& in) {
  const Control c = controls_.back();
  if (c.label_used) {
    start_segment(c.label, in.offset, reachable_);
    truncate(c.base_entries);
    push_results(c.results);
    flushed_entries_ = static_cast<uint32_t>(stack_.size());
    reachable_ = true;
  }
  if (reachable_) return_values();
}

std::span<const ValType> Translator::label_types(const Control& c) const {
  return c.op == Op::loop ? c.params : c.results;
}

SegmentId Translator::label_of(Control& c) {
  if (c.label == kNoSegment) c.label = new_segment();
  c.label_used = true;
  return c.label;
}

/// Whether the values a branch carries already stand in the label's home slots.
bool Translator::label_in_place(const Control& c) const {
  const std::span<const ValType> types = label_types(c);
  if (types.empty()) return true;
  const Entry& first = stack_[stack_.size() - types.size()];
  if (first.home != c.base_slot) return false;
  for (size_t i = stack_.size() - types.size(); i < stack_.size(); ++i)
    if (stack_[i].place != Place::kHome) return false;
  return true;
}

/// Copies upwards from the lowest: a destination never lies above its source's home.
void Translator::move_to_label(const Control& c) {
  const std::span<const ValType> types = label_types(c);
  uint16_t to = c.base_slot;
  for (size_t i = stack_.size() - types.size(); i < stack_.size(); ++i) {
    if (stack_[i].place != Place::kHome || stack_[i].home != to) to_slot(to, stack_[i]);
    to = static_cast<uint16_t>(to + slots_of(stack_[i].type));
  }
}

void Translator::branch(const Instr& in) {
  Control& c = control(in.index);
  if (c.op == Op::end) {
    return_values();
    return;
  }
  move_to_label(c);
  add(IrOp::br).taken = label_of(c);
  become_unreachable();
}

void Translator::branch_if(const Instr& in) {
  const Condition condition = take_condition();
  flush();
  Control& c = control(in.index);
  const uint32_t edge = next_edge_;
  next_edge_ += 2;
  const SegmentId behind = new_segment();
  if (label_in_place(c) && !is_covered()) {
    add_conditional(condition, true, label_of(c), behind);
  } else {
    const SegmentId taken = new_internal_segment();
    add_conditional(condition, false, behind, taken);
    start_internal(taken);
    if (is_covered()) add_edge(edge);
    move_to_label(c);
    add(IrOp::br).taken = label_of(c);
  }
  start_segment(behind, in.next_offset, false);
  if (is_covered()) add_edge(edge + 1);
}

void Translator::branch_table(const Instr& in) {
  Entry index = pop();
  const uint16_t index_slot = slot_of(index);
  flush();
  const uint32_t first_edge = next_edge_;
  next_edge_ += static_cast<uint32_t>(in.labels.size());
  IrInst& table = add(IrOp::br_table);
  table.a = index_slot;
  table.index = static_cast<uint32_t>(in.labels.size()) - 1;
  table.labels_begin = static_cast<uint32_t>(ir_.labels.size());
  const uint32_t begin = table.labels_begin;
  ir_.labels.resize(begin + in.labels.size());
  for (size_t i = 0; i < in.labels.size(); ++i) {
    Control& c = control(in.labels[i]);
    ir_.labels[begin + i] = label_in_place(c) && !is_covered()
                                ? label_of(c)
                                : add_trampoline(c, first_edge + static_cast<uint32_t>(i));
  }
  become_unreachable();
}

/// A place of our own that counts the edge, moves the label's values and goes there.
SegmentId Translator::add_trampoline(Control& c, uint32_t edge) {
  const SegmentId id = new_internal_segment();
  start_internal(id);
  if (is_covered()) add_edge(edge);
  move_to_label(c);
  add(IrOp::br).taken = label_of(c);
  return id;
}

void Translator::add_edge(uint32_t edge) { add(IrOp::edge).index = edge; }

/// Pops a branch's condition. A compare that was just computed is taken back to be fused.
Translator::Condition Translator::take_condition() {
  Entry entry = pop();
  Condition condition;
  if (is_produced_by_last(entry)) {
    const IrOp op = ir_.insts.back().op;
    if (is_compare(op) || op == IrOp::i32_eqz || op == IrOp::i64_eqz) {
      condition.is_fused = true;
      condition.compare = ir_.insts.back();
      ir_.insts.pop_back();
      return condition;
    }
  }
  condition.slot = slot_of(entry);
  return condition;
}

void Translator::add_conditional(const Condition& condition, bool branch_if, SegmentId taken,
                                 SegmentId fall) {
  IrInst inst = condition.compare;
  if (!condition.is_fused) {
    inst.op = branch_if ? IrOp::br_nonzero : IrOp::br_zero;
    inst.a = condition.slot;
  } else if (inst.op == IrOp::i32_eqz) {
    inst.op = branch_if ? IrOp::br_zero : IrOp::br_nonzero;
  } else if (inst.op == IrOp::i64_eqz) {
    inst.op = branch_of(IrOp::i64_eq, branch_if);
    inst.b_source = Source::kImmediate;
    inst.imm = 0;
  } else {
    inst.op = branch_of(inst.op, branch_if);
  }
  inst.taken = taken;
  inst.fall = fall;
  const IrInst& placed = add(inst.op);
  inst.offset = placed.offset;
  inst.segment = placed.segment;
  inst.executed = placed.executed;
  ir_.insts.back() = inst;
}

void Translator::return_values() {
  const std::span<const ValType> results = type_.results;
  if (results.empty()) {
    add(IrOp::ret);
  } else if (results.size() == 1 && slots_of(results[0]) == 1) {
    Entry value = pop();
    const uint16_t slot = slot_of(value);
    const IrOp op = results[0] == ValType::kF32   ? IrOp::ret_f32
                    : results[0] == ValType::kF64 ? IrOp::ret_f64
                                                  : IrOp::ret_int;
    add(op).a = slot;
  } else {
    flush();
    IrInst& inst = add(IrOp::ret_many);
    inst.a = stack_[stack_.size() - results.size()].home;
    inst.b = static_cast<uint16_t>(slots_of_all(results));
  }
  IrInst& inst = ir_.insts.back();
  inst.c = return_slot_;
  inst.index2 = depth_slots(body_);
  become_unreachable();
}

void Translator::call(const Instr& in, bool is_tail) {
  flush();
  const bool is_import = module_.is_imported(in.index);
  IrInst& inst = add(is_tail ? (is_import ? IrOp::tail_call_import : IrOp::tail_call)
                             : (is_import ? IrOp::call_import : IrOp::call));
  inst.index = in.index;
  inst.index2 = is_import ? 0 : depth_slots(module_.body(in.index));
  finish_call(inst, module_.func_type(in.index), in, is_tail);
}

void Translator::call_indirect(const Instr& in, bool is_tail) {
  Entry element = pop();
  const uint16_t element_slot = slot_of(element);
  flush();
  const IrOp op = is_tail ? IrOp::tail_call_indirect : IrOp::call_indirect;
  IrInst& inst = add(address_of_table(in.index2) == AddressType::kI64 ? wide(op) : op);
  inst.a = element_slot;
  inst.index = in.index;
  inst.imm = in.index2;  // the table
  finish_call(inst, module_.types[in.index], in, is_tail);
}

/// dst = home of the first argument, which is where results appear; b = argument slots.
void Translator::finish_call(IrInst& inst, const FuncType& type, const Instr& in, bool is_tail) {
  const uint32_t arg_slots = slots_of_all(type.params);
  inst.dst = static_cast<uint16_t>(next_home_ - arg_slots);
  inst.b = static_cast<uint16_t>(arg_slots);
  inst.c = return_slot_;
  if (is_tail)
    inst.imm2 = depth_slots(body_);
  else if (type.results.size() == 1)
    inst.result = bank_of(type.results[0]);
  if (is_tail) {
    become_unreachable();
    return;
  }
  const SegmentId behind = new_segment();
  inst.fall = behind;
  truncate(static_cast<uint32_t>(stack_.size() - type.params.size()));
  push_results(type.results);
  flushed_entries_ = static_cast<uint32_t>(stack_.size());
  start_segment(behind, in.next_offset, false);
}

}  // namespace tine
