// Translation of exceptions, in both forms: try_table, and the legacy try, catch, delegate, rethrow.
//
// Nothing is executed to enter or leave a `try`. Its clauses become a handler of the function
// (IrHandler), which says where an exception lands that is thrown between two offsets; whoever
// throws asks for it (unwind.cpp). An exception lands where a label's segment starts, with its values
// in the label's home slots, as if a branch had come.
//
// A legacy catch keeps its exception in a slot beneath its operands, for `rethrow`:
//
//   [ … | exception | values of the exception, then the operands of the catch ]
//         ↑ base_slot of the try, where its results belong
#include "translate.h"
#include "type_stack.h"

namespace tine {

/// A handler for the code from behind `in` on. Pre: the control of its `try` is the innermost.
HandlerId Translator::add_handler(const Instr& in) {
  IrHandler handler;
  handler.begin = in.next_offset;
  handler.enclosing = handler.outer = controls_.back().handler;
  ir_.handlers.push_back(handler);
  controls_.back().handler = static_cast<HandlerId>(ir_.handlers.size() - 1);
  return controls_.back().handler;
}

void Translator::begin_try_table(const Instr& in) {
  begin_block(in);
  const HandlerId handler = add_handler(in);
  for (const CatchClause& clause : in.catches) add_catch(handler, clause);
}

/// Labels are counted from outside of the try_table, which is the innermost control already.
void Translator::add_catch(HandlerId handler, const CatchClause& clause) {
  Control& target = control(clause.label + 1);
  IrCatch landing;
  if (clause.has_tag()) landing.tag = clause.tag;
  if (clause.has_ref()) landing.ref = IrCatch::RefPlace::kBehindValues;
  landing.target = label_of(target);
  landing.slot = target.base_slot;
  landing.edge = next_edge_++;
  ir_.segments[ir_.resolve(landing.target)].has_branches = true;
  ir_.handlers[handler].catches.push_back(landing);
}

void Translator::begin_try(const Instr& in) {
  begin_block(in);
  const HandlerId handler = add_handler(in);
  controls_.back().legacy_handler = handler;
}

/// Results of a part of a legacy try go to the label. A catch has them a slot too high, and no part
/// falls into what follows; the first part also ends the stretch of its handler.
void Translator::leave_legacy_part(Control& c) {
  if (c.op == Op::try_) {
    ir_.handlers[c.handler].end = offset_;
    c.handler = ir_.handlers[c.handler].enclosing;
  }
  if (!reachable_) return;
  flush();
  move_to_label(c);
  add(IrOp::br).taken = label_of(c);
  become_unreachable();
}

void Translator::begin_catch(const Instr& in) {
  Control& c = controls_.back();
  const HandlerId handler = c.legacy_handler;
  leave_legacy_part(c);
  c.op = in.op;
  truncate(c.base_entries);

  IrCatch landing;
  landing.ref = IrCatch::RefPlace::kBeforeValues;
  landing.slot = c.base_slot;
  landing.target = new_segment();
  landing.edge = next_edge_++;
  if (in.op == Op::catch_) landing.tag = in.index;
  ir_.handlers[handler].catches.push_back(landing);
  ir_.segments[landing.target].has_branches = true;

  push_home(ValType::kExnRef);
  if (in.op == Op::catch_) push_results(module_.tag_type(in.index).params);
  flushed_entries_ = static_cast<uint32_t>(stack_.size());
  start_segment(landing.target, in.next_offset, false);
  reachable_ = true;
}

/// The end of a try whose exceptions are handled as if its label's block had thrown them.
void Translator::end_delegate(const Instr& in) {
  const HandlerId handler = controls_.back().legacy_handler;
  ir_.handlers[handler].outer = control(in.index + 1).handler;
  end_block(in);
}

void Translator::throw_values(const Instr& in) {
  flush();
  const std::span<const ValType> values = module_.tag_type(in.index).params;
  IrInst& inst = add(IrOp::throw_);
  inst.a = static_cast<uint16_t>(next_home_ - slots_of_all(values));
  inst.index = in.index;
  become_unreachable();
}

/// Whoever catches it finds the operands below at home, as behind a call.
void Translator::throw_exception(uint16_t slot) {
  flush();
  add(IrOp::throw_ref).a = slot;
  become_unreachable();
}

}  // namespace tine
