#include "sockets.h"

#include <fstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "snapshots.h"
#include "tine/program.h"

namespace tine::cli {

namespace {

/// Appends to the file of each connection; the first bytes of a run make it anew.
class SentFiles {
 public:
  explicit SentFiles(std::string path) : path_(std::move(path)) {}

  void write(uint32_t connection, std::span<const uint8_t> data) {
    const std::string path = numbered(path_, connection + 1);
    auto file = files_.find(path);
    if (file == files_.end())
      file = files_.emplace(path, std::ofstream(path, std::ios::binary)).first;
    file->second.write(reinterpret_cast<const char*>(data.data()),
                       static_cast<std::streamsize>(data.size()));
    file->second.flush();
    if (!file->second && !has_failed_) {
      fmt::print(stderr, "tine: {}: cannot be written\n", escape_for_terminal(path));
      has_failed_ = true;
    }
  }

 private:
  std::string path_;
  std::map<std::string, std::ofstream> files_;
  bool has_failed_ = false;
};

}  // namespace

void SocketOptions::add(CLI::App& command) {
  command
      .add_option("--listen", listen,
                  "Gives the guest a listening socket, behind its directories; port 0: any")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false);
  command
      .add_option("--connect", connect,
                  "Closed world: a connection to the first socket, whose peer sends this file")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      .add_option(
          "--sent", sent,
          "Keeps what the guest sends to --connect; %n in it becomes the connection's number")
      ->type_name("FILE");
}

Result<void> SocketOptions::put_into(WorldConfig& config) const {
  config.listen = listen;
  for (const std::string& path : connect) {
    auto bytes = read_file(path);
    if (!bytes) return fail(ErrorCode::kIo, kNoOffset, path + ": " + bytes.error().detail);
    config.connections.push_back({std::move(*bytes), 0});
  }
  return {};
}

void SocketOptions::attach(World& world) const {
  const std::vector<std::string> addresses = world.listen_addresses();
  for (size_t i = 0; !world.is_closed() && i < listen.size(); ++i)
    if (listen[i].ends_with(":0")) fmt::print(stderr, "tine: listens at {}\n", addresses[i]);
  if (sent.empty()) return;
  auto files = std::make_shared<SentFiles>(sent);
  world.set_sent({[files](uint32_t, uint32_t connection, std::span<const uint8_t> data) {
    files->write(connection, data);
  }});
}

}  // namespace tine::cli
