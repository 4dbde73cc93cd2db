// Descriptors: the guest's table of file descriptors.
//
// An entry knows everything about an open file but its contents: where it is (a Place), how far it
// was read, and what may be done with it. Numbers are given out lowest first, as POSIX does, so
// that they depend on the guest alone.
#pragma once

#include <map>
#include <memory>

#include "world_files.h"

namespace tine {

/// Values are those of FdState::kind.
enum class FdKind : uint8_t {
  kStdin = 0,
  kStdout = 1,
  kStderr = 2,
  kDirectory = 3,
  kFile = 4,
  kListener = 5,    // a socket that accepts connections
  kConnection = 6,  // one that it accepted
};
inline constexpr uint8_t kFdKindCount = 7;

[[nodiscard]] constexpr bool is_socket(FdKind kind) {
  return kind == FdKind::kListener || kind == FdKind::kConnection;
}
[[nodiscard]] constexpr bool is_stream(FdKind kind) { return kind <= FdKind::kStderr; }

/// Descriptor numbers are below this.
inline constexpr uint32_t kMaxDescriptors = 1024;

/// In FdState::shut, beside WASI's flags: nobody is at the other end any more.
inline constexpr uint8_t kPeerIsGone = 4;

/// What a descriptor of a socket is. Without a script and without a host's socket its peer is gone.
struct SocketRef {
  uint32_t listener = 0;                        // which one it is, or which one accepted it
  uint32_t connection = kUnscriptedConnection;  // closed worlds: which one of the listener's script
  uint8_t shut = 0;                             // wasi::kShutReceiving, kShutSending
  os::HandleRef host;                           // real worlds
};

struct Descriptor {
  FdKind kind = FdKind::kFile;
  wasi::Rights rights_base = 0;
  wasi::Rights rights_inheriting = 0;
  wasi::FdFlags flags = 0;
  bool is_preopen = false;
  /// kFile: the position; kListener: connections of the script accepted; kConnection: bytes of the
  /// script received.
  uint64_t offset = 0;
  FileRef file;      // kDirectory and kFile
  SocketRef socket;  // kListener and kConnection
  /// kDirectory: what fd_readdir walks, in order of cookies; null until cookie 0 is asked for.
  std::shared_ptr<const std::vector<std::string>> listing;
};

class Descriptors {
 public:
  using Table = std::map<uint32_t, Descriptor>;

  [[nodiscard]] const Table& table() const { return table_; }
  [[nodiscard]] const Descriptor* find(uint32_t fd) const;
  [[nodiscard]] Descriptor* find(uint32_t fd);
  /// Under the lowest free number. Errors: kMFile.
  [[nodiscard]] WasiResult<uint32_t> add(Descriptor descriptor);
  /// Under a number of the caller's choice. Pre: free and below kMaxDescriptors.
  void add_at(uint32_t fd, Descriptor descriptor);
  void remove(uint32_t fd) { table_.erase(fd); }
  /// Pre: `from` is open, `to` is free.
  void move(uint32_t from, uint32_t to);

  /// Whether a file is open at this place.
  [[nodiscard]] bool is_open(const Place& place) const;
  /// Makes descriptors of files at `from` mean `to`.
  void repoint(const Place& from, const Place& to);
  /// Makes descriptors at `from` and beneath it follow a rename to `to`.
  void follow_rename(const Place& from, const Place& to);

 private:
  Table table_;
};

/// A descriptor of a standard stream, with the rights it starts with.
[[nodiscard]] Descriptor standard_stream(FdKind kind);
/// A descriptor of preopen `index`.
[[nodiscard]] Descriptor preopened_directory(uint32_t index);
/// A descriptor of listener `index`; `host` is null in closed worlds.
[[nodiscard]] Descriptor listening_socket(uint32_t index, os::HandleRef host);
/// The most rights a descriptor of this kind can hold.
[[nodiscard]] wasi::Rights possible_rights(FdKind kind);

}  // namespace tine
