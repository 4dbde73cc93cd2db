// Back to the base: what a fork does between two runs. One function a field of machine_state.def
// remembers it, one brings it back; no system call, no allocation.
//
// Frames are restored from the low-water mark, not by depth. The deepest frame of the base that
// nobody has returned into yet is guarded: its return word is a stub that notices the return and
// guards the next frame below (on_low_water). What lies below the guarded frame is untouched.
#include <algorithm>
#include <cstring>

#include "machine_impl.h"
#include "tine/check.h"

namespace tine {

void Machine::Impl::set_base(std::vector<std::span<const uint8_t>> pristine) {
  TINE_REQUIRE(!is_running_ && host_frames_.empty() && pristine.size() == memories_.size());
  rebind_frames();
  if (base_ != nullptr && has_frames_) remove_base_guard();
  auto base = std::make_unique<Base>();
  base->pristine = std::move(pristine);
#define TINE_MACHINE_FIELD(type, name, meaning) base_##name(*base);
#include "machine_fields.h"
  base_ = std::move(base);
  if (base_->has_frames)
    stack_.base()[base_->frames.back().return_slot] = reinterpret_cast<uint64_t>(low_water_stub());
}

/// Frames of an earlier base get their return address back, wherever tail calls, bridges and setjmp
/// have brought the stub that stands for it.
void Machine::Impl::remove_base_guard() {
  if (!base_->has_frames) return;
  const Cell* return_to = base_->frames[base_->guarded_frame].return_to;
  for (Bridge& bridge : bridges_)
    if (bridge.return_to == low_water_stub()) bridge.return_to = return_to;
  for (size_t i = 0; i < jumps_.frames().size(); ++i)
    if (jumps_.frames()[i].return_to == low_water_stub()) jumps_.frame(i).return_to = return_to;
  for (const FrameView& frame : walk_frames()) {
    Slot& word = frame.place.fp[frame.place.instance->module->body(frame.place.func).local_slots];
    if (reinterpret_cast<const Cell*>(word) == low_water_stub())
      word = reinterpret_cast<uint64_t>(return_to);
  }
}

ResetStats Machine::Impl::reset() {
  TINE_REQUIRE(!is_running_ && base_ != nullptr);
  ResetStats stats;
#define TINE_MACHINE_FIELD(type, name, meaning) reset_##name(stats);
#include "machine_fields.h"
  return stats;
}

// Modules, host functions, store functions and tags only ever grow by instantiation, which a fork does
// not do; instances change only in their dropped segments.
void Machine::Impl::base_modules(Base&) const {}
void Machine::Impl::reset_modules(ResetStats&) {}
void Machine::Impl::base_host_funcs(Base&) const {}
void Machine::Impl::reset_host_funcs(ResetStats&) {}
void Machine::Impl::base_funcs(Base&) const {}
void Machine::Impl::reset_funcs(ResetStats&) {}

void Machine::Impl::base_tags(Base&) const {}
void Machine::Impl::reset_tags(ResetStats&) {}

void Machine::Impl::base_exceptions(Base&) const {
  const_cast<ExceptionStore&>(exceptions_).set_base();
}
void Machine::Impl::reset_exceptions(ResetStats&) { exceptions_.reset(); }

void Machine::Impl::base_instances(Base& base) const {
  for (const std::unique_ptr<Instance>& instance : instances_) {
    base.dropped_elements.push_back(instance->dropped_elements);
    base.dropped_data.push_back(instance->dropped_data);
    instance->has_changed_segments = false;
  }
}

void Machine::Impl::reset_instances(ResetStats&) {
  for (size_t i = 0; i < instances_.size(); ++i) {
    Instance& instance = *instances_[i];
    if (!instance.has_changed_segments) continue;
    instance.dropped_elements = base_->dropped_elements[i];
    instance.dropped_data = base_->dropped_data[i];
    instance.has_changed_segments = false;
  }
}

void Machine::Impl::base_memories(Base& base) const {
  for (size_t i = 0; i < memories_.size(); ++i) {
    TINE_REQUIRE(base.pristine[i].size() == memories_[i]->blocks().size());
    memories_[i]->clear_cards();
  }
}

void Machine::Impl::reset_memories(ResetStats& stats) {
  for (size_t i = 0; i < memories_.size(); ++i)
    stats.dirty_cards += memories_[i]->reset_to(base_->pristine[i]);
}

void Machine::Impl::base_tables(Base& base) const {
  for (const std::unique_ptr<Table>& table : tables_) {
    base.tables.push_back(table->elements);
    table->clear_dirty();
  }
}

void Machine::Impl::reset_tables(ResetStats&) {
  for (size_t i = 0; i < tables_.size(); ++i) {
    Table& table = *tables_[i];
    if (table.dirty_begin >= table.dirty_end) continue;
    const std::vector<Ref>& base = base_->tables[i];
    table.elements.resize(base.size());
    const uint64_t end = std::min<uint64_t>(table.dirty_end, base.size());
    if (table.dirty_begin < end)
      std::memcpy(table.elements.data() + table.dirty_begin, base.data() + table.dirty_begin,
                  (end - table.dirty_begin) * sizeof(Ref));
    table.clear_dirty();
  }
}

void Machine::Impl::base_globals(Base& base) const { base.globals = globals_; }

void Machine::Impl::reset_globals(ResetStats&) {
  std::ranges::copy(base_->globals, globals_.begin());
}

/// Remembers all frames with their return words, and where each starts.
void Machine::Impl::base_threads(Base& base) const {
  base.place = place_;
  base.has_frames = has_frames_;
  base.has_ended = has_ended_;
  base.depth_left_slots = depth_left_slots_;
  base.bridges = bridges_;
  base.jumps = jumps_;
  base.jumps_made = jumps_made_;
  if (!has_frames_) return;
  std::vector<FrameView> frames = walk_frames();
  std::reverse(frames.begin(), frames.end());
  for (const FrameView& frame : frames) {
    const FramePlace& place = frame.place;
    Base::Frame f;
    f.begin_slot = static_cast<uint32_t>(place.fp - stack_.base());
    f.return_slot = f.begin_slot + place.instance->module->body(place.func).local_slots;
    f.return_to = reinterpret_cast<const Cell*>(stack_.base()[f.return_slot]);
    base.frames.push_back(f);
  }
  const FramePlace& top = frames.back().place;
  const FuncBody& body = top.instance->module->body(top.func);
  const Slot* end = top.fp + body.local_slots + 1 + body.max_operand_slots;
  base.stack.assign(stack_.base(), const_cast<Slot*>(end));
  base.guarded_frame = base.frames.size() - 1;
}

void Machine::Impl::reset_threads(ResetStats&) {
  place_ = base_->place;
  has_frames_ = base_->has_frames;
  has_ended_ = base_->has_ended;
  depth_left_slots_ = base_->depth_left_slots;
  bridges_ = base_->bridges;
  host_frames_.clear();
  jumps_ = base_->jumps;
  jumps_made_ = base_->jumps_made;
  if (!has_frames_) return;
  const size_t from = base_->frames[base_->guarded_frame].begin_slot;
  std::memcpy(stack_.base() + from, base_->stack.data() + from,
              (base_->stack.size() - from) * sizeof(Slot));
  base_->guarded_frame = base_->frames.size() - 1;
  stack_.base()[base_->frames.back().return_slot] = reinterpret_cast<uint64_t>(low_water_stub());
}

void Machine::Impl::base_pending(Base& base) const {
  base.pending = pending_;
  base.results = results_;
}

void Machine::Impl::reset_pending(ResetStats&) {
  pending_ = base_->pending;
  results_ = base_->results;
  keeps_results_ = false;
}

void Machine::Impl::base_instructions(Base& base) const { base.instructions = instructions_; }
void Machine::Impl::reset_instructions(ResetStats&) { instructions_ = base_->instructions; }

// The limit belongs to the configuration, which does not change.
void Machine::Impl::base_stack_limit_slots(Base&) const {}
void Machine::Impl::reset_stack_limit_slots(ResetStats&) {}

void Machine::Impl::base_world(Base&) const { const_cast<World&>(world_).mark_base(); }
void Machine::Impl::reset_world(ResetStats&) {
  if (world_.changed_since_base()) world_.reset_to_base();
}

}  // namespace tine
