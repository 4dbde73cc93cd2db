// Host functions on the stack, and calls from them back into the guest.
//
//   guest frames ─ host function ─ guest frames ─ host function ─ …
//   └ run() ───────┴ call_guest() ────────────────┴ call_guest()      C++ frames of ours
//
// All guest frames stand on the one stack, and the C++ frames of host functions between them. A
// call back is a root call of its own, which starts behind the frame of the caller and runs to its
// end: nothing can stop it half-way and go on later, because the host function cannot. So pauses
// wait (triggers.cpp), capture refuses, and running out of fuel ends the run.
//
// A call back that does not return leaves its frames where they are, and host_frames_ as it was
// above the host function (FailedCall). If the host function passes the outcome on, they become
// the run's own, for the backtrace; else they are forgotten. So a trap goes through any number of
// host functions, each of which may stop it.
#include <algorithm>
#include <utility>

#include "exit_call.h"
#include "machine_impl.h"
#include "tine/check.h"
#include "tine/limits.h"
#include "translate.h"

namespace tine {
namespace {

/// What a host function takes of the guest's stack where no guest frame holds its arguments.
uint32_t root_slots(const FuncType& type) {
  const auto count = [](const std::vector<ValType>& types) {
    uint32_t slots = 0;
    for (const ValType t : types) slots += slots_of(t);
    return slots;
  };
  return std::max(count(type.params), count(type.results)) + kFrameOverheadSlots;
}

}  // namespace

void Machine::Impl::enter_host(const HostFunction& host) {
  HostFrame frame{.host = &host, .has_frames = has_frames_};
  if (has_frames_) {
    const Context& ctx = context();
    frame.instance = running_;
    frame.ip = ctx.exit_ip;
    frame.fp = ctx.exit_fp;
    frame.entries = ctx.entries;
    frame.is_tail = ExitCall::unpack(ctx).is_tail;
    frame.depth_left_slots = ctx.depth_left_slots;
  } else {
    const uint32_t own_slots = root_slots(host.type);
    frame.own_end = root_frame_ + own_slots;
    frame.depth_left_slots = root_depth_slots_ - own_slots;
  }
  host_frames_.push_back(frame);
  has_frames_ = false;
}

/// Takes a host function off the stack, unless what it called has ended the run.
void Machine::Impl::leave_host(HostAction& action) {
  if (failed_call_) {
    const bool is_final = failed_call_->outcome.kind == OutcomeKind::kOutOfFuel;
    if (is_final) action = HostAction::pass_on(failed_call_->outcome);
    const bool passes_on = is_final || action.outcome == failed_call_->outcome;
    if (passes_on && !goes_on_beneath(action)) return adopt_failed_call();
    failed_call_.reset();
  }
  const HostFrame frame = host_frames_.back();
  host_frames_.pop_back();
  has_frames_ = frame.has_frames;
  if (frame.has_called_guest) come_back_to_caller(frame);
  const OutcomeKind kind = action.outcome.kind;
  const bool pauses = kind == OutcomeKind::kPaused || kind == OutcomeKind::kOutOfFuel;
  if (pauses && (frame.has_called_guest || !host_frames_.empty() ||
                 action.kind != HostAction::Kind::kPauseBefore))
    action = HostAction::error(name_of(*frame.host) +
                               " cannot pause: a host function that has called the guest is on "
                               "the stack");
}

/// Whether the guest frames beneath the host function can deal with how its call has failed; what it
/// passes on is then no end any more.
bool Machine::Impl::goes_on_beneath(HostAction& action) const {
  const HostFrame& frame = host_frames_.back();
  if (!frame.has_frames) return false;
  if (const std::optional<JumpBeneath>& jump = failed_call_->jump) {
    const JumpRecord* record = jumps_.find(jump->number);
    if (record == nullptr || record->frame < jump_floor_) return false;
    action = HostAction::long_jump(jump->number, jump->result);
    return true;
  }
  const std::optional<Thrown>& thrown = failed_call_->thrown;
  if (!thrown) return false;
  FrameWalk walk{place_of_exit(*frame.instance, frame.ip, frame.fp), innermost_return()};
  std::vector<FramePlace> left;
  if (find_catch(walk, thrown->tag, frame.is_tail, left) == nullptr) return false;
  const std::vector<ValType>& types = tags_[thrown->tag].params;
  std::vector<Value> values;
  for (size_t i = 0; i < types.size(); ++i)
    values.push_back({types[i], thrown->values[i].lo, thrown->values[i].hi});
  action = HostAction::throw_exception(thrown->tag, std::move(values));
  return true;
}

/// The thread is again where the host function was called.
void Machine::Impl::come_back_to_caller(const HostFrame& frame) {
  if (frame.has_frames) {
    bind_context(*frame.instance);
    Context& ctx = context();
    ctx.entries = frame.entries;
    ctx.depth_left_slots = frame.depth_left_slots;
    ctx.exit_ip = frame.ip;
    ctx.exit_fp = frame.fp;
  }
  if (host_frames_.empty() && takes_pause_request())
    let_pause_wait(pause_for(PauseReason::kRequest));
}

/// The run ends where the call back has ended.
void Machine::Impl::adopt_failed_call() {
  place_ = failed_call_->place;
  has_frames_ = failed_call_->has_frames;
  std::ranges::move(failed_call_->host_frames, std::back_inserter(host_frames_));
  std::ranges::move(failed_call_->bridges, std::back_inserter(bridges_));
  jumps_ = std::move(failed_call_->jumps);
  uncaught_ = std::move(failed_call_->thrown);
  beneath_ = failed_call_->jump;
  failed_call_.reset();
}

std::expected<std::vector<Value>, Outcome> Machine::Impl::call_guest(FuncRef function,
                                                                     const FuncType* type,
                                                                     std::span<const Value> args) {
  TINE_REQUIRE(is_running_ && !host_frames_.empty() && !has_frames_);
  if (failed_call_ && failed_call_->outcome.kind == OutcomeKind::kOutOfFuel)
    return std::unexpected(failed_call_->outcome);
  failed_call_.reset();
  const size_t host_frames = host_frames_.size();
  const size_t bridges = bridges_.size();
  const size_t jump_frames = jumps_.frames().size();
  Outcome outcome;
  std::vector<Value> results;
  if (const auto trap = refusal_of(function, type, args)) {
    outcome.kind = OutcomeKind::kTrapped;
    outcome.trap = *trap;
  } else {
    std::vector<Value> of_run = std::exchange(results_, {});
    outcome = run_above_host(static_cast<uint32_t>(function.bits - 1), args);
    results = std::exchange(results_, std::move(of_run));
  }
  if (outcome.returned()) return results;
  keep_failed_call(outcome, host_frames, bridges, jump_frames);
  return std::unexpected(std::move(outcome));
}

/// Why a call back does not even start. spec: exec/instructions#exec-call-indirect
std::optional<TrapKind> Machine::Impl::refusal_of(FuncRef function, const FuncType* type,
                                                  std::span<const Value> args) const {
  if (function.is_null()) return TrapKind::kUninitializedElement;
  TINE_REQUIRE(function.bits <= funcs_.size());
  const FuncType& actual = signatures_[funcs_[function.bits - 1]->signature];
  const bool fits = std::ranges::equal(args, actual.params, {}, &Value::type) &&
                    (type == nullptr || *type == actual);
  if (!fits) return TrapKind::kIndirectCallTypeMismatch;
  const bool is_too_deep =
      host_frames_.size() >= kLimits.host_nesting ||
      (funcs_[function.bits - 1]->is_host &&
       host_frames_.back().depth_left_slots < static_cast<int64_t>(root_slots(actual)));
  if (is_too_deep) return TrapKind::kStackExhausted;
  return std::nullopt;
}

/// Runs a function to its end behind the frames beneath the host function on top.
Outcome Machine::Impl::run_above_host(uint32_t func_address, std::span<const Value> args) {
  const bool is_outermost = host_frames_.size() == 1;
  host_frames_.back().has_called_guest = true;
  watch_entry(*funcs_[func_address]);
  std::vector<RootCall> of_run = std::exchange(pending_, {});
  pending_.push_back({func_address, {args.begin(), args.end()}, false});
  Slot* const root_frame = std::exchange(root_frame_, end_of_frames(host_frames_.back()));
  const int64_t root_depth = std::exchange(root_depth_slots_, host_frames_.back().depth_left_slots);
  const World::Pauses pauses = is_outermost ? world_.set_pauses({}) : World::Pauses{};
  const size_t jump_floor = std::exchange(jump_floor_, jumps_.frames().size());
  uncaught_.reset();
  beneath_.reset();
  Outcome outcome = run_root_calls();
  jump_floor_ = jump_floor;
  settle_fuel();
  if (is_outermost) world_.set_pauses(pauses);
  root_depth_slots_ = root_depth;
  root_frame_ = root_frame;
  pending_ = std::move(of_run);
  return outcome;
}

/// A run does not pause where it starts, but a call back is not the start of a run.
void Machine::Impl::watch_entry(const StoreFunc& func) {
  if (func.is_host || func.owner->watches == nullptr) return;
  for (size_t i = 0; i < watches_.size(); ++i) {
    const PausePoint& point = watches_[i].point;
    const WasmOffset begin = func.owner->module->body(func.func).begin;
    const bool is_here = point.instance == func.owner->index && point.func == func.func &&
                         point.offset.value_or(begin) == begin;
    if (!is_here || !watches_[i].is_due()) continue;
    Outcome pause =
        pause_for(point.offset ? PauseReason::kInstruction : PauseReason::kFunctionEntry);
    pause.point = static_cast<uint32_t>(i);
    let_pause_wait(std::move(pause));
  }
}

/// Behind what the guest frame beneath a host function may still use.
Slot* Machine::Impl::end_of_frames(const HostFrame& frame) const {
  if (!frame.has_frames) return frame.own_end;
  const FuncCode* func = nullptr;
  (void)find_code(*frame.instance, frame.ip, &func);
  const FuncBody& body = frame.instance->module->body(func->func());
  return frame.fp + body.local_slots + 1 + body.max_operand_slots;
}

/// Fuel that was withheld on the way, or overdrawn by a bulk operation, is not the caller's affair.
void Machine::Impl::settle_fuel() {
  if (running_ == nullptr) return;
  Context& ctx = context();
  ctx.fuel += std::exchange(reserve_, 0);
  deficit_ -= std::min<int64_t>(ctx.fuel, 0);
  ctx.fuel = std::max<int64_t>(ctx.fuel, 0);
}

/// Puts aside what stands above the host function that has called, and completes the outcome.
void Machine::Impl::keep_failed_call(Outcome& outcome, size_t host_frames, size_t bridges,
                                     size_t jump_frames) {
  const HostFrame& caller = host_frames_[host_frames - 1];
  if (has_frames_)
    outcome.position = position_of(place_);
  else if (outcome.position == Position{} && caller.has_frames)  // it did not start
    outcome.position = position_of(place_of_exit(*caller.instance, caller.ip, caller.fp));
  if (outcome.kind == OutcomeKind::kOutOfFuel && outcome.detail.empty())
    outcome.detail = name_of(*caller.host);
  FailedCall failed{outcome, place_, has_frames_, {}, {}, jumps_, {}, {}};
  std::swap(failed.thrown, uncaught_);
  std::swap(failed.jump, beneath_);
  failed.host_frames.assign(host_frames_.begin() + static_cast<ptrdiff_t>(host_frames),
                            host_frames_.end());
  failed.bridges.assign(bridges_.begin() + static_cast<ptrdiff_t>(bridges), bridges_.end());
  host_frames_.resize(host_frames);
  bridges_.resize(bridges);
  jumps_.cut_to(jump_frames);
  has_frames_ = false;
  failed_call_ = std::move(failed);
}

// --- HostCall ------------------------------------------------------------------------------------

World& HostCall::world() const { return machine_.world(); }
uint64_t HostCall::instructions() const { return machine_.instructions(); }

std::expected<std::vector<Value>, Outcome> HostCall::call(FuncRef function,
                                                          std::span<const Value> args) {
  return machine_.impl_->call_guest(function, nullptr, args);
}

std::expected<std::vector<Value>, Outcome> HostCall::call_typed(FuncRef function,
                                                                const FuncType& type,
                                                                std::span<const Value> args) {
  return machine_.impl_->call_guest(function, &type, args);
}

FuncRef HostCall::exported(std::string_view name) const {
  const Instance* instance = machine_.impl_->host_frames_.back().instance;
  if (instance == nullptr) return {};
  const Export* found = instance->module->find_export(name);
  if (found == nullptr || found->kind != ExternKind::kFunc) return {};
  return FuncRef::to(instance->funcs[found->index]);
}

FuncRef HostCall::table_element(uint64_t element, TableIdx table) const {
  const Instance* instance = machine_.impl_->host_frames_.back().instance;
  if (instance == nullptr || table >= instance->table_items.size()) return {};
  const Table& items = *instance->table_items[table];
  if (items.type.element != ValType::kFuncRef || element >= items.elements.size()) return {};
  return {items.elements[element]};
}

}  // namespace tine
