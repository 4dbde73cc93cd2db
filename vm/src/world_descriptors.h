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
enum class FdKind : uint8_t { kStdin = 0, kStdout = 1, kStderr = 2, kDirectory = 3, kFile = 4 };
inline constexpr uint8_t kFdKindCount = 5;

/// Descriptor numbers are below this.
inline constexpr uint32_t kMaxDescriptors = 1024;

struct Descriptor {
  FdKind kind = FdKind::kFile;
  wasi::Rights rights_base = 0;
  wasi::Rights rights_inheriting = 0;
  wasi::FdFlags flags = 0;
  bool is_preopen = false;
  uint64_t offset = 0;
  FileRef file;  // kDirectory and kFile
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
/// The most rights a descriptor of this kind can hold.
[[nodiscard]] wasi::Rights possible_rights(FdKind kind);

}  // namespace tine
