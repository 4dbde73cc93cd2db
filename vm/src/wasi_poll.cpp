// poll_oneoff: waiting for the clock or for descriptors, many at once.
//
// In a closed world nothing ever has to be waited for but the clock, and the clock jumps. What is
// left of standard input is not told there (always "one byte"): how much there is must not become
// part of what a fork's state depends on. In a real world sockets, pipes, devices and the process's
// streams are waited for; regular files are always ready. A subscription that makes no sense (a
// descriptor that is closed or has not the right) is an event at once, with its error in it; a list
// that cannot be read (an unknown kind of event or clock) is an error of the call.
#include <algorithm>

#include "wasi_calls.h"
#include "world_sockets.h"

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

/// What an event says beside its subscription.
struct Event {
  Errno error = Errno::kSuccess;
  uint64_t bytes = 0;
  bool has_hung_up = false;
};

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
      } else if (const int fd = host_to_wait_for(s); fd >= 0) {
        waited_.push_back({.fd = fd, .to_write = s.type == kEventFdWrite});
        waiting_.push_back(i);
      } else {
        is_any_ready_ = true;
      }
    }
    return Errno::kSuccess;
  }

  /// Waits until an event is there; slept_ns_ says afterwards which clocks are due. Or a pause.
  [[nodiscard]] std::optional<HostAction> wait() {
    const bool is_host_ready = !waited_.empty() && os::wait(waited_, 0, -1) == os::WaitEnd::kReady;
    if (is_any_ready_ || is_host_ready) return std::nullopt;
    if (shortest_ns_ != 0 && call_.pauses_when_idle())
      return HostAction::pause_before(PauseReason::kIdle);
    if (call_.value().is_closed()) {
      call_.world().jump_clock(shortest_ns_.value_or(0));
    } else {
      const os::WaitEnd end = os::wait(waited_, shortest_ns_, call_.streams().wake_fd);
      if (end == os::WaitEnd::kWoken) return HostAction::pause_before(PauseReason::kRequest);
      if (end == os::WaitEnd::kReady) return std::nullopt;
    }
    slept_ns_ = shortest_ns_.value_or(0);
    return std::nullopt;
  }

  /// Tells the guest every event that is there. Returns how many. Events may be written over
  /// subscriptions that come later: those say something else then, but wait no more.
  [[nodiscard]] uint32_t store_events() {
    uint32_t stored = 0;
    size_t next_waited = 0;
    for (uint32_t i = 0; i < count_; ++i) {
      const Subscription s = at(i);
      const bool was_waited_for = next_waited < waiting_.size() && waiting_[next_waited] == i;
      const os::Waited* waited = was_waited_for ? &waited_[next_waited++] : nullptr;
      if (waited != nullptr && !waited->is_ready) continue;
      if (s.type == kEventClock && time_left_ns(s) > slept_ns_) continue;
      const Event event = waited != nullptr ? event_of_host(s, *waited) : event_of(s);
      StructImage<kEventBytes> image;
      image.put(0, s.user_data);
      image.put(8, static_cast<uint16_t>(event.error));
      image.put(10, s.type);
      image.put(16, event.bytes);
      image.put(24, event.has_hung_up ? kEventHangup : uint16_t{0});
      // In bounds: the caller checked room for all of them.
      (void)call_.memory().write(events_ + uint64_t{stored} * kEventBytes, image.bytes());
      ++stored;
    }
    return stored;
  }

 private:
  Subscription at(uint32_t i) {
    return load_subscription(call_.memory(), subscriptions_ + uint64_t{i} * kSubscriptionBytes);
  }

  // --- clocks ------------------------------------------------------------------------------------

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

  // --- descriptors -------------------------------------------------------------------------------

  WasiResult<const Descriptor*> descriptor_of(const Subscription& s) {
    const Rights needed = s.type == kEventFdRead ? rights::kFdRead : rights::kFdWrite;
    return call_.descriptor(s.fd, needed | rights::kPollFdReadwrite);
  }

  /// -1: it is ready, or wrong, at once. Outputs of a closed world are no inputs of it.
  int host_to_wait_for(const Subscription& s) {
    if (s.type == kEventClock || call_.value().is_closed()) return -1;
    const auto found = descriptor_of(s);
    return found ? call_.host_to_wait_for(**found) : -1;
  }

  static Event event_of_host(const Subscription& s, const os::Waited& waited) {
    // How much could be written nobody tells; one byte can.
    if (s.type == kEventFdWrite)
      return {.bytes = waited.has_hung_up ? 0u : 1u, .has_hung_up = waited.has_hung_up};
    // Someone who has hung up may have sent something before.
    const uint64_t bytes = os::readable_bytes(waited.fd);
    const bool is_over = waited.has_hung_up && bytes == 0;
    return {.bytes = is_over ? 0 : std::max<uint64_t>(bytes, 1), .has_hung_up = is_over};
  }

  /// Of a clock that is due, or of a descriptor that needs no waiting.
  Event event_of(const Subscription& s) {
    if (s.type == kEventClock) return {};
    const auto found = descriptor_of(s);
    if (!found) return {.error = found.error()};
    const Descriptor& d = **found;
    if (is_socket(d.kind)) {
      const Socket socket(call_.world(), s.fd);
      const auto ready = s.type == kEventFdRead ? socket.to_read() : socket.to_write();
      return {.bytes = ready.bytes, .has_hung_up = ready.has_hung_up};
    }
    if (s.type == kEventFdRead && d.kind == FdKind::kFile) return event_of_file(d);
    return {.bytes = 1};
  }

  Event event_of_file(const Descriptor& d) {
    const auto stat = call_.value().files_of(d.file.place).stat_open(d.file);
    if (!stat) return {.error = stat.error()};
    return {.bytes = stat->size_bytes - std::min(d.offset, stat->size_bytes)};
  }

  WasiCall& call_;
  uint64_t subscriptions_;
  uint64_t events_;
  uint32_t count_;
  std::vector<os::Waited> waited_;  // one for each subscription with a host_to_wait_for(), in order
  std::vector<uint32_t> waiting_;   // which subscriptions these are
  bool is_any_ready_ = false;
  std::optional<uint64_t> shortest_ns_;
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
