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
  /// The same, of a directory. Errors: also kNotDir.
  [[nodiscard]] WasiResult<const Descriptor*> directory(uint32_t fd, Rights needed) const;
  /// A descriptor to change. Pre: open.
  [[nodiscard]] Descriptor& edit_descriptor(uint32_t fd);

  /// A path that the guest names, resolved beneath directory `fd`.
  [[nodiscard]] WasiResult<Resolved> path(uint32_t fd, Rights needed, Ptr path, uint32_t length,
                                          LastLink last);
  /// The text of a path, unresolved. Errors: kFault, kNameTooLong.
  [[nodiscard]] WasiResult<std::string> path_text(Ptr path, uint32_t length);
  /// Whether reading this descriptor means to pause first.
  [[nodiscard]] bool pauses_before_reading(uint32_t fd) const;
  /// Whether to pause because this call would wait, with nothing else left to do.
  [[nodiscard]] bool pauses_when_idle() const;
  /// Before a read of the process's standard input that may wait: a pause instead, if one is
  /// wanted. It waits here, where it can be interrupted.
  [[nodiscard]] std::optional<HostAction> pause_instead_of_waiting();

 private:
  World::Impl& world_;
  GuestMemory memory_;
  uint64_t instructions_;
  bool is_first_of_run_;
};

/// A filestat struct at `address`.
[[nodiscard]] Errno store_file_stat(GuestMemory& memory, Ptr address, const FileStat& stat);
/// The times that fd_filestat_set_times and path_filestat_set_times mean. Errors: kInval.
[[nodiscard]] WasiResult<FileTimes> times_to_set(WasiCall& call, uint64_t atime, uint64_t mtime,
                                                 uint32_t flags);

#define TINE_WASI(name, returns, ...) Answer name(WasiCall& call __VA_OPT__(, ) __VA_ARGS__);
#include "wasi_functions.def"

}  // namespace tine::wasi
