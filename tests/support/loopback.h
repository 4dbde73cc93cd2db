// Peer: a client of a listening socket on this machine that says all it has to say, and listens.
//
// Its constructor returns when everything has arrived at the other side, so that no test depends on
// how fast this machine is.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tine/check.h"

namespace tine::test {

class Peer {
 public:
  /// Connects to 127.0.0.1:PORT, sends `text` and, unless it stays, hangs up its own direction.
  Peer(const std::string& address, std::string_view text, bool stays = false)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port =
        htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    TINE_CHECK(connect(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0);
    TINE_CHECK(send(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    if (!stays) TINE_CHECK(shutdown(fd_, SHUT_WR) == 0);
    while (!has_arrived(stays)) usleep(100);
  }
  ~Peer() { close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// More, from a peer that stayed.
  void say(std::string_view text) const {
    TINE_CHECK(send(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }
  /// All that the other side sends, until it hangs up.
  [[nodiscard]] std::string received() const {
    std::string all;
    char block[4096];
    for (ssize_t n; (n = recv(fd_, block, sizeof block, 0)) > 0;)
      all.append(block, static_cast<size_t>(n));
    return all;
  }

 private:
  [[nodiscard]] bool has_arrived(bool stays) const {
    tcp_info info{};
    socklen_t size = sizeof info;
    TINE_CHECK(getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
    return info.tcpi_unacked == 0 && info.tcpi_state == (stays ? TCP_ESTABLISHED : TCP_FIN_WAIT2);
  }

  int fd_;
};

}  // namespace tine::test
