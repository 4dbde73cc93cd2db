// socket, bind, listen, accept4, recv, send, shutdown, and addresses as text.
#include "os_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <system_error>

#include "os_errno.h"

namespace tine::os {
namespace {

constexpr int kWaitingConnections = 128;

/// An address as the system takes it: one of two structs behind a common head.
struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&bytes); }
};

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::optional<Address> parse_address(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto port = parse_port(std::string_view(text).substr(colon + 1));
  if (!port) return std::nullopt;
  std::string host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  Address address;
  if (host.starts_with('[') && host.ends_with(']')) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(*port);
    if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6.sin6_addr) != 1)
      return std::nullopt;
    std::memcpy(&address.bytes, &v6, sizeof v6);
    address.size = sizeof v6;
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(*port);
    if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return std::nullopt;
    std::memcpy(&address.bytes, &v4, sizeof v4);
    address.size = sizeof v4;
  }
  return address;
}

std::unexpected<Error> refused(const std::string& address) {
  return fail(ErrorCode::kIo, kNoOffset, address + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<HandleRef> listen_at(const std::string& address) {
  auto where = parse_address(address);
  if (!where)
    return fail(ErrorCode::kUsage, kNoOffset,
                address + ": expected HOST:PORT, HOST an IP address or localhost");
  const int fd =
      socket(where->bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  if (fd < 0) return refused(address);
  auto handle = std::make_shared<const Handle>(fd);
  const int on = 1;
  // A port whose last connections linger can be listened at again.
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(fd, where->get(), where->size) != 0 || listen(fd, kWaitingConnections) != 0)
    return refused(address);
  return handle;
}

std::string address_of(const Handle& listener) {
  Address address;
  address.size = sizeof address.bytes;
  if (getsockname(listener.fd(), address.get(), &address.size) != 0) return {};
  char host[INET6_ADDRSTRLEN] = {};
  if (address.bytes.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address.bytes, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
    return "[" + std::string(host) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  sockaddr_in v4;
  std::memcpy(&v4, &address.bytes, sizeof v4);
  inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
  return std::string(host) + ":" + std::to_string(ntohs(v4.sin_port));
}

WasiResult<HandleRef> accept(const Handle& listener) {
  const int fd = accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return last_errno();
  return std::make_shared<const Handle>(fd);
}

WasiResult<uint64_t> receive(const Handle& connection, std::span<uint8_t> into, bool peek) {
  const ssize_t n = recv(connection.fd(), into.data(), into.size(), peek ? MSG_PEEK : 0);
  if (n < 0) return last_errno();
  return static_cast<uint64_t>(n);
}

WasiResult<uint64_t> send(const Handle& connection, std::span<const uint8_t> data) {
  const ssize_t n = ::send(connection.fd(), data.data(), data.size(), MSG_NOSIGNAL);
  if (n < 0) return last_errno();
  return static_cast<uint64_t>(n);
}

WasiResult<void> shut_down(const Handle& connection, bool receiving, bool sending) {
  const int how = receiving && sending ? SHUT_RDWR : receiving ? SHUT_RD : SHUT_WR;
  if (shutdown(connection.fd(), how) != 0) return last_errno();
  return {};
}

}  // namespace tine::os
