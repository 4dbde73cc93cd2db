// The driver: enters threaded code at a position, and handles whatever makes it exit.
//
//   run ─ start_root_call ─ enter_at_place ─┬─ enter_wanted_kind   a safepoint: charge, reload pins
//                ↑                          └─ enter_stepping      in between, or fuel runs short
//         handle_exit: fuel, trap, exception (unwind.cpp), host call, call or return across instances, root return
//
// Stops are exact because a segment that the fuel does not cover runs in stepping code. Stepping
// towards the next safepoint withholds all fuel but one instruction (`reserve_`), so that the
// driver gets a look at every position on the way.
#include <bit>
#include <cstring>

#include "exit_call.h"
#include "machine_impl.h"
#include "tine/check.h"

namespace tine {
namespace {

/// A call's landing: by how much fp goes down, and what the segment behind costs.
uint32_t landing_base(const Cell* return_to) { return return_to[-1].u16[2]; }
int64_t landing_cost(const Cell* return_to) { return return_to[-1].u16[3]; }

uint32_t slots_of_all(const std::vector<ValType>& types) {
  uint32_t slots = 0;
  for (const ValType t : types) slots += slots_of(t);
  return slots;
}

std::vector<Value> values_in(const Slot* slots, const std::vector<ValType>& types) {
  std::vector<Value> values;
  values.reserve(types.size());
  for (const ValType t : types) {
    Value v{t, bits_of(t) == 32 ? static_cast<uint32_t>(slots[0]) : slots[0], 0};
    if (t == ValType::kV128) v.hi = slots[1];
    values.push_back(v);
    slots += slots_of(t);
  }
  return values;
}

const SegmentPlace& segment_at(Code& code, const FuncCode& func, const Cell* ip) {
  const auto& segments = code.map(func).segments_by_cell;
  const auto segment = segments.find(func.cell_of(ip));
  TINE_CHECK(segment != segments.end());
  return segment->second;
}

}  // namespace

/// Tells threaded code which instance runs, in the running kind of code.
void Machine::Impl::bind_context(Instance& instance) {
  int64_t fuel = 0;
  int64_t depth = depth_left_slots_;
  if (running_ != nullptr) {
    fuel = context().fuel;
    depth = context().depth_left_slots;
  }
  running_ = &instance;
  Context& ctx = context();
  ctx.fuel = fuel;
  ctx.depth_left_slots = depth;
  ctx.memory_bytes = instance.home->size_bytes();
  ctx.entries = instance.code->code(config_.kind).entries();
  ctx.globals = instance.global_items.data();
  if (config_.kind == CodeKind::kCovered && instance.sinks.counters == nullptr)
    instance.own_counters.resize(edge_count(*instance.module));
  ctx.counters =
      instance.sinks.counters != nullptr ? instance.sinks.counters : instance.own_counters.data();
  ctx.instance = &instance;
  ctx.jump_frame = jumps_.innermost();
}

uint64_t Machine::Impl::instructions_now() const {
  if (!is_running_ || running_ == nullptr) return instructions_;
  const int64_t left = context().fuel + reserve_ - deficit_;
  return instructions_ + static_cast<uint64_t>(fuel_given_ - left);
}

Outcome Machine::Impl::run(uint64_t fuel) {
  TINE_REQUIRE(!is_running_);
  is_prepared_ = false;
  if (has_ended_) drop_ended_run();
  rebind_frames();
  is_running_ = true;
  if (!keeps_results_) results_.clear();
  keeps_results_ = false;
  fuel_given_ = static_cast<int64_t>(std::min(fuel, kUnlimitedFuel));
  reserve_ = deficit_ = 0;
  running_ = nullptr;
  if (has_frames_) {
    rebind_top_return();
    bind_context(*place_.instance);
    context().fuel = fuel_given_;
  }
  if (takes_pause_request()) return end_run(pause_for(PauseReason::kRequest));
  return end_run(run_root_calls());
}

/// Goes on where the thread stands, then with all pending calls.
Outcome Machine::Impl::run_root_calls() {
  for (;;) {
    if (!has_frames_) {
      Outcome outcome;
      if (pending_.empty() || !start_root_call(outcome)) return outcome;
      if (!has_frames_) continue;
    }
    enter_at_place();
    while (has_frames_) {
      std::optional<Outcome> outcome = handle_exit();
      if (outcome) return std::move(*outcome);
    }
  }
}

Outcome Machine::Impl::end_run(Outcome outcome) {
  instructions_ = instructions_now();
  if (running_ != nullptr) depth_left_slots_ = context().depth_left_slots;
  is_running_ = false;
  running_ = nullptr;
  waiting_pause_.reset();
  has_ended_ = outcome.kind == OutcomeKind::kTrapped || outcome.kind == OutcomeKind::kExited ||
               outcome.kind == OutcomeKind::kHostError || !host_frames_.empty();
  if (has_frames_ && outcome.kind != OutcomeKind::kReturned) outcome.position = position_of(place_);
  note_end_of_run(outcome);
  return outcome;
}

/// After a trap or an exit nothing of the run goes on.
void Machine::Impl::drop_ended_run() {
  has_ended_ = false;
  has_frames_ = false;
  if (base_ != nullptr) base_->guarded_frame = 0;  // the next root call starts over their frames
  pending_.clear();
  bridges_.clear();
  host_frames_.clear();
  jumps_ = {};
  depth_left_slots_ = static_cast<int64_t>(config_.stack_limit_slots);
}

/// Puts the first pending call's frame on the stack. False: `outcome` says why the run ends.
bool Machine::Impl::start_root_call(Outcome& outcome) {
  RootCall& root = pending_.front();
  StoreFunc& func = *funcs_[root.func_address];
  Slot* slots = root_frame_;
  uint32_t param_slots = 0;
  for (const Value& v : root.args) {
    slots[param_slots] = v.lo;
    if (v.type == ValType::kV128) slots[param_slots + 1] = v.hi;
    param_slots += slots_of(v.type);
  }
  if (func.is_host) return run_host_root(func, outcome);
  Instance& home = *func.owner;
  const bool is_first = running_ == nullptr;
  bind_context(home);
  Context& ctx = context();
  if (is_first) ctx.fuel = fuel_given_;
  ctx.depth_left_slots = root_depth_slots_ - func.depth_slots;
  const FuncBody& body = home.module->body(func.func);
  if (ctx.depth_left_slots < 0) {
    outcome.kind = OutcomeKind::kTrapped;
    outcome.trap = TrapKind::kStackExhausted;
    outcome.position = {home.index, func.func, body.begin};
    return false;
  }
  std::memset(slots + param_slots, 0, (body.local_slots - param_slots) * sizeof(Slot));
  slots[body.local_slots] = reinterpret_cast<uint64_t>(root_stub());
  root.is_running = true;
  root.args.clear();
  has_frames_ = true;
  frames_kind_ = config_.kind;
  place_ = FramePlace{&home, func.func, body.begin, slots, CodeKind::kStepping};
  return true;
}

/// A host function as a root call has no frame: it runs right here.
bool Machine::Impl::run_host_root(const StoreFunc& func, Outcome& outcome) {
  const HostFunction& host = *host_funcs_[func.host_index];
  Slot* slots = root_frame_;
  HostCall call(owner_, nullptr, slots, false);
  HostAction action = without_frame(call_host(host, call, slots), call);
  if (action.kind != HostAction::Kind::kReturn) {
    outcome = std::move(action.outcome);
    return false;
  }
  results_ = values_in(slots, host.type.results);
  pending_.erase(pending_.begin());
  std::optional<Outcome> pause = take_waiting_pause();
  if (pause) outcome = std::move(*pause);
  return !pause;
}

void Machine::Impl::finish_root_call() {
  const StoreFunc& func = *funcs_[pending_.front().func_address];
  results_ = values_in(context().exit_fp, signatures_[func.signature].results);
  pending_.erase(pending_.begin());
  has_frames_ = false;
}

/// Runs on from place_, in the wanted kind of code if it stands at a safepoint of it.
void Machine::Impl::enter_at_place() {
  context().fuel += reserve_;
  reserve_ = 0;
  bind_context(*place_.instance);
  if (config_.kind == CodeKind::kStepping || !enter_wanted_kind(position_of(place_)))
    enter_stepping();
}

/// False where the position is no safepoint of that code, or its segment's cost is not there.
bool Machine::Impl::enter_wanted_kind(const Position& at) {
  Code& code = place_.instance->code->code(config_.kind);
  const FuncCode& func = code.func(at.func);
  const CodeMap& map = code.map(func);
  const auto segment = map.segments.find(at.offset);
  if (segment == map.segments.end()) return false;
  if (context().fuel < segment->second.cost) return false;
  rebind_top_return();
  enter_segment(func, segment->second, place_.fp);
  return true;
}

void Machine::Impl::enter_stepping() {
  Code& code = place_.instance->code->code(CodeKind::kStepping);
  const FuncCode& func = code.func(place_.func);
  const CodeMap& map = code.map(func);
  const auto boundary = map.boundaries.find(place_.offset);
  TINE_CHECK(boundary != map.boundaries.end());
  Context& ctx = context();
  if (config_.kind == CodeKind::kStepping) {
    withhold_fuel();
  } else if (ctx.fuel > 1) {
    reserve_ = ctx.fuel - 1;
    ctx.fuel = 1;
  }
  ctx.entries = code.entries();
  enter_code(func.at(boundary->second), place_.fp, running_->home->base(), 0, 0, 0);
}

/// Charges a segment and runs it. Only a call's result may stand in an accumulator there.
void Machine::Impl::enter_segment(const FuncCode& func, const SegmentPlace& segment, Slot* fp) {
  context().fuel -= segment.cost;
  withhold_fuel();
  const Slot result = segment.result_slot ? fp[*segment.result_slot] : 0;
  enter_code(func.at(segment.cell), fp, running_->home->base(), result,
             std::bit_cast<float>(static_cast<uint32_t>(result)), std::bit_cast<double>(result));
}

std::optional<Outcome> Machine::Impl::handle_exit() {
  switch (context().exit_reason) {
    case ExitReason::kFuel: return on_fuel_exit();
    case ExitReason::kStepFuel: return on_step_exit();
    case ExitReason::kTrap: return on_trap();
    case ExitReason::kThrow:
    case ExitReason::kThrowRef: return on_throw();
    case ExitReason::kHostCall: return on_host_call();
    case ExitReason::kForeignCall: return on_foreign_call();
    case ExitReason::kWatchPause: return on_watch_pause();
    case ExitReason::kBridgeReturn: on_bridge_return(); return std::nullopt;
    case ExitReason::kLowWater: on_low_water(); return std::nullopt;
    case ExitReason::kJumpFrameReturn: on_jump_frame_return(); return std::nullopt;
    case ExitReason::kJumpFrameTail: on_jump_frame_tail(); return std::nullopt;
    case ExitReason::kRootReturn: finish_root_call(); return std::nullopt;
  }
  return std::nullopt;
}

/// The thread stands where a segment starts whose charge was undone.
void Machine::Impl::stand_at(const Cell* ip, Slot* fp) {
  const FuncCode* func = nullptr;
  Code& code = find_code(*running_, ip, &func);
  const SegmentPlace& segment = segment_at(code, *func, ip);
  place_ = FramePlace{running_, func->func(), segment.offset, fp, CodeKind::kStepping};
}

std::optional<Outcome> Machine::Impl::on_fuel_exit() {
  Context& ctx = context();
  ctx.fuel += reserve_;
  reserve_ = 0;
  if (ctx.fuel < 0) {  // bulk costs went beyond the fuel; settled when the run stops
    deficit_ -= ctx.fuel;
    ctx.fuel = 0;
  }
  if (is_stub(ctx.exit_ip)) {
    enter_code(ctx.exit_ip, ctx.exit_fp, running_->home->base(), 0, 0, 0);
    return std::nullopt;
  }
  const FuncCode* func = nullptr;
  Code& code = find_code(*running_, ctx.exit_ip, &func);
  const SegmentPlace& segment = segment_at(code, *func, ctx.exit_ip);
  const bool is_requested = takes_pause_request();
  if (!is_requested && code.kind() == config_.kind && ctx.fuel >= segment.cost) {
    enter_segment(*func, segment, ctx.exit_fp);  // it was only time for a look at the flag
    return std::nullopt;
  }
  place_ = FramePlace{running_, func->func(), segment.offset, ctx.exit_fp, CodeKind::kStepping};
  if (is_requested) return pause_for(PauseReason::kRequest);
  enter_at_place();
  return std::nullopt;
}

std::optional<Outcome> Machine::Impl::on_step_exit() {
  Context& ctx = context();
  const FuncCode* func = nullptr;
  Code& code = find_code(*running_, ctx.exit_ip, &func);
  place_ =
      FramePlace{running_, func->func(), code.map(*func).op_at(func->cell_of(ctx.exit_ip)).offset,
                 ctx.exit_fp, CodeKind::kStepping};
  ctx.fuel += reserve_;
  reserve_ = 0;
  if (takes_pause_request()) return pause_for(PauseReason::kRequest);
  if (ctx.fuel > 0) {
    enter_at_place();
    return std::nullopt;
  }
  Outcome outcome;
  outcome.kind = OutcomeKind::kOutOfFuel;
  return outcome;
}

Outcome Machine::Impl::on_trap() {
  Context& ctx = context();
  const FuncCode* func = nullptr;
  Code& code = find_code(*running_, ctx.exit_ip, &func);
  const OpPlace& op = code.map(*func).op_at(func->cell_of(ctx.exit_ip));
  ctx.fuel += op.unexecuted;
  place_ = FramePlace{running_, func->func(), op.offset, ctx.exit_fp, code.kind()};
  Outcome outcome;
  outcome.kind = OutcomeKind::kTrapped;
  outcome.trap = static_cast<TrapKind>(ctx.exit_arg);
  return outcome;
}

std::optional<Outcome> Machine::Impl::on_watch_pause() {
  Context& ctx = context();
  ctx.fuel += reserve_;
  reserve_ = 0;
  const auto index = static_cast<uint32_t>(ctx.exit_arg);
  const PausePoint& point = watches_[index].point;
  const WasmOffset offset = point.offset.value_or(running_->module->body(point.func).begin);
  place_ = FramePlace{running_, point.func, offset, ctx.exit_fp, CodeKind::kStepping};
  Outcome outcome =
      pause_for(point.offset ? PauseReason::kInstruction : PauseReason::kFunctionEntry);
  outcome.point = index;
  if (host_frames_.empty()) return outcome;
  let_pause_wait(std::move(outcome));
  enter_at_place();
  return std::nullopt;
}

/// Makes a host call, unless a trigger wants to pause before it.
std::optional<Outcome> Machine::Impl::on_host_call() {
  Context& ctx = context();
  const ExitCall exit = ExitCall::unpack(ctx);
  ctx.fuel += reserve_;
  reserve_ = 0;
  const bool is_first = instructions_now() == instructions_ + 1;
  const uint32_t host_index = funcs_[exit.store_func]->host_index;
  const HostFunction& host = *host_funcs_[host_index];
  const HostCallPauses pauses = pauses_at(host_index);
  if (takes_pause_request()) return pause_before_call(pause_for(PauseReason::kRequest));
  if (pauses.before && !is_first) {
    Outcome pause = pause_for(PauseReason::kBeforeHostCall, host);
    if (host_frames_.empty()) return pause_before_call(std::move(pause));
    let_pause_wait(std::move(pause));
  }
  Slot* args = ctx.exit_fp + exit.base_slot;
  const size_t below = host_frames_.size();
  HostCall call(owner_, running_->memory_items.empty() ? nullptr : running_->memory_items[0], args,
                is_first);
  HostAction action = call_host(host, call, args);
  if (action.kind == HostAction::Kind::kPauseBefore)
    return pause_before_call(std::move(action.outcome));
  const JumpRecord* target = nullptr;
  if (action.kind == HostAction::Kind::kSetJump)
    action = set_jump(action.jump, exit, call);
  else if (action.kind == HostAction::Kind::kLongJump)
    action = long_jump(std::move(action), exit, target, call);
  if (action.kind == HostAction::Kind::kThrow) {
    stand_at_call();
    return throw_from_host(action, exit.is_tail);
  }
  if (action.kind == HostAction::Kind::kEnd) {
    if (host_frames_.size() == below) stand_at_call();
    return std::move(action.outcome);
  }
  ctx.fuel -= static_cast<int64_t>(call.extra_charge());
  ctx.memory_bytes = running_->home->size_bytes();  // the host function may have grown it
  const Cell* back = target != nullptr
                         ? jump_to(*target, args)
                         : leave_host_call(exit, args, slots_of_all(host.type.results));
  if (pauses.after) let_pause_wait(pause_for(PauseReason::kAfterHostCall, host));
  if (std::optional<Outcome> pause = take_waiting_pause()) {
    stand_behind_call(back, args);
    return pause;
  }
  return_to(back, args);
  return std::nullopt;
}

/// Returns where a host call returns to. `results`: where they stand; a tail call's results and
/// everything else of its frame make way.
const Cell* Machine::Impl::leave_host_call(const ExitCall& exit, Slot*& results,
                                           uint32_t result_slots) {
  if (!exit.is_tail) return exit.return_to;
  Slot* frame = context().exit_fp;
  leave_jump_records_of(frame);
  const Cell* back = reinterpret_cast<const Cell*>(frame[exit.return_slot]);
  std::memmove(frame, results, result_slots * sizeof(Slot));
  context().depth_left_slots += exit.own_depth_slots;
  results = frame;
  return back;
}

/// What a return through stubs does on its way; returns where it leads in the end, which may be
/// root_stub().
const Cell* Machine::Impl::pass_stubs(const Cell* back) {
  for (;;) {
    if (back == low_water_stub())
      back = leave_base_frame();
    else if (back == bridge_stub())
      back = cross_bridge();
    else if (back == jump_stub())
      back = leave_jump_frame();
    else
      return back;
  }
}

/// The thread stands where a call returns to, be it in another instance, or nowhere any more.
void Machine::Impl::stand_behind_call(const Cell* back, Slot* results) {
  back = pass_stubs(back);
  if (back != root_stub()) return stand_at(back, results - landing_base(back));
  context().exit_fp = results;
  finish_root_call();
}

/// The thread stands at the call that it has left threaded code for.
void Machine::Impl::stand_at_call() {
  place_ = place_of_exit(*running_, context().exit_ip, context().exit_fp);
}

/// The call has been counted; that is taken back.
Outcome Machine::Impl::pause_before_call(Outcome outcome) {
  stand_at_call();
  context().fuel += 1;
  place_.operands_in = CodeKind::kStepping;  // a call has all operands at home
  return outcome;
}

/// A call has left its results where its first argument stood.
void Machine::Impl::continue_behind_call(const Cell* return_to, Slot* caller_fp) {
  Context& ctx = context();
  const bool is_wanted = running_->code->code(config_.kind).entries() == ctx.entries;
  ctx.fuel -= landing_cost(return_to);
  if (ctx.fuel >= 0 && is_wanted) {
    withhold_fuel();
    const Slot top = caller_fp[landing_base(return_to)];
    enter_code(return_to, caller_fp, running_->home->base(), top,
               std::bit_cast<float>(static_cast<uint32_t>(top)), std::bit_cast<double>(top));
    return;
  }
  ctx.fuel += landing_cost(return_to);
  ctx.exit_ip = return_to;
  ctx.exit_fp = caller_fp;
  ctx.exit_reason = ExitReason::kFuel;  // handled as a segment whose charge failed
}

/// Leaves a frame whose results stand at its start.
void Machine::Impl::return_to(const Cell* return_to, Slot* callee_fp) {
  if (is_stub(return_to)) {
    enter_code(return_to, callee_fp, running_->home->base(), 0, 0, 0);
    return;
  }
  continue_behind_call(return_to, callee_fp - landing_base(return_to));
}

/// A call from one instance into another: the callee returns to a bridge.
std::optional<Outcome> Machine::Impl::on_foreign_call() {
  Context& ctx = context();
  const ExitCall exit = ExitCall::unpack(ctx);
  StoreFunc& callee = *funcs_[exit.store_func];
  const int64_t needed =
      static_cast<int64_t>(callee.depth_slots) - static_cast<int64_t>(exit.own_depth_slots);
  if (ctx.depth_left_slots < needed) {
    ctx.exit_arg = static_cast<uint64_t>(TrapKind::kStackExhausted);
    return on_trap();
  }
  ctx.depth_left_slots -= needed;
  Slot* fp = ctx.exit_fp;
  const Cell* back = exit.return_to;
  Slot* callee_fp = fp + exit.base_slot;
  if (exit.is_tail) {
    leave_jump_records_of(fp);
    back = reinterpret_cast<const Cell*>(fp[exit.return_slot]);
    std::memmove(fp, callee_fp, exit.arg_slots * sizeof(Slot));
    callee_fp = fp;
  }
  if (back != bridge_stub() && back != root_stub()) {
    bridges_.push_back({back, running_});
    back = bridge_stub();
  }
  const bool is_wanted = running_->code->code(config_.kind).entries() == ctx.entries;
  bind_context(*callee.owner);
  if (!is_wanted) context().entries = callee.owner->code->code(CodeKind::kStepping).entries();
  const Cell* entry = context().entries[callee.func].code.load(std::memory_order_acquire);
  enter_code(entry, callee_fp, running_->home->base(), reinterpret_cast<uint64_t>(back), 0, 0);
  return std::nullopt;
}

void Machine::Impl::on_bridge_return() {
  Slot* callee_fp = context().exit_fp;
  return_to(cross_bridge(), callee_fp);
}

/// Back into the instance that called this one; returns where to.
const Cell* Machine::Impl::cross_bridge() {
  const Bridge bridge = bridges_.back();
  bridges_.pop_back();
  bind_context(*bridge.instance);
  return bridge.return_to;
}

void Machine::Impl::on_low_water() {
  Slot* callee_fp = context().exit_fp;
  return_to(leave_base_frame(), callee_fp);
}

/// A frame of the fork's base is being left: the next one below is guarded from now on. Returns
/// where it returns to.
const Cell* Machine::Impl::leave_base_frame() {
  const Cell* to = base_->frames[base_->guarded_frame].return_to;
  if (base_->guarded_frame > 0) {
    --base_->guarded_frame;
    stack_.base()[base_->frames[base_->guarded_frame].return_slot] =
        reinterpret_cast<uint64_t>(low_water_stub());
  }
  return to;
}

}  // namespace tine
