// setjmp and longjmp, which a guest imports: C's way out of many frames at once, for programs that
// are compiled without any exceptions. The VM owns the frames, so it only has to drop them.
//
//   setjmp   the stub into the frame's return word (guard_jump_frame), a record, its number into
//            the guest's jmp_buf, 0 to the guest
//   return   of a frame with records: the stub leaves to the driver, its records die
//   longjmp  the record of the number: frames above it go, its operands come back, and the call of
//            setjmp returns once more (jump_to)
//
// A tail call is a return, too: it leaves the stub, but takes the records along. Calls of setjmp
// from no frame (a root call, a tail call) get a number without a record.
// spec: none (harnesses/include/setjmp.h)
#include <algorithm>
#include <array>

#include "exit_call.h"
#include "machine_impl.h"
#include "tine/check.h"
#include "tine/limits.h"

namespace tine {
namespace {

constexpr uint64_t kNumberBytes = 8;              // what a jmp_buf holds
constexpr uint64_t kRecordCharge = sizeof(Slot);  // looking through 32 records costs 1

void write_number(Memory& memory, uint64_t buffer, uint64_t number) {
  std::array<uint8_t, kNumberBytes> bytes{};
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(number >> (8 * i));
  memory.write(buffer, bytes);
}

uint64_t read_number(const Memory& memory, uint64_t buffer) {
  uint64_t number = 0;
  for (size_t i = 0; i < kNumberBytes; ++i)
    number |= uint64_t{memory.base()[buffer + i]} << (8 * i);
  return number;
}

bool has_buffer(HostCall& call) {
  return call.memory() != nullptr && call.memory()->in_bounds(call.arg_u32(0), kNumberBytes);
}

HostAction setjmp_call(HostCall& call) {
  if (!has_buffer(call)) return HostAction::trap(TrapKind::kMemoryOutOfBounds);
  return HostAction::set_jump(call.arg_u32(0));
}

HostAction longjmp_call(HostCall& call) {
  if (!has_buffer(call)) return HostAction::trap(TrapKind::kMemoryOutOfBounds);
  const uint32_t value = call.arg_u32(1);
  return HostAction::long_jump(read_number(*call.memory(), call.arg_u32(0)),
                               value == 0 ? 1 : value);
}

std::unexpected<Error> bad(std::string detail) {
  return fail(ErrorCode::kBadSnapshot, kNoOffset, std::move(detail));
}

}  // namespace

std::span<const HostFunction> jump_functions() {
  constexpr ValType kI32 = ValType::kI32;
  static const std::vector<HostFunction> functions = {
      {"tine", "setjmp", {{kI32}, {kI32}}, setjmp_call},
      {"tine", "longjmp", {{kI32, kI32}, {}}, longjmp_call}};
  return functions;
}

/// A host function that is a root call has no frame to come back to.
HostAction Machine::Impl::without_frame(HostAction action, HostCall& call) {
  if (action.kind == HostAction::Kind::kLongJump) return HostAction::trap(TrapKind::kDeadJump);
  if (action.kind == HostAction::Kind::kThrow)
    return HostAction::trap(TrapKind::kUncaughtException);
  if (action.kind != HostAction::Kind::kSetJump) return action;
  ++jumps_made_;
  if (call.memory() != nullptr) write_number(*call.memory(), action.jump, jumps_made_);
  call.set_result_u32(0, 0);
  return HostAction::done();
}

HostAction Machine::Impl::set_jump(uint64_t buffer, const ExitCall& exit, HostCall& call) {
  if (exit.is_tail) return without_frame(HostAction::set_jump(buffer), call);
  Slot* fp = context().exit_fp;
  stand_at_call();
  const Slot* operands = fp + place_.instance->module->body(place_.func).local_slots + 1;
  const std::span<const Slot> below{operands, fp + exit.base_slot};
  if (!jumps_.has_room(below.size())) return HostAction::trap(TrapKind::kStackExhausted);
  guard_jump_frame(fp);
  call.charge_bytes(jumps_.count_of_last_frame() * kRecordCharge + below.size_bytes());
  jumps_.add(++jumps_made_, buffer, place_.offset, below);
  context().jump_frame = jumps_.innermost();
  write_number(*call.memory(), buffer, jumps_made_);
  call.set_result_u32(0, 0);
  return HostAction::done();
}

/// The frame at place_ is the innermost one with records from now on.
void Machine::Impl::guard_jump_frame(Slot* fp) {
  if (!jumps_.has_frame(fp)) {
    Slot& word = fp[place_.instance->module->body(place_.func).local_slots];
    jumps_.push_frame({.fp = fp, .return_to = reinterpret_cast<const Cell*>(word)});
    word = reinterpret_cast<uint64_t>(jump_stub());
  }
  JumpFrame& frame = jumps_.frame(jumps_.frames().size() - 1);  // a tail call may have changed it
  frame.instance = place_.instance;
  frame.func = place_.func;
  frame.bridges = bridges_.size();
  frame.depth_left_slots = context().depth_left_slots;
}

/// Finds the record that a jump goes to; the action that is left is what the driver does first.
/// A run on top of another one (a hook, or what a host function has called) finds its own records only.
/// A jump past a host function is a trap up to there; the function may pass it on (host_call.cpp).
HostAction Machine::Impl::long_jump(HostAction action, const ExitCall& exit,
                                    const JumpRecord*& target, HostCall& call) {
  const JumpRecord* record = jumps_.find(action.jump);
  const bool leaves_own_frame =
      record != nullptr && exit.is_tail && jumps_.frames()[record->frame].fp == context().exit_fp;
  const bool is_beneath = record != nullptr && record->frame < jump_floor_;
  if (is_beneath) beneath_ = JumpBeneath{action.jump, action.jump_result};
  if (record == nullptr || is_beneath || leaves_own_frame)
    return HostAction::trap(TrapKind::kDeadJump);
  call.charge_bytes(jumps_.operands_of(*record).size_bytes());
  call.set_result_u32(0, action.jump_result);
  target = record;
  return HostAction::done();
}

/// Takes the thread back to a record. Returns where its call returns to; `results`: where that finds
/// its result, which the caller has left in the slot that it names before.
const Cell* Machine::Impl::jump_to(const JumpRecord& record, Slot*& results) {
  const uint32_t result = static_cast<uint32_t>(*results);
  const JumpFrame frame = jumps_.frames()[record.frame];
  const WasmOffset offset = record.offset;
  Slot* home = frame.fp + frame.instance->module->body(frame.func).local_slots + 1;
  results = std::ranges::copy(jumps_.operands_of(record), home).out;
  *results = result;
  jumps_.cut_to(size_t{record.frame} + 1);
  bridges_.resize(frame.bridges);
  bind_context(*frame.instance);
  context().depth_left_slots = frame.depth_left_slots;
  lower_base_guard(frame.fp);
  return return_cell(*frame.instance, frame.func, offset, config_.kind);
}

/// A jump returns into frames of a fork's base, as returns do one by one (leave_base_frame).
void Machine::Impl::lower_base_guard(const Slot* fp) {
  if (base_ == nullptr || !base_->has_frames) return;
  const auto slot = static_cast<uint32_t>(fp - stack_.base());
  size_t& guarded = base_->guarded_frame;
  if (base_->frames[guarded].begin_slot <= slot) return;
  while (base_->frames[guarded].begin_slot > slot) --guarded;
  stack_.base()[base_->frames[guarded].return_slot] = reinterpret_cast<uint64_t>(low_water_stub());
}

/// The running frame makes way for another one by a tail call.
void Machine::Impl::leave_jump_records_of(const Slot* fp) {
  if (jumps_.innermost() != fp) return;
  jumps_.forget_last_frame();
  context().jump_frame = jumps_.innermost();
}

/// The innermost frame with a stub returns; returns where to.
const Cell* Machine::Impl::leave_jump_frame() {
  const Cell* to = jumps_.pop_frame().return_to;
  context().jump_frame = jumps_.innermost();
  return to;
}

void Machine::Impl::on_jump_frame_return() {
  Slot* callee_fp = context().exit_fp;
  return_to(leave_jump_frame(), callee_fp);
}

/// The tail call is made again, now that no record is in its way. All its operands are at home.
void Machine::Impl::on_jump_frame_tail() {
  leave_jump_records_of(context().exit_fp);
  enter_code(context().exit_ip, context().exit_fp, running_->home->base(), 0, 0, 0);
}

// --- as plain data -------------------------------------------------------------------------------

std::vector<JumpRecordState> Machine::Impl::capture_jumps(
    const std::vector<FrameView>& frames) const {
  std::vector<JumpRecordState> out;
  for (const JumpRecord& record : jumps_.records()) {
    const JumpFrame& frame = jumps_.frames()[record.frame];
    const auto view =
        std::ranges::find(frames, frame.fp, [](const FrameView& f) { return f.place.fp; });
    TINE_CHECK(view != frames.end());
    JumpRecordState state;
    state.frame = static_cast<uint32_t>(frames.end() - view - 1);
    state.offset = record.offset;
    state.id = record.id;
    state.buffer = record.buffer;
    const FramePlace call{frame.instance, frame.func, record.offset, frame.fp, CodeKind::kStepping};
    const std::vector<OperandLocation>& types = operands_of(call).operands;
    const std::span<const Slot> slots = jumps_.operands_of(record);
    for (size_t i = 0, slot = 0; slot < slots.size(); slot += slots_of(types[i++].type))
      state.operands.push_back(value_in_slot(types[i].type, &slots[slot]));
    out.push_back(std::move(state));
  }
  return out;
}

/// A record stands at a call in a frame that is there, and has what the stack holds below it.
Result<void> Machine::Impl::check_jump(const JumpRecordState& record,
                                       const JumpFrame& frame) const {
  const FramePlace place{frame.instance, frame.func, record.offset, frame.fp, CodeKind::kStepping};
  const FuncBody& body = frame.instance->module->body(frame.func);
  if (record.offset < body.begin || record.offset >= body.end ||
      !operands_of(place).is_reachable_boundary)
    return bad("a setjmp record that stands at no reachable instruction");
  TINE_TRY_ASSIGN(const CallSite site, call_site(place));
  if (site.type->results != std::vector{ValType::kI32})
    return bad("a setjmp record at a call that returns no i32");
  for (const Value& v : record.operands) TINE_TRY(check_reference(v));
  return check_operands(place, record.operands, site.taken);
}

/// `frames`: those just restored, outermost first, as if each had called setjmp.
Result<void> Machine::Impl::restore_jumps(const ThreadState& in,
                                          const std::vector<JumpFrame>& frames) {
  std::vector<Slot> slots;
  uint64_t latest_id = 0;
  uint32_t latest_frame = 0;
  for (const JumpRecordState& record : in.jumps) {
    if (record.frame >= frames.size() || record.frame < latest_frame || record.id <= latest_id ||
        record.id > in.jumps_made)
      return bad("setjmp records that are not in the order in which they were made");
    const JumpFrame& frame = frames[record.frame];
    TINE_TRY(check_jump(record, frame));
    slots.clear();
    for (const Value& v : record.operands) {
      slots.push_back(v.lo);
      if (v.type == ValType::kV128) slots.push_back(v.hi);
    }
    if (!jumps_.has_room(slots.size())) return bad("more setjmp records than the limit allows");
    if (!jumps_.has_frame(frame.fp)) {
      jumps_.push_frame(frame);
      frame.fp[frame.instance->module->body(frame.func).local_slots] =
          reinterpret_cast<uint64_t>(jump_stub());
    }
    const size_t before = jumps_.records().size();
    jumps_.add(record.id, record.buffer, record.offset, slots);
    if (jumps_.records().size() == before) return bad("two setjmp records of one buffer");
    latest_id = record.id;
    latest_frame = record.frame;
  }
  if (in.jumps_made > kUnlimitedFuel) return bad("more calls of setjmp than can have been made");
  jumps_made_ = in.jumps_made;
  return {};
}

}  // namespace tine
