// WASI's socket functions, and what reading and writing mean for a connection.
//
// Waiting is done here, where it can be interrupted: a socket itself only says "not now" (kAgain).
// A call that is interrupted before it moved a byte is paused before; one that has moved some
// returns those, as POSIX has it of signals.
#include "wasi_calls.h"
#include "world_sockets.h"

namespace tine::wasi {
namespace {

/// Calls `attempt` until it says something else than kAgain, waiting in between unless the guest
/// asked not to. kIntr: the wait was interrupted.
template <class F>
auto until_done(WasiCall& call, uint32_t fd, bool to_write, F attempt) {
  for (;;) {
    auto result = attempt();
    const Descriptor& d = *call.value().descriptors->find(fd);
    if (result || result.error() != Errno::kAgain || (d.flags & kFdNonblock) != 0) return result;
    if (!call.wait_for({.fd = call.host_to_wait_for(d), .to_write = to_write}))
      return decltype(result)(fail(Errno::kIntr));
  }
}

/// Stores a count, or tells of what came instead of it.
Answer answer_of(WasiCall& call, const WasiResult<uint32_t>& count, Ptr at) {
  if (count) return call.memory().store(at, *count);
  if (count.error() == Errno::kIntr) return HostAction::pause_before(PauseReason::kRequest);
  return count.error();
}

/// Fills one buffer: with what is there, or whole if `wait_all`.
WasiResult<uint64_t> receive_into(WasiCall& call, uint32_t fd, std::span<uint8_t> into,
                                  bool wait_all) {
  Socket socket(call.world(), fd);
  uint64_t total = 0;
  do {
    const auto n =
        until_done(call, fd, false, [&] { return socket.receive(into.subspan(total), false); });
    if (!n && total == 0) return n;
    if (!n || *n == 0) break;
    total += *n;
  } while (wait_all && total < into.size());
  return total;
}

WasiResult<uint64_t> send_from(WasiCall& call, uint32_t fd, std::span<const uint8_t> data) {
  Socket socket(call.world(), fd);
  uint64_t total = 0;
  while (total < data.size()) {
    const auto n = until_done(call, fd, true, [&] { return socket.send(data.subspan(total)); });
    if (!n && total == 0) return n;
    if (!n) break;
    total += *n;
  }
  return total;
}

/// What is there, into all buffers, and it stays there.
WasiResult<uint32_t> peek(WasiCall& call, uint32_t fd, Buffers& buffers) {
  constexpr uint64_t kMostBytes = 1 << 20;  // no host keeps more for a socket
  const auto room =
      buffers.each([](uint64_t, uint64_t size) -> WasiResult<uint64_t> { return size; });
  if (!room) return room;
  std::vector<uint8_t> bytes(std::min<uint64_t>(*room, kMostBytes));
  Socket socket(call.world(), fd);
  const auto got = until_done(call, fd, false, [&] { return socket.receive(bytes, true); });
  if (!got) return fail(got.error());
  std::span<const uint8_t> left = std::span(bytes).first(*got);
  return buffers.each([&](uint64_t address, uint64_t size) -> WasiResult<uint64_t> {
    const auto part = left.first(std::min<size_t>(size, left.size()));
    if (const Errno e = call.memory().write(address, part); e != Errno::kSuccess) return fail(e);
    left = left.subspan(part.size());
    return part.size();
  });
}

}  // namespace

Answer receive(WasiCall& call, uint32_t fd, Buffers& buffers, uint32_t flags, Ptr received) {
  const Descriptor& from = *call.value().descriptors->find(fd);
  if (auto pause = call.pause_instead_of_waiting(from, false)) return *std::move(pause);
  if ((flags & kReceivePeek) != 0) return answer_of(call, peek(call, fd, buffers), received);
  const bool wait_all = (flags & kReceiveWaitAll) != 0;
  bool has_some = false;
  const auto count = buffers.each([&](uint64_t address, uint64_t size) -> WasiResult<uint64_t> {
    // What has arrived is worth having before more does.
    const bool may_wait = wait_all || !has_some;
    has_some = true;
    return call.memory().fill(address, size, [&](std::span<uint8_t> into) {
      return may_wait ? receive_into(call, fd, into, wait_all)
                      : Socket(call.world(), fd).receive(into, false);
    });
  });
  return answer_of(call, count, received);
}

Answer send(WasiCall& call, uint32_t fd, Buffers& buffers, Ptr sent) {
  const Descriptor& to = *call.value().descriptors->find(fd);
  if (auto pause = call.pause_instead_of_waiting(to, true)) return *std::move(pause);
  const auto count = buffers.each([&](uint64_t address, uint64_t size) -> WasiResult<uint64_t> {
    const auto data = call.memory().view(address, size);
    if (!data) return fail(data.error());
    return send_from(call, fd, *data);
  });
  return answer_of(call, count, sent);
}

Answer sock_accept(WasiCall& call, uint32_t fd, uint32_t flags, Ptr accepted) {
  const auto listener = call.socket(fd, rights::kSockAccept, FdKind::kListener, Errno::kInval);
  if (!listener) return listener.error();
  if ((flags & ~uint32_t{kFdFlagsAll}) != 0) return Errno::kInval;
  if (!call.memory().contains(accepted, sizeof(uint32_t))) return Errno::kFault;
  if (call.value().descriptors->table().size() >= kMaxDescriptors) return Errno::kMFile;
  if (auto pause = call.pause_instead_of_waiting(**listener, false)) return *std::move(pause);
  Socket socket(call.world(), fd);
  auto connection =
      until_done(call, fd, false, [&] { return socket.accept(static_cast<FdFlags>(flags)); });
  if (!connection && connection.error() == Errno::kIntr)
    return HostAction::pause_before(PauseReason::kRequest);
  if (!connection) return connection.error();
  const auto number = call.edit_value().descriptors.edit().add(std::move(*connection));
  if (!number) return number.error();
  return call.memory().store(accepted, *number);
}

/// Of a stream of bytes nothing is ever cut off, so no flag comes back.
Answer sock_recv(WasiCall& call, uint32_t fd, Ptr iovs, uint32_t iov_count, uint32_t flags,
                 Ptr received, Ptr out_flags) {
  const auto from = call.socket(fd, rights::kFdRead, FdKind::kConnection, Errno::kNotConn);
  if (!from) return from.error();
  if ((flags & ~uint32_t{kReceivePeek | kReceiveWaitAll}) != 0) return Errno::kInval;
  Buffers buffers(call.memory(), iovs, iov_count);
  if (const Errno e = buffers.check(); e != Errno::kSuccess) return e;
  if (!call.memory().contains(received, sizeof(uint32_t)) ||
      !call.memory().contains(out_flags, sizeof(uint16_t)))
    return Errno::kFault;
  Answer answer = receive(call, fd, buffers, flags, received);
  if (answer.action || answer.errno_value != Errno::kSuccess) return answer;
  return call.memory().store(out_flags, uint16_t{0});
}

Answer sock_send(WasiCall& call, uint32_t fd, Ptr iovs, uint32_t iov_count, uint32_t flags,
                 Ptr sent) {
  const auto to = call.socket(fd, rights::kFdWrite, FdKind::kConnection, Errno::kNotConn);
  if (!to) return to.error();
  if (flags != 0) return Errno::kInval;
  Buffers buffers(call.memory(), iovs, iov_count);
  if (const Errno e = buffers.check(); e != Errno::kSuccess) return e;
  if (!call.memory().contains(sent, sizeof(uint32_t))) return Errno::kFault;
  return send(call, fd, buffers, sent);
}

Answer sock_shutdown(WasiCall& call, uint32_t fd, uint32_t how) {
  const auto found = call.socket(fd, rights::kSockShutdown, FdKind::kConnection, Errno::kNotConn);
  if (!found) return found.error();
  if (how == 0 || (how & ~uint32_t{kShutReceiving | kShutSending}) != 0) return Errno::kInval;
  const auto done = Socket(call.world(), fd).shut_down(static_cast<uint8_t>(how));
  return done ? Errno::kSuccess : done.error();
}

}  // namespace tine::wasi
