// The implementations of WASI's functions, declared from the table, and what each one is given.
#pragma once

#include <optional>
#include <string>

#include "guest_memory.h"
#include "tine/host.h"
#include "world_impl.h"
#include "world_paths.h"

namespace tine::wasi {

/// What a function answers: an errno for the guest, or an action for the machine (exit, pause).
struct Answer {
  Answer(Errno e) : errno_value(e) {}             // NOLINT: a conversion on purpose
  Answer(HostAction a) : action(std::move(a)) {}  // NOLINT: likewise
  Errno errno_value = Errno::kSuccess;
  std::optional<HostAction> action;
};

/// One call in progress: the world, the caller's memory, the time.
class WasiCall {
 public:
  WasiCall(World::Impl& world, Memory* memory, uint64_t instructions, bool is_first_of_run)
      : world_(world),
        memory_(memory),
        instructions_(instructions),
        is_first_of_run_(is_first_of_run) {}

  [[nodiscard]] World::Impl& world() { return world_; }
  [[nodiscard]] const WorldValue& value() const { return world_.value(); }
  [[nodiscard]] WorldValue& edit_value() { return world_.edit_value(); }
  [[nodiscard]] Streams& streams() { return world_.streams; }
  [[nodiscard]] GuestMemory& memory() { return memory_; }
  [[nodiscard]] uint64_t instructions() const { return instructions_; }
  /// The wall clock, for times of files. (Real worlds: the host's file system stamps its own.)
  [[nodiscard]] uint64_t now_ns() {
    return value().is_closed() ? world_.realtime_ns(instructions_) : 0;
  }

  /// An open descriptor that has all of `needed`. Errors: kBadf, kNotCapable.
  [[nodiscard]] WasiResult<const Descriptor*> descriptor(uint32_t fd, Rights needed) const;
  /// The same, of a regular file. Errors: also kSPipe for streams, kBadf for directories.
  [[nodiscard]] WasiResult<const Descriptor*> file(uint32_t fd, Rights needed) const;
  /// The same, of a socket of this kind. Errors: also kNotSock, and `other` for the other kind.
  [[nodiscard]] WasiResult<const Descriptor*> socket(uint32_t fd, Rights needed, FdKind kind,
                                                     Errno other) const;
  /// The same, of a directory. Errors: also kNotDir.
  [[nodiscard]] WasiResult<const Descriptor*> directory(uint32_t fd, Rights needed) const;
  /// A descriptor to change. Pre: open.
  [[nodiscard]] Descriptor& edit_descriptor(uint32_t fd);

  /// A path that the guest names, resolved beneath directory `fd`.
  [[nodiscard]] WasiResult<Resolved> path(uint32_t fd, Rights needed, Ptr path, uint32_t length,
                                          LastLink last);
  /// The text of a path, unresolved. Errors: kFault, kNameTooLong, kIlseq (no
  /// UTF-8).
  [[nodiscard]] WasiResult<std::string> path_text(Ptr path, uint32_t length);
  /// Whether reading this descriptor means to pause first.
  [[nodiscard]] bool pauses_before_reading(uint32_t fd) const;
  /// Whether to pause because this call would wait, with nothing else left to do.
  [[nodiscard]] bool pauses_when_idle() const;
  /// The host's descriptor that reading or writing this one may have to wait for; -1: it never does.
  [[nodiscard]] int host_to_wait_for(const Descriptor& descriptor) const;
  /// Before a call that may wait for the host: a pause instead, if one is wanted. Where waits can be
  /// interrupted it waits here.
  [[nodiscard]] std::optional<HostAction> pause_instead_of_waiting(const Descriptor& descriptor,
                                                                   bool to_write) const;
  /// Waits for the host until the call can go on. False: the wait was interrupted.
  [[nodiscard]] bool wait_for(os::Waited host) const;

 private:
  World::Impl& world_;
  GuestMemory memory_;
  uint64_t instructions_;
  bool is_first_of_run_;
};

/// The buffers of a scatter/gather list, one after the other.
class Buffers {
 public:
  Buffers(GuestMemory& memory, Ptr iovs, uint32_t count)
      : memory_(memory), iovs_(iovs), count_(count) {}

  /// Errors: kFault (the list lies outside memory).
  [[nodiscard]] Errno check() const {
    return memory_.contains(iovs_, uint64_t{count_} * kIovecBytes) ? Errno::kSuccess
                                                                   : Errno::kFault;
  }

  /// Calls `move(address, size)` for each buffer that is not empty, until one moves less than its
  /// size. An error counts only if nothing was moved before it. Returns all that was moved; the
  /// sum stays below 4 GiB, as WASI counts in 32 bits.
  template <class F>
  WasiResult<uint32_t> each(F move) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < count_; ++i) {
      const uint64_t iov = iovs_ + uint64_t{i} * kIovecBytes;
      const auto address = memory_.load<uint32_t>(iov);
      const auto size = memory_.load<uint32_t>(iov + sizeof(uint32_t));
      if (!address || !size) return fail(Errno::kFault);
      if (*size == 0) continue;
      if (total + *size > UINT32_MAX) break;
      const WasiResult<uint64_t> moved = move(*address, *size);
      if (!moved && total == 0) return fail(moved.error());
      if (!moved) break;
      total += *moved;
      if (*moved < *size) break;
    }
    return static_cast<uint32_t>(total);
  }

 private:
  GuestMemory& memory_;
  uint64_t iovs_;
  uint32_t count_;
};

/// fd_read and sock_recv of a connection; fd_write and sock_send. Stores how much was moved.
[[nodiscard]] Answer receive(WasiCall& call, uint32_t fd, Buffers& buffers, uint32_t flags,
                             Ptr received);
[[nodiscard]] Answer send(WasiCall& call, uint32_t fd, Buffers& buffers, Ptr sent);

/// A filestat struct at `address`.
[[nodiscard]] Errno store_file_stat(GuestMemory& memory, Ptr address, const FileStat& stat);
/// The times that fd_filestat_set_times and path_filestat_set_times mean. Errors: kInval.
[[nodiscard]] WasiResult<FileTimes> times_to_set(WasiCall& call, uint64_t atime, uint64_t mtime,
                                                 uint32_t flags);

#define TINE_WASI(name, returns, ...) Answer name(WasiCall& call __VA_OPT__(, ) __VA_ARGS__);
#include "wasi_functions.def"

}  // namespace tine::wasi
