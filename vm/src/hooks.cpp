// Hooks: what a guest has to say before a snapshot and after a restore. A module may export
// `tine_before_snapshot` and `tine_after_restore`, functions without parameters and results.
//
// They run on top of the frames of a run that has paused at a host call, and the run stands
// afterwards where it stood. Nowhere else: at an arbitrary instruction the guest may be inside its
// malloc, which a hook would enter a second time. A hook is never seen half done: triggers are off
// while it runs, and if it does not return, the run has ended.
//
// Whether tine_after_restore is to run is part of the state (`awaits_restore_hooks`): so a restored
// machine runs it before it goes on, wherever it is restored, and a machine that just went on after
// its snapshot does not.
#include <utility>

#include "machine_impl.h"
#include "tine/check.h"
#include "tine/instr.h"
#include "tine/limits.h"

namespace tine {
namespace {

constexpr std::string_view kBeforeSnapshot = "tine_before_snapshot";
constexpr std::string_view kAfterRestore = "tine_after_restore";

bool is_at_host_call(const Outcome& outcome) {
  if (outcome.kind != OutcomeKind::kPaused) return false;
  return outcome.pause == PauseReason::kBeforeHostCall ||
         outcome.pause == PauseReason::kAfterHostCall || outcome.pause == PauseReason::kStdin ||
         outcome.pause == PauseReason::kIdle || outcome.pause == PauseReason::kInput;
}

/// The functions that a body calls, if calls are all that it has.
std::vector<FuncIdx> calls_of(const Module& module, FuncIdx func) {
  std::vector<FuncIdx> calls;
  if (module.is_imported(func)) return calls;
  InstrReader reader(module.bytes(), module.body(func).begin, module.body(func).end);
  while (!reader.at_end()) {
    const Result<Instr> in = reader.next();
    TINE_CHECK(in.has_value());
    if (in->op == Op::end) continue;
    if (in->op != Op::call) return {};
    calls.push_back(in->index);
  }
  return calls;
}

/// wasm-ld wraps each export of a command in calls of the program's constructors and destructors,
/// as if it were a program of its own. In the middle of the program that is the last thing a hook
/// wants, so this looks through the wrapper: `_start` has the same one, around another function.
FuncIdx without_wrapper(const Module& module, FuncIdx func) {
  const Export* start = module.find_export("_start");
  if (start == nullptr || start->kind != ExternKind::kFunc || start->index == func) return func;
  const std::vector<FuncIdx> calls = calls_of(module, func);
  const std::vector<FuncIdx> calls_of_start = calls_of(module, start->index);
  if (calls.size() < 2 || calls.size() != calls_of_start.size()) return func;
  std::optional<FuncIdx> other;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (calls[i] == calls_of_start[i]) continue;
    if (other) return func;
    other = calls[i];
  }
  return other.value_or(func);
}

}  // namespace

/// The store functions that the instances export under this name, in their order.
std::vector<uint32_t> Machine::Impl::hooks_named(std::string_view name) const {
  std::vector<uint32_t> addresses;
  for (const std::unique_ptr<Instance>& instance : instances_) {
    const Export* found = instance->module->find_export(name);
    if (found == nullptr || found->kind != ExternKind::kFunc) continue;
    addresses.push_back(instance->funcs[without_wrapper(*instance->module, found->index)]);
  }
  return addresses;
}

/// What a nested run must not touch of the run beneath it.
struct Machine::Impl::PausedRun {
  FramePlace place;
  bool has_frames = false;
  bool keeps_results = false;
  int64_t depth_left_slots = 0;
  std::vector<RootCall> pending;
  std::vector<Bridge> bridges;
  JumpRecords jumps;
  std::vector<Value> results;
  std::vector<Watch> watches;
  std::vector<HostCallPauses> host_pauses;
  World::Pauses world_pauses;
};

Machine::Impl::PausedRun Machine::Impl::set_run_aside() {
  rebind_frames();
  PausedRun run{.place = place_,
                .has_frames = has_frames_,
                .keeps_results = keeps_results_,
                .depth_left_slots = depth_left_slots_,
                .pending = std::exchange(pending_, {}),
                .bridges = std::exchange(bridges_, {}),
                .jumps = std::exchange(jumps_, {}),
                .results = std::exchange(results_, {}),
                .watches = watches_,
                .host_pauses = std::exchange(host_pauses_, {}),
                .world_pauses = world_.set_pauses({})};
  for (Watch& watch : watches_) watch.arrivals_left = 0;
  if (has_frames_) {
    const FuncBody& body = place_.instance->module->body(place_.func);
    root_frame_ = place_.fp + body.local_slots + 1 + body.max_operand_slots;
    root_depth_slots_ = depth_left_slots_;
  }
  has_frames_ = false;
  return run;
}

void Machine::Impl::take_up_triggers(PausedRun& run) {
  host_pauses_ = std::move(run.host_pauses);
  for (size_t i = 0; i < watches_.size(); ++i)
    watches_[i].arrivals_left = run.watches[i].arrivals_left;
  world_.set_pauses(run.world_pauses);
  root_frame_ = stack_.base();
  root_depth_slots_ = static_cast<int64_t>(config_.stack_limit_slots);
}

void Machine::Impl::take_up_run(PausedRun&& run) {
  place_ = run.place;
  has_frames_ = run.has_frames;
  keeps_results_ = run.keeps_results;
  depth_left_slots_ = run.depth_left_slots;
  pending_ = std::move(run.pending);
  bridges_ = std::move(run.bridges);
  jumps_ = std::move(run.jumps);
  results_ = std::move(run.results);
}

/// Calls a function on top of the present run, which stands afterwards where it stood. If the
/// function does not return, the run has ended.
Outcome Machine::Impl::run_on_top(uint32_t func_address, std::string_view name) {
  const auto refused = [&](std::string why) {
    has_ended_ = true;
    Outcome outcome;
    outcome.kind = OutcomeKind::kHostError;
    outcome.detail = std::string(name) + ": " + std::move(why);
    return outcome;
  };
  if (signatures_[funcs_[func_address]->signature] != FuncType{})
    return refused("expected a function without parameters and results");
  PausedRun run = set_run_aside();
  pending_.push_back({func_address, {}, false});
  runs_on_top_ = true;
  Outcome outcome = this->run(kLimits.hook_instructions);
  runs_on_top_ = false;
  take_up_triggers(run);
  if (outcome.returned()) {
    take_up_run(std::move(run));
    return outcome;
  }
  if (outcome.kind == OutcomeKind::kOutOfFuel || outcome.kind == OutcomeKind::kPaused)
    return refused("did not return (" + to_string(outcome) + ")");
  return outcome;
}

Outcome Machine::Impl::run_hooks(std::string_view name) {
  Outcome outcome;
  for (const uint32_t address : hooks_named(name)) {
    outcome = run_on_top(address, name);
    if (!outcome.returned()) break;
  }
  return outcome;
}

Outcome Machine::run_snapshot_hooks() {
  TINE_REQUIRE(!impl_->is_running_);
  Outcome outcome;
  if (!impl_->stands_at_host_call_) return outcome;
  const bool restores = !impl_->hooks_named(kAfterRestore).empty();
  outcome = impl_->run_hooks(kBeforeSnapshot);
  impl_->stands_at_host_call_ = outcome.returned();
  impl_->is_prepared_ = outcome.returned() && restores;
  return outcome;
}

Outcome Machine::run_restore_hooks() {
  TINE_REQUIRE(!impl_->is_running_);
  if (!std::exchange(impl_->awaits_restore_hooks_, false)) return {};
  return impl_->run_hooks(kAfterRestore);
}

void Machine::Impl::note_end_of_run(const Outcome& outcome) {
  stands_at_host_call_ = is_at_host_call(outcome);
}

Result<void> Machine::Impl::capture_awaits_restore_hooks(bool& out) const {
  out = awaits_restore_hooks_ || is_prepared_;
  return {};
}

Result<void> Machine::Impl::restore_awaits_restore_hooks(const bool& in) {
  awaits_restore_hooks_ = in;
  return {};
}

void Machine::Impl::base_awaits_restore_hooks(Base& base) const {
  base.awaits_restore_hooks = awaits_restore_hooks_;
}

void Machine::Impl::reset_awaits_restore_hooks(ResetStats&) {
  awaits_restore_hooks_ = base_->awaits_restore_hooks;
}

}  // namespace tine
