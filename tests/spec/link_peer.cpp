#include "spec/link_peer.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace tine::spec {
namespace {

// More than any snapshot of the suite; keeps a broken answer from taking all memory.
constexpr uint64_t kMostBytes = uint64_t{8} << 30;

void write_all(int fd, const void* data, size_t size) {
  const auto* from = static_cast<const uint8_t*>(data);
  while (size > 0) {
    const ssize_t n = write(fd, from, size);
    if (n <= 0) throw std::runtime_error("link: the other build reads no more");
    from += n;
    size -= static_cast<size_t>(n);
  }
}

/// Returns false at the end of the stream, in front of the first byte.
bool read_all(int fd, void* data, size_t size) {
  auto* to = static_cast<uint8_t*>(data);
  for (size_t done = 0; done < size;) {
    const ssize_t n = read(fd, to + done, size - done);
    if (n == 0 && done == 0) return false;
    if (n <= 0) throw std::runtime_error("link: the other build broke off");
    done += static_cast<size_t>(n);
  }
  return true;
}

void write_u64(int fd, uint64_t value) {
  uint8_t bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<uint8_t>(value >> (8 * i));
  write_all(fd, bytes, sizeof bytes);
}

/// Returns false at the end of the stream.
bool read_u64(int fd, uint64_t& value) {
  uint8_t bytes[8];
  if (!read_all(fd, bytes, sizeof bytes)) return false;
  value = 0;
  for (int i = 0; i < 8; ++i) value |= uint64_t{bytes[i]} << (8 * i);
  return true;
}

void write_sized(int fd, const auto& bytes) {
  write_u64(fd, bytes.size());
  write_all(fd, bytes.data(), bytes.size());
}

template <class Bytes>
Bytes read_sized(int fd) {
  uint64_t size = 0;
  if (!read_u64(fd, size) || size > kMostBytes)
    throw std::runtime_error("link: no answer from the other build");
  Bytes bytes(size, 0);
  if (size > 0 && !read_all(fd, bytes.data(), size))
    throw std::runtime_error("link: the other build broke off");
  return bytes;
}

Result<LinkEnd> run_link(std::span<const uint8_t> snapshot, uint64_t instructions,
                         const MachineConfig& config) {
  TINE_TRY_ASSIGN(const auto machine, machine_from(snapshot, config));
  const Outcome outcome = machine->run(instructions);
  Effect effect = effect_of(*machine, outcome);
  TINE_TRY_ASSIGN(auto bytes, snapshot_bytes(*machine));
  return LinkEnd{std::move(effect), std::move(bytes)};
}

class ProcessPeer final : public LinkPeer {
 public:
  explicit ProcessPeer(const std::string& command) {
    std::istringstream in(command + " --link-server");
    for (std::string word; in >> word;) words_.push_back(word);
  }
  ~ProcessPeer() override {
    if (process_ < 0) return;
    close(to_peer_);
    close(from_peer_);
    waitpid(process_, nullptr, 0);
  }
  ProcessPeer(const ProcessPeer&) = delete;
  ProcessPeer& operator=(const ProcessPeer&) = delete;

  PeerAnswer run(std::span<const uint8_t> snapshot, const Slice& slice) override {
    if (process_ < 0) start();
    write_u64(to_peer_, static_cast<uint64_t>(slice.kind));
    write_u64(to_peer_, slice.instructions);
    write_sized(to_peer_, snapshot);
    PeerAnswer answer;
    answer.line = read_sized<std::string>(from_peer_);
    answer.bytes = read_sized<std::vector<uint8_t>>(from_peer_);
    return answer;
  }

 private:
  void start() {
    std::signal(SIGPIPE, SIG_IGN);  // a peer that died is an exception here, not our death
    std::vector<char*> args;
    for (std::string& word : words_) args.push_back(word.data());
    args.push_back(nullptr);
    int request[2];
    int answer[2];
    if (pipe2(request, O_CLOEXEC) != 0 || pipe2(answer, O_CLOEXEC) != 0)
      throw std::runtime_error("link: no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, request[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, answer[1], STDOUT_FILENO);
    const int error = posix_spawnp(&process_, args[0], &actions, nullptr, args.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(request[0]);
    close(answer[1]);
    to_peer_ = request[1];
    from_peer_ = answer[0];
    if (error != 0) {
      process_ = -1;
      throw std::runtime_error("link: cannot start " + words_[0]);
    }
  }

  std::vector<std::string> words_;
  pid_t process_ = -1;
  int to_peer_ = -1;
  int from_peer_ = -1;
};

}  // namespace

std::unique_ptr<LinkPeer> make_process_peer(const std::string& command) {
  return std::make_unique<ProcessPeer>(command);
}

void serve_links(int in, int out, MachineConfig config) {
  uint64_t kind = 0;
  while (read_u64(in, kind)) {
    uint64_t instructions = 0;
    if (kind > static_cast<uint64_t>(CodeKind::kStepping) || !read_u64(in, instructions))
      throw std::runtime_error("link: a request that makes no sense");
    config.kind = static_cast<CodeKind>(kind);
    const auto snapshot = read_sized<std::vector<uint8_t>>(in);
    const auto end = run_link(snapshot, instructions, config);
    write_sized(out, end ? exact_text(end->effect) : "error: " + end.error().to_line("snapshot"));
    write_sized(out, end ? end->bytes : std::vector<uint8_t>());
  }
}

}  // namespace tine::spec
