#include "triggered_run.h"

#include <algorithm>
#include <csignal>
#include <optional>

namespace tine::cli {

namespace {

std::optional<int> signal_of(TriggerKind kind) {
  switch (kind) {
    case TriggerKind::kSigint: return SIGINT;
    case TriggerKind::kSigalrm: return SIGALRM;
    case TriggerKind::kSigtstp: return SIGTSTP;
    case TriggerKind::kSigusr1: return SIGUSR1;
    default: return std::nullopt;
  }
}

bool is_final(OutcomeKind kind) {
  return kind != OutcomeKind::kPaused && kind != OutcomeKind::kOutOfFuel;
}

}  // namespace

TriggeredRun::TriggeredRun(Machine& machine, std::vector<Trigger> triggers, bool stop_after_first,
                           OnTrigger on_trigger)
    : machine_(machine),
      triggers_(std::move(triggers)),
      stop_after_first_(stop_after_first),
      on_trigger_(std::move(on_trigger)),
      wakeups_(machine, wakeup_config()) {}

TriggeredRun::~TriggeredRun() {
  machine_.pause_at({});
  machine_.pause_at_host_calls(nullptr);
  machine_.world().pause_on_stdin(false);
  machine_.world().pause_when_idle(false);
  machine_.world().interrupt_waits_on(-1);
}

WakeupConfig TriggeredRun::wakeup_config() const {
  WakeupConfig config;
  for (const Trigger& t : triggers_) {
    if (const auto signal = signal_of(t.kind)) config.signals.push_back(*signal);
    if (t.kind == TriggerKind::kTimer)
      config.interval = std::min(config.interval.value_or(t.interval), t.interval);
    if (t.kind == TriggerKind::kFile) config.files.push_back(t.name);
  }
  return config;
}

Result<void> TriggeredRun::arm() {
  std::vector<PausePoint> points;
  for (size_t i = 0; i < triggers_.size(); ++i) {
    const TriggerKind kind = triggers_[i].kind;
    if (kind != TriggerKind::kFunc && kind != TriggerKind::kAt) continue;
    TINE_TRY_ASSIGN(const PausePoint point, point_of(machine_, triggers_[i]));
    points.push_back(point);
    points_.push_back(i);
  }
  machine_.pause_at(points);
  arm_counts();
  arm_host_calls();
  machine_.world().pause_on_stdin(has(TriggerKind::kStdin));
  machine_.world().pause_when_idle(has(TriggerKind::kIdle));
  machine_.world().interrupt_waits_on(wakeups_.wake_fd());
  return {};
}

void TriggeredRun::arm_counts() {
  const uint64_t now = machine_.instructions();
  for (Trigger& t : triggers_) {
    if (t.kind == TriggerKind::kInstr && t.count >= now) t.next_at = t.count;
    if (t.kind == TriggerKind::kEvery) t.next_at = now + t.count;
  }
}

void TriggeredRun::arm_host_calls() {
  machine_.pause_at_host_calls([this](const HostFunction& host) {
    HostCallPauses all;
    for (const Trigger& t : triggers_) {
      if (!is_armed(t)) continue;
      const HostCallPauses pauses = pauses_of(t, host);
      all.before |= pauses.before;
      all.after |= pauses.after;
    }
    return all;
  });
}

bool TriggeredRun::is_armed(const Trigger& trigger) const {
  return !(trigger.has_fired && fires_once(trigger.kind));
}

bool TriggeredRun::has(TriggerKind kind) const {
  return std::ranges::any_of(triggers_,
                             [&](const Trigger& t) { return t.kind == kind && is_armed(t); });
}

uint64_t TriggeredRun::next_stop() const {
  uint64_t next = UINT64_MAX;
  for (const Trigger& t : triggers_) next = std::min(next, t.next_at);
  return next;
}

Trigger* TriggeredRun::first_armed(TriggerKind kind) {
  const auto found = std::ranges::find_if(
      triggers_, [&](const Trigger& t) { return t.kind == kind && is_armed(t); });
  return found == triggers_.end() ? nullptr : &*found;
}

/// The first of those whose count is reached; the others share its stop.
Trigger* TriggeredRun::fired_by_count() {
  const uint64_t now = machine_.instructions();
  Trigger* first = nullptr;
  for (Trigger& t : triggers_) {
    if (now < t.next_at) continue;
    if (first == nullptr) first = &t;
    t.next_at = t.kind == TriggerKind::kEvery ? now + t.count : UINT64_MAX;
  }
  return first;
}

/// The first trigger that something was noted for. There may be more: another pause will tell.
Trigger* TriggeredRun::fired_by_request() {
  wakeups_.clear_wake();
  const auto fired = std::ranges::find_if(triggers_, [this](const Trigger& t) {
    const auto signal = signal_of(t.kind);
    return (signal && wakeups_.took_signal(*signal)) ||
           (t.kind == TriggerKind::kTimer && wakeups_.took_tick()) ||
           (t.kind == TriggerKind::kFile && Wakeups::took_file(t.name));
  });
  if (fired == triggers_.end()) return nullptr;
  machine_.request_pause();
  return &*fired;
}

Trigger* TriggeredRun::fired_by(const Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::kOutOfFuel: return fired_by_count();
    case OutcomeKind::kTrapped: return first_armed(TriggerKind::kTrap);
    case OutcomeKind::kReturned: return first_armed(TriggerKind::kExit);
    case OutcomeKind::kExited:
    case OutcomeKind::kHostError: return nullptr;
    case OutcomeKind::kPaused: break;
  }
  switch (outcome.pause) {
    case PauseReason::kStdin: return first_armed(TriggerKind::kStdin);
    case PauseReason::kIdle: return first_armed(TriggerKind::kIdle);
    case PauseReason::kRequest: return fired_by_request();
    case PauseReason::kFunctionEntry:
    case PauseReason::kInstruction: return &triggers_[points_[outcome.point]];
    case PauseReason::kBeforeHostCall:
    case PauseReason::kAfterHostCall: break;
    case PauseReason::kNone:
    case PauseReason::kInput: return nullptr;
  }
  const size_t dot = outcome.detail.rfind('.');
  const HostFunction host{.module = outcome.detail.substr(0, dot),
                          .name = outcome.detail.substr(dot + 1),
                          .type = {},
                          .call = nullptr};
  const bool before = outcome.pause == PauseReason::kBeforeHostCall;
  for (Trigger& t : triggers_) {
    const HostCallPauses pauses = pauses_of(t, host);
    if (is_armed(t) && (before ? pauses.before : pauses.after)) return &t;
  }
  return nullptr;
}

void TriggeredRun::disarm(Trigger& trigger) {
  trigger.has_fired = true;
  if (!fires_once(trigger.kind)) return;
  machine_.world().pause_on_stdin(has(TriggerKind::kStdin));
  arm_host_calls();
}

Result<Outcome> TriggeredRun::run(uint64_t fuel) {
  // First of all, so that nothing that they count comes between a count and its trigger.
  if (Outcome hooks = machine_.run_restore_hooks(); !hooks.returned()) return hooks;
  const uint64_t begin = machine_.instructions();
  for (;;) {
    const uint64_t now = machine_.instructions();
    const uint64_t left = fuel - std::min(fuel, now - begin);
    Outcome outcome = machine_.run(std::min(left, next_stop() - now));
    const bool is_used_up = machine_.instructions() - begin >= fuel;
    Trigger* fired = fired_by(outcome);
    if (fired != nullptr) {
      if (Outcome hooks = machine_.run_snapshot_hooks(); !hooks.returned()) return hooks;
      TINE_TRY(on_trigger_(machine_, *fired, outcome));
      disarm(*fired);
      has_stopped_ = stop_after_first_;
    }
    const bool is_out = outcome.kind == OutcomeKind::kOutOfFuel && is_used_up;
    if (has_stopped_ || is_final(outcome.kind) || is_out) return outcome;
  }
}

}  // namespace tine::cli
