// Files: what a World's descriptors and path functions stand on, real or closed.
//
// A file or directory is named by its Place: a preopened directory and a canonical path beneath it.
// resolve() (world_paths.h) turns whatever the guest says into a Place, following symbolic links
// itself; no implementation of Files ever follows one. So both worlds have the same rules of
// confinement, and an open file can be told in a snapshot by its Place.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "os_files.h"
#include "tine/state.h"
#include "wasi_abi.h"

namespace tine {

using os::FileStat;
using os::FileTimes;
using os::OpenMode;
using wasi::Errno;
using wasi::FileType;
using wasi::WasiResult;

// A namespace of its own: where a thread stands is a tine::Place, too (machine_impl.h).
namespace files {
struct Place {
  uint32_t preopen = 0;
  std::string path;  // names joined by '/', no ".", "..", or links; "": the preopen itself
  auto operator<=>(const Place&) const = default;

  /// The place called `name` in this directory.
  [[nodiscard]] Place child(const std::string& name) const {
    return {preopen, path.empty() ? name : path + '/' + name};
  }
  [[nodiscard]] bool is_root() const { return path.empty(); }
  [[nodiscard]] bool is_orphan() const { return preopen == kOrphanPreopen; }
  /// Pre: !is_root().
  [[nodiscard]] Place parent() const {
    const size_t slash = path.rfind('/');
    return {preopen, slash == std::string::npos ? std::string() : path.substr(0, slash)};
  }
  [[nodiscard]] std::string name() const { return path.substr(path.rfind('/') + 1); }
  /// Whether `inner` lies beneath this directory, at any depth.
  [[nodiscard]] bool contains(const Place& inner) const {
    if (inner.preopen != preopen || inner.path.size() <= path.size()) return false;
    return path.empty() || (inner.path.starts_with(path) && inner.path[path.size()] == '/');
  }
};
}  // namespace files
using files::Place;

/// An open file or directory. A closed world needs only its place; a real one holds the host's
/// descriptor of files (directories are walked to anew each time).
struct FileRef {
  Place place;
  os::HandleRef host;
  bool may_wait = false;  // a pipe or a device of the host
};

/// By what a file of the host is known again when a snapshot is restored.
struct FileIdentity {
  uint64_t size_bytes = 0;
  uint64_t mtime_ns = 0;
  std::vector<uint8_t> hash;  // XXH3-128 of the contents, canonical byte order
};

class Files {
 public:
  virtual ~Files() = default;

  // By place.
  [[nodiscard]] virtual WasiResult<FileStat> stat(const Place& place) const = 0;
  [[nodiscard]] virtual WasiResult<std::string> read_link(const Place& place) const = 0;
  /// Names in the directory, sorted.
  [[nodiscard]] virtual WasiResult<std::vector<std::string>> list(const Place& place) const = 0;
  [[nodiscard]] virtual WasiResult<FileRef> open(const Place& place, const OpenMode& mode,
                                                 uint64_t now_ns) = 0;
  [[nodiscard]] virtual WasiResult<void> make_directory(const Place& place, uint64_t now_ns) = 0;
  [[nodiscard]] virtual WasiResult<void> remove_directory(const Place& place) = 0;
  [[nodiscard]] virtual WasiResult<void> unlink(const Place& place) = 0;
  [[nodiscard]] virtual WasiResult<void> rename(const Place& from, const Place& to) = 0;
  [[nodiscard]] virtual WasiResult<void> symlink(const std::string& target, const Place& place,
                                                 uint64_t now_ns) = 0;
  [[nodiscard]] virtual WasiResult<void> link(const Place& from, const Place& to) = 0;

  // Open files.
  [[nodiscard]] virtual WasiResult<FileStat> stat_open(const FileRef& file) const = 0;
  [[nodiscard]] virtual WasiResult<uint64_t> read(const FileRef& file, uint64_t offset,
                                                  std::span<uint8_t> into) const = 0;
  [[nodiscard]] virtual WasiResult<uint64_t> write(const FileRef& file, uint64_t offset,
                                                   std::span<const uint8_t> data,
                                                   uint64_t now_ns) = 0;
  [[nodiscard]] virtual WasiResult<void> set_size(const FileRef& file, uint64_t size_bytes,
                                                  uint64_t now_ns) = 0;
  /// Room for `[offset, end)`; the file is at least `end` bytes long afterwards.
  [[nodiscard]] virtual WasiResult<void> allocate(const FileRef& file, uint64_t offset,
                                                  uint64_t end, uint64_t now_ns) = 0;
  /// Also for what is not open: a FileRef with only a place. Does not follow links.
  [[nodiscard]] virtual WasiResult<void> set_times(const FileRef& file, const FileTimes& times) = 0;
  [[nodiscard]] virtual WasiResult<void> sync(const FileRef& file, bool data_only) const = 0;

  // For capture and restore.

  /// What an open file is whose contents come from the host; nothing for others.
  [[nodiscard]] virtual WasiResult<std::optional<FileStat>> host_stat(
      const FileRef& file) const = 0;
  /// Whether its place still names this open file.
  [[nodiscard]] virtual bool is_in_place(const FileRef& file) const = 0;
  /// The same file to read from, whatever the guest may do with it.
  [[nodiscard]] virtual WasiResult<FileRef> readable(const FileRef& file) const = 0;
  /// Pre: a regular file of the host. Cost: one pass over the file.
  [[nodiscard]] virtual WasiResult<FileIdentity> identity(const FileRef& file) const = 0;
};

}  // namespace tine
