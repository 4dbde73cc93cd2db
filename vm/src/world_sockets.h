// Sockets: those that listen from the world's start, and the connections that they accept.
//
// A real world's are the host's. A closed world's are a script: each listening socket has a list of
// connections, each connection all the bytes that its peer sends. They are there from the start, so
// nothing has to be waited for: what the guest sees depends on what it does alone. When the script
// is at its end, a listening socket is like one that was shut down: accepting says EINVAL.
// What was accepted and received is a number in the descriptor; the script itself never changes.
#pragma once

#include <vector>

#include "world_impl.h"

namespace tine {

/// The listening sockets that a config asks for, with the scripts of a closed world.
/// Errors: kUsage (connections to a real world; too many sockets).
[[nodiscard]] Result<std::vector<ListenerState>> listeners_of(const WorldConfig& config);
/// Makes connections arrive after those that there are. Errors: as above.
[[nodiscard]] Result<void> add_connections(const WorldConfig& config,
                                           std::vector<ListenerState>& listeners);
/// The host's sockets of a real world, null ones of a closed one. Where the host was asked for any
/// free port, `address_hint` tells which one it is afterwards. Errors: those of os::listen_at.
[[nodiscard]] Result<std::vector<os::HandleRef>> open_listeners(
    bool is_closed, std::vector<ListenerState>& listeners);

/// One socket of a guest at work. What a real one has to wait for is kAgain.
class Socket {
 public:
  Socket(World::Impl& world, uint32_t fd) : world_(world), fd_(fd) {}

  /// The next connection, as a descriptor. Pre: kListener.
  /// Errors: kAgain, kInval (the script is at its end), those of the host.
  [[nodiscard]] WasiResult<Descriptor> accept(wasi::FdFlags flags);
  /// Pre: kConnection. 0: nothing more will come. Errors: kAgain, those of the host.
  [[nodiscard]] WasiResult<uint64_t> receive(std::span<uint8_t> into, bool peek);
  /// Pre: kConnection. Returns how much was taken. Errors: kAgain, kPipe, those of the host.
  [[nodiscard]] WasiResult<uint64_t> send(std::span<const uint8_t> data);
  /// Pre: kConnection. `how`: wasi::kShutReceiving, kShutSending.
  [[nodiscard]] WasiResult<void> shut_down(uint8_t how);

  /// What polling a socket says that has no host: everything is there already.
  struct Readiness {
    uint64_t bytes = 0;
    bool has_hung_up = false;
  };
  [[nodiscard]] Readiness to_read() const;
  [[nodiscard]] Readiness to_write() const;

 private:
  [[nodiscard]] const Descriptor& descriptor() const {
    return *world_.value().descriptors->find(fd_);
  }
  [[nodiscard]] Descriptor& edit_descriptor() {
    return *world_.edit_value().descriptors.edit().find(fd_);
  }
  [[nodiscard]] const ListenerState& listener() const {
    return world_.value().setup->listeners[descriptor().socket.listener];
  }
  /// What a scripted connection has still to give.
  [[nodiscard]] std::span<const uint8_t> unread() const;

  World::Impl& world_;
  uint32_t fd_;
};

}  // namespace tine
