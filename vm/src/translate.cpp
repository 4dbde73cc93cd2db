// The walk over a body: segments, counting, and the compile-time operand stack.
#include "translate.h"

#include <algorithm>

#include "op_facts.h"
#include "tine/check.h"

namespace tine {
namespace {

/// A segment's cost travels in 16 bits of a cell, so long straight-line code is cut.
constexpr uint32_t kMaxSegmentCost = 60'000;

}  // namespace

uint32_t depth_slots(const FuncBody& body) {
  return body.local_slots + body.max_operand_slots + kFrameOverheadSlots;
}

std::vector<uint32_t> local_slots(const Module& module, FuncIdx func) {
  std::vector<uint32_t> slots;
  uint32_t next = 0;
  for (const ValType t : module.local_types(func)) {
    slots.push_back(next);
    next += slots_of(t);
  }
  slots.push_back(next);
  return slots;
}

FuncIr translate(const Module& module, FuncIdx func, const TranslateOptions& options, Probe* probe,
                 std::vector<Boundary>* boundaries) {
  return Translator(module, func, options, probe, boundaries).run();
}

Translator::Translator(const Module& module, FuncIdx func, const TranslateOptions& options,
                       Probe* probe, std::vector<Boundary>* boundaries)
    : module_(module),
      func_(func),
      options_(options),
      probe_(probe),
      boundaries_(boundaries),
      body_(module.body(func)),
      type_(module.func_type(func)),
      local_types_(module.local_types(func)),
      local_slots_(local_slots(module, func)),
      return_slot_(static_cast<uint16_t>(body_.local_slots)),
      next_edge_(options.first_edge),
      next_home_(static_cast<uint16_t>(body_.local_slots + 1)) {}

FuncIr Translator::run() {
  begin_function();
  InstrReader reader(module_.bytes(), body_.begin, body_.end);
  while (!reader.at_end()) {
    const Result<Instr> in = reader.next();
    TINE_CHECK(in.has_value());  // the module is validated
    offset_ = in->offset;
    if (reachable_)
      translate_instr(*in);
    else
      skip_unreachable(*in);
  }
  return std::move(ir_);
}

void Translator::begin_function() {
  Control function;
  function.op = Op::end;
  function.results = type_.results;
  function.base_slot = next_home_;
  controls_.push_back(function);

  offset_ = body_.begin;
  segment_ = new_segment();
  ir_.segments[segment_].offset = body_.begin;
  uint32_t param_slots = 0;
  for (const ValType t : type_.params) param_slots += slots_of(t);
  IrInst& enter = add(IrOp::enter);
  enter.a = static_cast<uint16_t>(param_slots);
  enter.b = return_slot_;
  enter.taken = kNoSegment;
  if (!is_watched(std::nullopt)) {
    enter.taken = segment_;
  } else {
    add_watches(std::nullopt);
    add(IrOp::charge).taken = segment_;
  }
  ir_.segments[segment_].first_inst = static_cast<uint32_t>(ir_.insts.size());
  const uint32_t entry_edge = next_edge_++;
  if (is_covered()) {
    add_edge(entry_edge);
    trace_entry();
  }
}

void Translator::translate_instr(const Instr& in) {
  if (in.op == Op::end || in.op == Op::else_) {
    visit_boundary(in);
    translate_control(in);
    return;
  }
  if (in.op == Op::loop) {  // a branch to a loop executes the instruction `loop` again
    const SegmentId label = new_segment();
    start_segment(label, in.offset, true);
    ir_.segments[ir_.resolve(label)].has_branches = true;
  }
  if (is_watched(in.offset)) watch_instr(in.offset);
  visit_boundary(in);
  count(in);
  if (is_control(in.op))
    translate_control(in);
  else
    translate_op(in);
}

void Translator::visit_boundary(const Instr& in) {
  if (boundaries_ != nullptr)
    boundaries_->push_back({in.offset, static_cast<uint32_t>(ir_.insts.size())});
  if (probe_ == nullptr || probe_->offset != in.offset) return;
  probe_->found = true;
  for (const Entry& e : stack_) {
    OperandLocation where;
    where.type = e.type;
    where.is_constant = e.place == Place::kConstant;
    where.slot = e.place == Place::kLocal ? e.local : e.home;
    where.bits = e.bits;
    probe_->operands.push_back(where);
  }
}

bool Translator::is_watched(std::optional<WasmOffset> offset) const {
  return std::ranges::any_of(options_.watched,
                             [&](const WatchedPlace& place) { return place.offset == offset; });
}

void Translator::add_watches(std::optional<WasmOffset> offset) {
  for (const WatchedPlace& place : options_.watched)
    if (place.offset == offset) add(IrOp::watch).index = place.index;
}

/// A pause stands between two segments: what lies before is charged, what follows is not. Whoever
/// goes on from here enters the second one, so that a run does not pause where it starts.
void Translator::watch_instr(WasmOffset offset) {
  flush();
  add_watches(offset);
  const SegmentId behind = new_segment();
  add(IrOp::charge).taken = behind;
  start_segment(behind, offset, false);
}

void Translator::count(const Instr& in) {
  if (ir_.segments[segment_].cost >= kMaxSegmentCost) start_segment(new_segment(), in.offset, true);
  IrSegment& segment = ir_.segments[segment_];
  if (segment.first_counted == 0) segment.first_counted = in.offset;
  if (is_stepping())
    add(IrOp::step);
  else
    ++segment.cost;
}

IrInst& Translator::add(IrOp op) {
  IrInst inst;
  inst.op = op;
  inst.offset = offset_;
  inst.segment = segment_;
  inst.executed = ir_.segments[segment_].cost;
  ir_.insts.push_back(inst);
  return ir_.insts.back();
}

SegmentId Translator::new_segment() {
  ir_.segments.emplace_back();
  return static_cast<SegmentId>(ir_.segments.size() - 1);
}

SegmentId Translator::new_internal_segment() {
  const SegmentId id = new_segment();
  ir_.segments[id].is_internal = true;
  return id;
}

/// From here on code belongs to segment `id`. Where control falls in, an empty segment takes the
/// new one in; any other is left through a `charge` op.
void Translator::start_segment(SegmentId id, WasmOffset offset, bool falls_in) {
  if (falls_in) {
    flush();
    IrSegment& current = ir_.segments[segment_];
    const bool is_empty =
        current.cost == 0 && !current.is_internal && current.first_inst == ir_.insts.size();
    if (is_empty) {
      ir_.segments[id].same_as = segment_;
      current.has_branches = true;
      return;
    }
    if (!is_stepping()) add(IrOp::charge).taken = id;
  }
  IrSegment& segment = ir_.segments[id];
  segment.offset = offset;
  segment.first_inst = static_cast<uint32_t>(ir_.insts.size());
  segment_ = id;
}

void Translator::start_internal(SegmentId id) {
  ir_.segments[id].first_inst = static_cast<uint32_t>(ir_.insts.size());
  segment_ = id;
}

Translator::Entry Translator::pop() {
  const Entry e = stack_.back();
  stack_.pop_back();
  next_home_ = e.home;
  flushed_entries_ = std::min(flushed_entries_, static_cast<uint32_t>(stack_.size()));
  return e;
}

/// A new entry in its home slot, which the caller's instruction writes.
uint16_t Translator::push_home(ValType type) {
  stack_.push_back({type, Place::kHome, next_home_, 0, 0});
  next_home_ = static_cast<uint16_t>(next_home_ + slots_of(type));
  return stack_.back().home;
}

void Translator::push_results(std::span<const ValType> types) {
  for (const ValType t : types) push_home(t);
}

void Translator::push_local(LocalIdx local) {
  const uint16_t slot = static_cast<uint16_t>(local_slots_[local]);
  push_home(local_types_[local]);
  stack_.back().place = Place::kLocal;
  stack_.back().local = slot;
  if (is_stepping()) slot_of(stack_.back());
}

void Translator::push_constant(ValType type, uint64_t bits) {
  push_home(type);
  stack_.back().place = Place::kConstant;
  stack_.back().bits = bits;
  if (is_stepping()) slot_of(stack_.back());
}

/// The slot an operand can be read from; constants are brought home first. In stepping code
/// aliases are, too.
uint16_t Translator::slot_of(Entry& entry) {
  if (entry.place == Place::kHome) return entry.home;
  if (entry.place == Place::kLocal && !is_stepping()) return entry.local;
  to_slot(entry.home, entry);
  entry.place = Place::kHome;
  return entry.home;
}

/// Writes an entry's value to a slot.
void Translator::to_slot(uint16_t slot, const Entry& entry) {
  if (entry.place == Place::kConstant) {
    IrInst& inst = add(constant_op(entry.type, entry.bits));
    inst.dst = slot;
    inst.imm = entry.bits;
    return;
  }
  const uint16_t from = entry.place == Place::kLocal ? entry.local : entry.home;
  if (from == slot) return;
  IrInst& inst = add(entry.type == ValType::kV128 ? IrOp::vector_copy : IrOp::copy);
  inst.dst = slot;
  inst.a = from;
}

/// Brings every entry to its home slot: what a safepoint promises.
void Translator::flush() {
  for (; flushed_entries_ < stack_.size(); ++flushed_entries_) {
    Entry& e = stack_[flushed_entries_];
    if (e.place == Place::kHome) continue;
    to_slot(e.home, e);
    e.place = Place::kHome;
  }
}

void Translator::truncate(uint32_t entries) {
  while (stack_.size() > entries) pop();
}

/// Whether the last op computed just this entry, and nothing can have branched in between.
bool Translator::is_produced_by_last(const Entry& entry) const {
  if (is_stepping() || entry.place != Place::kHome) return false;
  if (ir_.insts.size() <= ir_.segments[segment_].first_inst) return false;
  const IrInst& last = ir_.insts.back();
  return last.segment == segment_ && writes_dst(last.op) && last.dst == entry.home;
}

}  // namespace tine
