// World::Impl: the state of a World, apart from the streams of this process.
//
// WorldValue is the state: everything that capture() tells and reset_to_base() takes back. Its
// large parts are copy-on-write, so assigning one to another costs a few pointers. Whoever wants to
// change it asks edit_value(), which remembers that there is something to take back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cow.h"
#include "os_process.h"
#include "tine/fd_policy.h"
#include "tine/world.h"
#include "world_descriptors.h"
#include "world_overlay.h"
#include "world_real_files.h"

namespace tine {

/// Where a closed world's wall clock starts: 2001-09-09T01:46:40Z, a round number of nanoseconds.
inline constexpr uint64_t kClosedEpochNs = 1'000'000'000'000'000'000;
/// Clocks stop here, about the year 2262, rather than wrap.
inline constexpr uint64_t kEndOfTimeNs = uint64_t{1} << 63;

/// The sum of two times, at most kEndOfTimeNs.
[[nodiscard]] constexpr uint64_t add_times(uint64_t a_ns, uint64_t b_ns) {
  return a_ns >= kEndOfTimeNs || b_ns >= kEndOfTimeNs - a_ns ? kEndOfTimeNs : a_ns + b_ns;
}

/// What never changes in the life of a World.
struct WorldSetup {
  bool is_closed = true;
  std::vector<std::string> args;
  std::vector<std::string> environ;
  std::vector<Preopen> preopens;
  std::vector<ListenerState> listeners;  // addresses, and in closed worlds the scripts
  /// What was lost on the way from the program's first process to here.
  std::vector<LossState> losses;
};

/// The name by which the guest knows a place; a nameless file is told by its number.
[[nodiscard]] std::string guest_path_of(const WorldSetup& setup, const Place& place);

/// What people call a socket by: `(socket at 127.0.0.1:80)`.
[[nodiscard]] std::string socket_name(const std::string& address);

/// Virtual time. Closed: the clock itself, base + instructions + jumps. Real: what the guest saw
/// last, as a base, so that time goes on from there where another process or a fork takes over.
struct ClockState {
  uint64_t realtime_base_ns = kClosedEpochNs;
  uint64_t monotonic_base_ns = 0;
  uint64_t jumps_ns = 0;

  /// `base_ns` (one of the two) after this many instructions of 1 ns each.
  [[nodiscard]] uint64_t at(uint64_t base_ns, uint64_t instructions) const {
    return add_times(add_times(base_ns, jumps_ns), instructions);
  }
};

/// splitmix64 over seed and counter: word k is a function of (seed, k) alone.
struct EntropyState {
  uint64_t seed = 0;
  uint64_t counter = 0;
  void fill(std::span<uint8_t> into);
};

struct WorldValue {
  std::shared_ptr<const WorldSetup> setup = std::make_shared<const WorldSetup>();
  Cow<Descriptors> descriptors;
  RealFiles real_files;  // real worlds
  OverlayFiles overlay;  // closed worlds; the nameless files of either
  ClockState clock;
  EntropyState entropy;
  uint64_t stdin_reads = 0;

  [[nodiscard]] bool is_closed() const { return setup->is_closed; }
  [[nodiscard]] Files& files() {
    if (is_closed()) return overlay;
    return real_files;
  }
  [[nodiscard]] const Files& files() const {
    if (is_closed()) return overlay;
    return real_files;
  }
  /// Those that an open file is one of.
  [[nodiscard]] Files& files_of(const Place& place) {
    if (place.is_orphan()) return overlay;
    return files();
  }
  [[nodiscard]] const Files& files_of(const Place& place) const {
    if (place.is_orphan()) return overlay;
    return files();
  }

  // Changes that concern descriptors and files at once.

  /// Pre: open. Contents that only this descriptor kept go with it.
  void close_descriptor(uint32_t fd);
  [[nodiscard]] WasiResult<void> unlink(const Place& place);
  [[nodiscard]] WasiResult<void> rename(const Place& from, const Place& to);
  [[nodiscard]] WasiResult<void> link(const Place& from, const Place& to);

 private:
  /// A nameless file goes when nothing leads to it any more.
  void drop_if_unused(const Place& place);
};

/// Standard streams: never state, never reset.
struct Streams {
  bool stdin_is_process = false;
  std::span<const uint8_t> stdin_left;
  bool pause_on_stdin = false;
  bool pause_when_idle = false;
  int wake_fd = -1;  // ends waits; -1: nothing does
  bool stdout_is_process = true;
  bool stderr_is_process = true;
  OutputSink stdout_sink;
  OutputSink stderr_sink;
  ConnectionSink sent_sink;
  bool stdin_was_read = false;
  FdPolicy fd_policy = FdPolicy::kError;  // of captures

  [[nodiscard]] WasiResult<uint64_t> read(std::span<uint8_t> into);
  [[nodiscard]] WasiResult<void> write(FdKind kind, std::span<const uint8_t> data);
  /// What the process's stream is, kUnknown (as a pipe) for the others.
  [[nodiscard]] FileType type_of(FdKind kind) const;
  /// What a snapshot does not take along of this one, for people; empty: nothing to tell of.
  [[nodiscard]] std::string loss_of(FdKind kind) const;
};

struct World::Impl {
  Streams streams;
  std::vector<std::string> restore_notes;

  [[nodiscard]] const WorldValue& value() const { return value_; }
  [[nodiscard]] WorldValue& edit_value() {
    changed_ = true;
    return value_;
  }

  /// Time as the guest sees it, at this instruction count.
  [[nodiscard]] uint64_t realtime_ns(uint64_t instructions);
  [[nodiscard]] uint64_t monotonic_ns(uint64_t instructions);
  /// Lets this much time pass in a closed world.
  void jump_clock(uint64_t ns);
  [[nodiscard]] WasiResult<void> fill_entropy(std::span<uint8_t> into);

  void mark_base();
  [[nodiscard]] bool changed_since_base() const { return changed_; }
  void reset_to_base();

 private:
  WorldValue value_;
  std::shared_ptr<const WorldValue> base_;
  bool changed_ = true;
  /// Added to the host's monotonic clock, so that it never falls behind what the guest saw.
  uint64_t monotonic_offset_ns_ = 0;
};

/// The starting table: standard streams, the preopens, the listening sockets (hosts[i] is that of
/// listener i, null in closed worlds).
[[nodiscard]] Descriptors starting_descriptors(size_t preopen_count,
                                               const std::vector<os::HandleRef>& hosts);
/// Opens the host directories. Errors: kIo, naming the directory.
[[nodiscard]] Result<RealFiles> open_preopens(const std::vector<Preopen>& preopens);

}  // namespace tine
