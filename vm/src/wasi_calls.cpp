// What WASI's functions have in common: descriptors with rights, paths, times.
#include "wasi_calls.h"

#include "utf8.h"

namespace tine::wasi {

WasiResult<const Descriptor*> WasiCall::descriptor(uint32_t fd, Rights needed) const {
  const Descriptor* found = value().descriptors->find(fd);
  if (found == nullptr) return fail(Errno::kBadf);
  if ((found->rights_base & needed) != needed) return fail(Errno::kNotCapable);
  return found;
}

WasiResult<const Descriptor*> WasiCall::file(uint32_t fd, Rights needed) const {
  const auto found = descriptor(fd, 0);
  if (!found) return found;
  if ((*found)->kind == FdKind::kDirectory) return fail(Errno::kBadf);
  if ((*found)->kind != FdKind::kFile) return fail(Errno::kSPipe);
  return descriptor(fd, needed);
}

WasiResult<const Descriptor*> WasiCall::socket(uint32_t fd, Rights needed, FdKind kind,
                                               Errno other) const {
  const auto found = descriptor(fd, 0);
  if (!found) return found;
  if (!is_socket((*found)->kind)) return fail(Errno::kNotSock);
  if ((*found)->kind != kind) return fail(other);
  return descriptor(fd, needed);
}

WasiResult<const Descriptor*> WasiCall::directory(uint32_t fd, Rights needed) const {
  const auto found = descriptor(fd, 0);
  if (!found) return found;
  if ((*found)->kind != FdKind::kDirectory) return fail(Errno::kNotDir);
  return descriptor(fd, needed);
}

Descriptor& WasiCall::edit_descriptor(uint32_t fd) {
  return *edit_value().descriptors.edit().find(fd);
}

WasiResult<std::string> WasiCall::path_text(Ptr path, uint32_t length) {
  if (length > kMaxPathBytes)
    return fail(memory_.contains(path, length) ? Errno::kNameTooLong : Errno::kFault);
  const auto text = memory_.view(path, length);
  if (!text) return fail(text.error());
  std::string name(text->begin(), text->end());
  if (!is_utf8(name)) return fail(Errno::kIlseq);
  return name;
}

WasiResult<Resolved> WasiCall::path(uint32_t fd, Rights needed, Ptr path, uint32_t length,
                                    LastLink last) {
  const auto start = directory(fd, needed);
  if (!start) return fail(start.error());
  const auto text = path_text(path, length);
  if (!text) return fail(text.error());
  return resolve(value().files(), (*start)->file.place, *text, last);
}

bool WasiCall::pauses_before_reading(uint32_t fd) const {
  if (!world_.streams.pause_on_stdin || is_first_of_run_) return false;
  const Descriptor* found = value().descriptors->find(fd);
  return found != nullptr && found->kind == FdKind::kStdin;
}

bool WasiCall::pauses_when_idle() const {
  return world_.streams.pause_when_idle && !is_first_of_run_;
}

int WasiCall::host_to_wait_for(const Descriptor& descriptor) const {
  const Streams& streams = world_.streams;
  switch (descriptor.kind) {
    case FdKind::kStdin: return streams.stdin_is_process ? os::fd_of(os::Stream::kStdin) : -1;
    case FdKind::kStdout: return streams.stdout_is_process ? os::fd_of(os::Stream::kStdout) : -1;
    case FdKind::kStderr: return streams.stderr_is_process ? os::fd_of(os::Stream::kStderr) : -1;
    case FdKind::kDirectory: return -1;
    case FdKind::kFile: return descriptor.file.may_wait ? descriptor.file.host->fd() : -1;
    case FdKind::kListener:
    case FdKind::kConnection: return descriptor.socket.host ? descriptor.socket.host->fd() : -1;
  }
  return -1;
}

std::optional<HostAction> WasiCall::pause_instead_of_waiting(const Descriptor& descriptor,
                                                             bool to_write) const {
  os::Waited host{.fd = host_to_wait_for(descriptor), .to_write = to_write};
  if (host.fd < 0 || (descriptor.flags & kFdNonblock) != 0) return std::nullopt;
  if (pauses_when_idle() && os::wait({&host, 1}, 0, -1) == os::WaitEnd::kTimedOut)
    return HostAction::pause_before(PauseReason::kIdle);
  if (world_.streams.wake_fd >= 0 && !wait_for(host))
    return HostAction::pause_before(PauseReason::kRequest);
  return std::nullopt;
}

bool WasiCall::wait_for(os::Waited host) const {
  return os::wait({&host, 1}, std::nullopt, world_.streams.wake_fd) != os::WaitEnd::kWoken;
}

Errno store_file_stat(GuestMemory& memory, Ptr address, const FileStat& stat) {
  StructImage<kFilestatBytes> image;
  image.put(0, stat.device);
  image.put(8, stat.inode);
  image.put(16, static_cast<uint8_t>(stat.type));
  image.put(24, stat.links);
  image.put(32, stat.size_bytes);
  image.put(40, stat.atime_ns);
  image.put(48, stat.mtime_ns);
  image.put(56, stat.ctime_ns);
  return memory.write(address, image.bytes());
}

WasiResult<FileTimes> times_to_set(WasiCall& call, uint64_t atime, uint64_t mtime, uint32_t flags) {
  constexpr uint32_t kBothAtime = kSetAtime | kSetAtimeNow;
  constexpr uint32_t kBothMtime = kSetMtime | kSetMtimeNow;
  if ((flags & ~(kBothAtime | kBothMtime)) != 0 || (flags & kBothAtime) == kBothAtime ||
      (flags & kBothMtime) == kBothMtime)
    return fail(Errno::kInval);
  FileTimes times;
  if ((flags & (kSetAtimeNow | kSetMtimeNow)) != 0) {
    const uint64_t now = call.world().realtime_ns(call.instructions());
    if ((flags & kSetAtimeNow) != 0) times.atime_ns = now;
    if ((flags & kSetMtimeNow) != 0) times.mtime_ns = now;
  }
  if ((flags & kSetAtime) != 0) times.atime_ns = atime;
  if ((flags & kSetMtime) != 0) times.mtime_ns = mtime;
  return times;
}

}  // namespace tine::wasi
