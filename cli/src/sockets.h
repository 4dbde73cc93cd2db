// The sockets of a guest that runs in the foreground: `--listen`, `--connect`, `--sent`.
//
// In a real world the guest's listening sockets are ports of this machine. In a closed one each
// `--connect FILE` is a connection to the first of them, whose peer sends the file's bytes.
#pragma once

#include <string>
#include <vector>

#include "cli11_fwd.h"
#include "tine/result.h"
#include "tine/world.h"

namespace tine::cli {

struct SocketOptions {
  std::vector<std::string> listen;   // HOST:PORT
  std::vector<std::string> connect;  // files
  std::string sent;                  // a file; %n in its name becomes a connection's number

  void add(CLI::App& command);
  /// Fills in the sockets of `config`. Errors: kIo (a file cannot be read).
  [[nodiscard]] Result<void> put_into(WorldConfig& config) const;
  /// Says on stderr which ports the host chose, and keeps what the guest sends.
  void attach(World& world) const;
};

}  // namespace tine::cli
