// Scripts laid out, ports opened, and the few things that a socket does in either world.
#include "world_sockets.h"

#include <algorithm>

#include "os_sockets.h"

namespace tine {

using wasi::fail;

// --- starting ----------------------------------------------------------------------------------

Result<std::vector<ListenerState>> listeners_of(const WorldConfig& config) {
  std::vector<ListenerState> listeners(config.listen.size());
  for (size_t i = 0; i < listeners.size(); ++i) listeners[i].address_hint = config.listen[i];
  if (!config.closed && !config.connections.empty())
    return fail(ErrorCode::kUsage, kNoOffset, "scripted connections need a closed world");
  TINE_TRY(add_connections(config, listeners));
  return listeners;
}

Result<void> add_connections(const WorldConfig& config, std::vector<ListenerState>& listeners) {
  for (const ScriptedConnection& connection : config.connections) {
    if (connection.listener >= kMaxDescriptors)
      return fail(ErrorCode::kUsage, kNoOffset, "too many listening sockets");
    if (connection.listener >= listeners.size()) listeners.resize(connection.listener + 1);
    listeners[connection.listener].script.push_back({connection.incoming});
  }
  return {};
}

Result<std::vector<os::HandleRef>> open_listeners(bool is_closed,
                                                  std::vector<ListenerState>& listeners) {
  std::vector<os::HandleRef> hosts;
  for (ListenerState& listener : listeners) {
    os::HandleRef host;
    if (!is_closed) {
      TINE_TRY_ASSIGN(host, os::listen_at(listener.address_hint));
      listener.address_hint = os::address_of(*host);
    }
    hosts.push_back(std::move(host));
  }
  return hosts;
}

// --- at work -----------------------------------------------------------------------------------

WasiResult<Descriptor> Socket::accept(wasi::FdFlags flags) {
  const Descriptor& from = descriptor();
  Descriptor made{.kind = FdKind::kConnection,
                  .rights_base = from.rights_inheriting & wasi::rights::kConnection,
                  .flags = flags,
                  .file = {},
                  .socket = {.listener = from.socket.listener, .host = {}},
                  .listing = {}};
  if (from.socket.host) {
    auto host = os::accept(*from.socket.host);
    if (!host) return fail(host.error());
    made.socket.host = std::move(*host);
    return made;
  }
  if (from.offset >= listener().script.size()) return fail(Errno::kInval);
  made.socket.connection = static_cast<uint32_t>(from.offset);
  ++edit_descriptor().offset;
  return made;
}

std::span<const uint8_t> Socket::unread() const {
  const Descriptor& d = descriptor();
  if (d.socket.connection == kUnscriptedConnection) return {};
  return std::span(listener().script[d.socket.connection].incoming).subspan(d.offset);
}

WasiResult<uint64_t> Socket::receive(std::span<uint8_t> into, bool peek) {
  const SocketRef& socket = descriptor().socket;
  if ((socket.shut & wasi::kShutReceiving) != 0) return 0;
  if (socket.host) return os::receive(*socket.host, into, peek);
  const std::span<const uint8_t> left = unread();
  const size_t n = std::min(into.size(), left.size());
  std::copy_n(left.begin(), n, into.begin());
  if (n != 0 && !peek) edit_descriptor().offset += n;
  return n;
}

WasiResult<uint64_t> Socket::send(std::span<const uint8_t> data) {
  const SocketRef& socket = descriptor().socket;
  if ((socket.shut & wasi::kShutSending) != 0) return fail(Errno::kPipe);
  if (socket.host) return os::send(*socket.host, data);
  if (socket.connection == kUnscriptedConnection) return fail(Errno::kPipe);
  const ConnectionSink& sink = world_.streams.sent_sink;
  if (sink.write) sink.write(socket.listener, socket.connection, data);
  return data.size();
}

WasiResult<void> Socket::shut_down(uint8_t how) {
  const SocketRef& socket = descriptor().socket;
  if (socket.host) {
    const auto done = os::shut_down(*socket.host, (how & wasi::kShutReceiving) != 0,
                                    (how & wasi::kShutSending) != 0);
    // Where both sides hung up already, there is nothing left to shut.
    if (!done && done.error() != Errno::kNotConn) return done;
  }
  edit_descriptor().socket.shut |= how;
  return {};
}

Socket::Readiness Socket::to_read() const {
  const Descriptor& d = descriptor();
  if (d.kind == FdKind::kListener) {
    const bool is_at_end = d.offset >= listener().script.size();
    return {.bytes = is_at_end ? 0u : 1u, .has_hung_up = is_at_end};
  }
  const bool is_shut = (d.socket.shut & wasi::kShutReceiving) != 0;
  const uint64_t left = is_shut ? 0 : unread().size();
  return {.bytes = left, .has_hung_up = left == 0};
}

Socket::Readiness Socket::to_write() const {
  const SocketRef& socket = descriptor().socket;
  const bool is_over =
      (socket.shut & wasi::kShutSending) != 0 || socket.connection == kUnscriptedConnection;
  return {.bytes = is_over ? 0u : 1u, .has_hung_up = is_over};
}

}  // namespace tine
