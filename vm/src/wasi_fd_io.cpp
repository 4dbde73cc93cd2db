// WASI's functions that move bytes through descriptors: read, write, seek.
#include "wasi_calls.h"

namespace tine::wasi {
namespace {

Errno store_count(WasiCall& call, Ptr at, const WasiResult<uint32_t>& count) {
  return count ? call.memory().store(at, *count) : count.error();
}

WasiResult<uint32_t> read_stdin(WasiCall& call, Buffers& buffers) {
  ++call.edit_value().stdin_reads;
  bool may_block = false;
  return buffers.each([&](uint64_t address, uint64_t size) -> WasiResult<uint64_t> {
    // What was read from a terminal or a pipe is worth having before the next byte arrives.
    if (may_block) return 0;
    may_block = call.streams().stdin_is_process;
    return call.memory().fill(address, size,
                              [&](std::span<uint8_t> into) { return call.streams().read(into); });
  });
}

/// Where the guest wants no waiting, nothing there is an error.
Answer read_from_stdin(WasiCall& call, const Descriptor& from, Buffers& buffers, Ptr read) {
  os::Waited host{.fd = call.host_to_wait_for(from)};
  if (host.fd >= 0 && (from.flags & kFdNonblock) != 0 &&
      os::wait({&host, 1}, 0, -1) == os::WaitEnd::kTimedOut)
    return Errno::kAgain;
  return store_count(call, read, read_stdin(call, buffers));
}

WasiResult<uint32_t> read_file(WasiCall& call, const Descriptor& from, uint64_t offset,
                               Buffers& buffers) {
  return buffers.each([&](uint64_t address, uint64_t size) {
    const auto read = call.memory().fill(address, size, [&](std::span<uint8_t> into) {
      return call.value().files_of(from.file.place).read(from.file, offset, into);
    });
    offset += read.value_or(0);
    return read;
  });
}

WasiResult<uint32_t> write_stream(WasiCall& call, FdKind kind, Buffers& buffers) {
  return buffers.each([&](uint64_t address, uint64_t size) -> WasiResult<uint64_t> {
    const auto data = call.memory().view(address, size);
    if (!data) return fail(data.error());
    const auto written = call.streams().write(kind, *data);
    // What becomes of a closed world's output is no input of it.
    if (!written && !call.value().is_closed()) return fail(written.error());
    return size;
  });
}

WasiResult<uint32_t> write_file(WasiCall& call, const Descriptor& to, uint64_t offset,
                                Buffers& buffers) {
  const FileRef file = to.file;
  const bool must_sync = (to.flags & (kFdDsync | kFdSync | kFdRsync)) != 0;
  const uint64_t now = call.now_ns();
  const auto written = buffers.each([&](uint64_t address, uint64_t size) -> WasiResult<uint64_t> {
    const auto data = call.memory().view(address, size);
    if (!data) return fail(data.error());
    const auto n = call.edit_value().files_of(file.place).write(file, offset, *data, now);
    offset += n.value_or(0);
    return n;
  });
  if (written && must_sync)
    if (const auto synced = call.value().files_of(file.place).sync(file, false); !synced)
      return fail(synced.error());
  return written;
}

/// Everything that has to hold before a read or write of any kind may change something.
Errno check_io(WasiCall& call, const Buffers& buffers, Ptr count_at) {
  if (!call.memory().contains(count_at, sizeof(uint32_t))) return Errno::kFault;
  return buffers.check();
}

/// The right to seek is the right to tell as well.
WasiResult<const Descriptor*> file_to_tell(WasiCall& call, uint32_t fd) {
  const auto found = call.file(fd, rights::kFdSeek);
  return found ? found : call.file(fd, rights::kFdTell);
}

}  // namespace

Answer fd_read(WasiCall& call, uint32_t fd, Ptr iovs, uint32_t iov_count, Ptr read) {
  Buffers buffers(call.memory(), iovs, iov_count);
  const auto from = call.descriptor(fd, 0);
  if (!from) return from.error();
  if ((*from)->kind == FdKind::kDirectory) return Errno::kIsDir;
  if (const auto readable = call.descriptor(fd, rights::kFdRead); !readable)
    return readable.error();
  if (const Errno e = check_io(call, buffers, read); e != Errno::kSuccess) return e;
  if (call.pauses_before_reading(fd)) return HostAction::pause_before(PauseReason::kStdin);
  if ((*from)->kind == FdKind::kListener) return Errno::kNotConn;
  if ((*from)->kind == FdKind::kConnection) return receive(call, fd, buffers, 0, read);
  if (auto pause = call.pause_instead_of_waiting(**from, false)) return *std::move(pause);
  if ((*from)->kind == FdKind::kStdin) return read_from_stdin(call, **from, buffers, read);
  const auto count = read_file(call, **from, (*from)->offset, buffers);
  if (count.value_or(0) != 0) call.edit_descriptor(fd).offset += *count;
  return store_count(call, read, count);
}

Answer fd_pread(WasiCall& call, uint32_t fd, Ptr iovs, uint32_t iov_count, uint64_t offset,
                Ptr read) {
  Buffers buffers(call.memory(), iovs, iov_count);
  const auto from = call.file(fd, rights::kFdRead | rights::kFdSeek);
  if (!from) return from.error();
  if (const Errno e = check_io(call, buffers, read); e != Errno::kSuccess) return e;
  if (offset > INT64_MAX) return Errno::kInval;
  return store_count(call, read, read_file(call, **from, offset, buffers));
}

Answer fd_write(WasiCall& call, uint32_t fd, Ptr iovs, uint32_t iov_count, Ptr written) {
  Buffers buffers(call.memory(), iovs, iov_count);
  const auto to = call.descriptor(fd, rights::kFdWrite);
  if (!to) return to.error();
  if (const Errno e = check_io(call, buffers, written); e != Errno::kSuccess) return e;
  if ((*to)->kind == FdKind::kConnection) return send(call, fd, buffers, written);
  if ((*to)->kind != FdKind::kFile)
    return store_count(call, written, write_stream(call, (*to)->kind, buffers));
  uint64_t offset = (*to)->offset;
  if (((*to)->flags & kFdAppend) != 0) {
    const auto stat = call.value().files_of((*to)->file.place).stat_open((*to)->file);
    if (!stat) return stat.error();
    offset = stat->size_bytes;
  }
  const auto count = write_file(call, **to, offset, buffers);
  if (count.value_or(0) != 0) call.edit_descriptor(fd).offset = offset + *count;
  return store_count(call, written, count);
}

Answer fd_pwrite(WasiCall& call, uint32_t fd, Ptr iovs, uint32_t iov_count, uint64_t offset,
                 Ptr written) {
  Buffers buffers(call.memory(), iovs, iov_count);
  const auto to = call.file(fd, rights::kFdWrite | rights::kFdSeek);
  if (!to) return to.error();
  if (const Errno e = check_io(call, buffers, written); e != Errno::kSuccess) return e;
  if (offset > INT64_MAX) return Errno::kInval;
  return store_count(call, written, write_file(call, **to, offset, buffers));
}

Answer fd_seek(WasiCall& call, uint32_t fd, uint64_t delta, uint32_t whence, Ptr position) {
  // Asking where one is needs the lesser right.
  const bool only_tells = delta == 0 && whence == kWhenceCurrent;
  const auto found = only_tells ? file_to_tell(call, fd) : call.file(fd, rights::kFdSeek);
  if (!found) return found.error();
  if (!call.memory().contains(position, sizeof(uint64_t))) return Errno::kFault;
  uint64_t from = 0;
  if (whence == kWhenceCurrent) {
    from = (*found)->offset;
  } else if (whence == kWhenceEnd) {
    const auto stat = call.value().files_of((*found)->file.place).stat_open((*found)->file);
    if (!stat) return stat.error();
    from = stat->size_bytes;
  } else if (whence != kWhenceSet) {
    return Errno::kInval;
  }
  // Offsets are below 2^63, so both a wrap below zero and a sum beyond it show in the top bit.
  const uint64_t to = from + delta;
  if (to > INT64_MAX) return static_cast<int64_t>(delta) > 0 ? Errno::kOverflow : Errno::kInval;
  if (!only_tells) call.edit_descriptor(fd).offset = to;
  return call.memory().store(position, to);
}

Answer fd_tell(WasiCall& call, uint32_t fd, Ptr position) {
  const auto found = file_to_tell(call, fd);
  if (!found) return found.error();
  return call.memory().store(position, (*found)->offset);
}

}  // namespace tine::wasi
