// poll_oneoff: waiting for the clock or for descriptors.
//
// In a closed world nothing ever has to be waited for but the clock, and the clock jumps. What is
// left of standard input is not told (always "one byte"): how much there is must not become part of
// what a fork's state depends on. In a real world only the process's standard input can make the
// guest wait; files and outputs are always ready.
#include <algorithm>

#include "wasi_calls.h"

namespace tine::wasi {
namespace {

struct Subscription {
  uint64_t user_data = 0;
  uint8_t type = 0;
  uint32_t fd = 0;           // kEventFdRead, kEventFdWrite
  uint32_t clock = 0;        // kEventClock
  uint64_t timeout_ns = 0;   // likewise
  bool is_absolute = false;  // likewise
};

/// Fields of the one at `at`. Pre: within memory.
Subscription load_subscription(GuestMemory& memory, uint64_t at) {
  Subscription s;
  s.user_data = memory.load<uint64_t>(at).value();
  s.type = memory.load<uint8_t>(at + 8).value();
  if (s.type == kEventClock) {
    s.clock = memory.load<uint32_t>(at + 16).value();
    s.timeout_ns = memory.load<uint64_t>(at + 24).value();
    s.is_absolute = (memory.load<uint16_t>(at + 40).value() & kSubscriptionClockAbstime) != 0;
  } else {
    s.fd = memory.load<uint32_t>(at + 16).value();
  }
  return s;
}

/// A call's subscriptions, read from guest memory as often as they are looked at.
class Poll {
 public:
  Poll(WasiCall& call, Ptr subscriptions, Ptr events, uint32_t count)
      : call_(call), subscriptions_(subscriptions), events_(events), count_(count) {}

  /// Whether it looks at standard input, and a pause was asked for before that.
  [[nodiscard]] bool pauses() {
    for (uint32_t i = 0; i < count_; ++i)
      if (const Subscription s = at(i); s.type == kEventFdRead && call_.pauses_before_reading(s.fd))
        return true;
    return false;
  }

  /// What there is to wait for. Errors: kInval (an unknown type or clock).
  [[nodiscard]] Errno look() {
    for (uint32_t i = 0; i < count_; ++i) {
      const Subscription s = at(i);
      if (s.type > kEventFdWrite || (s.type == kEventClock && s.clock > kClockThreadCpu))
        return Errno::kInval;
      if (s.type == kEventClock) {
        const uint64_t left_ns = time_left_ns(s);
        shortest_ns_ = std::min(shortest_ns_.value_or(left_ns), left_ns);
      } else if (awaits_process_stdin(s)) {
        awaits_stdin_ = true;
      } else {
        is_any_ready_ = true;
      }
    }
    return Errno::kSuccess;
  }

  /// Waits until an event is there; slept_ns_ says afterwards which clocks are due. Or a pause.
  [[nodiscard]] std::optional<HostAction> wait() {
    const std::optional<os::Stream> stream =
        awaits_stdin_ ? std::optional(os::Stream::kStdin) : std::nullopt;
    if (awaits_stdin_) is_stdin_ready_ = os::wait(stream, 0, -1) == os::WaitEnd::kReadable;
    if (is_any_ready_ || is_stdin_ready_) return std::nullopt;
    if (shortest_ns_ != 0 && call_.pauses_when_idle())
      return HostAction::pause_before(PauseReason::kIdle);
    if (call_.value().is_closed()) {
      call_.world().jump_clock(shortest_ns_.value_or(0));
    } else {
      const os::WaitEnd end = os::wait(stream, shortest_ns_, call_.streams().wake_fd);
      if (end == os::WaitEnd::kWoken) return HostAction::pause_before(PauseReason::kRequest);
      is_stdin_ready_ = end == os::WaitEnd::kReadable;
    }
    slept_ns_ = is_stdin_ready_ ? 0 : shortest_ns_.value_or(0);
    return std::nullopt;
  }

  /// Tells the guest every event that is there. Returns how many.
  [[nodiscard]] uint32_t store_events() {
    uint32_t stored = 0;
    for (uint32_t i = 0; i < count_; ++i) {
      const Subscription s = at(i);
      if (!is_ready(s)) continue;
      StructImage<kEventBytes> event;
      event.put(0, s.user_data);
      event.put(8, static_cast<uint16_t>(error_of(s)));
      event.put(10, s.type);
      if (s.type != kEventClock) event.put(16, uint64_t{1});
      // In bounds: the caller checked room for all of them.
      (void)call_.memory().write(events_ + uint64_t{stored} * kEventBytes, event.bytes());
      ++stored;
    }
    return stored;
  }

 private:
  Subscription at(uint32_t i) {
    return load_subscription(call_.memory(), subscriptions_ + uint64_t{i} * kSubscriptionBytes);
  }

  uint64_t time_left_ns(const Subscription& s) {
    if (!s.is_absolute) return s.timeout_ns;
    const uint64_t start_ns = start_of(s.clock);
    return s.timeout_ns - std::min(start_ns, s.timeout_ns);
  }

  /// What a clock said when the call began; asked once, so that every look at it agrees.
  uint64_t start_of(uint32_t clock) {
    const uint64_t instructions = call_.instructions();
    if (clock == kClockRealtime) {
      if (!realtime_start_ns_) realtime_start_ns_ = call_.world().realtime_ns(instructions);
      return *realtime_start_ns_;
    }
    if (clock == kClockMonotonic) {
      if (!monotonic_start_ns_) monotonic_start_ns_ = call_.world().monotonic_ns(instructions);
      return *monotonic_start_ns_;
    }
    return instructions;
  }

  Errno error_of(const Subscription& s) {
    if (s.type == kEventClock) return Errno::kSuccess;
    const Rights needed = s.type == kEventFdRead ? rights::kFdRead : rights::kFdWrite;
    const auto found = call_.descriptor(s.fd, needed | rights::kPollFdReadwrite);
    return found ? Errno::kSuccess : found.error();
  }

  bool awaits_process_stdin(const Subscription& s) {
    if (s.type != kEventFdRead || call_.value().is_closed()) return false;
    if (!call_.streams().stdin_is_process) return false;
    const Descriptor* found = call_.value().descriptors->find(s.fd);
    return found != nullptr && found->kind == FdKind::kStdin && error_of(s) == Errno::kSuccess;
  }

  bool is_ready(const Subscription& s) {
    if (s.type == kEventClock) return time_left_ns(s) <= slept_ns_;
    return awaits_process_stdin(s) ? is_stdin_ready_ : true;
  }

  WasiCall& call_;
  uint64_t subscriptions_;
  uint64_t events_;
  uint32_t count_;
  bool awaits_stdin_ = false;
  bool is_any_ready_ = false;
  std::optional<uint64_t> shortest_ns_;
  bool is_stdin_ready_ = false;
  uint64_t slept_ns_ = 0;
  std::optional<uint64_t> realtime_start_ns_;
  std::optional<uint64_t> monotonic_start_ns_;
};

}  // namespace

Answer poll_oneoff(WasiCall& call, Ptr subscriptions, Ptr events, uint32_t count, Ptr event_count) {
  if (count == 0) return Errno::kInval;
  GuestMemory& memory = call.memory();
  const bool is_readable = memory.contains(subscriptions, uint64_t{count} * kSubscriptionBytes) &&
                           memory.contains(events, uint64_t{count} * kEventBytes) &&
                           memory.contains(event_count, sizeof(uint32_t));
  if (!is_readable) return Errno::kFault;
  Poll poll(call, subscriptions, events, count);
  if (poll.pauses()) return HostAction::pause_before(PauseReason::kStdin);
  if (const Errno e = poll.look(); e != Errno::kSuccess) return e;
  if (auto pause = poll.wait()) return *std::move(pause);
  return memory.store(event_count, poll.store_events());
}

}  // namespace tine::wasi
