// Files and directories of the host, one system call a function, errors as WASI's numbers.
//
// Nothing here resolves a path of more than one name: callers walk, name by name, and no function
// follows a symbolic link. That is what confinement rests on (world_real_files.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tine/result.h"
#include "wasi_abi.h"

namespace tine::os {

using wasi::Errno;
using wasi::FileType;
using wasi::WasiResult;

/// A host file descriptor, closed when the last share of it goes.
class Handle {
 public:
  explicit Handle(int fd) : fd_(fd) {}
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};
using HandleRef = std::shared_ptr<const Handle>;

struct FileStat {
  uint64_t device = 0;
  uint64_t inode = 0;
  FileType type = FileType::kUnknown;
  uint64_t links = 1;
  uint64_t size_bytes = 0;
  uint64_t atime_ns = 0;
  uint64_t mtime_ns = 0;
  uint64_t ctime_ns = 0;
};

/// What to set; nothing: leave as it is.
struct FileTimes {
  std::optional<uint64_t> atime_ns;
  std::optional<uint64_t> mtime_ns;
};

struct OpenMode {
  bool read = false;
  bool write = false;
  bool create = false;
  bool exclusive = false;  // with create: fails if it exists
  bool truncate = false;
  bool directory = false;  // fails if it is none
  bool nonblock = false;   // of a pipe: neither opening nor reading waits
};

/// A directory by any host path: the only function that takes one. Errors: kIo with the path.
[[nodiscard]] Result<HandleRef> open_preopen(const std::string& host_path);

// Beneath a directory. `name` is one name, or "." for the directory itself.
[[nodiscard]] WasiResult<HandleRef> open_at(const Handle& directory, const std::string& name,
                                            const OpenMode& mode);
/// A directory to walk through, without the right to list it.
[[nodiscard]] WasiResult<HandleRef> step_into(const Handle& directory, const std::string& name);
[[nodiscard]] WasiResult<FileStat> stat_at(const Handle& directory, const std::string& name);
[[nodiscard]] WasiResult<std::string> read_link_at(const Handle& directory,
                                                   const std::string& name);
[[nodiscard]] WasiResult<void> set_times_at(const Handle& directory, const std::string& name,
                                            const FileTimes& times);
[[nodiscard]] WasiResult<void> make_directory_at(const Handle& directory, const std::string& name);
[[nodiscard]] WasiResult<void> unlink_at(const Handle& directory, const std::string& name);
[[nodiscard]] WasiResult<void> remove_directory_at(const Handle& directory,
                                                   const std::string& name);
[[nodiscard]] WasiResult<void> symlink_at(const std::string& target, const Handle& directory,
                                          const std::string& name);
[[nodiscard]] WasiResult<void> rename_at(const Handle& from, const std::string& from_name,
                                         const Handle& to, const std::string& to_name);
[[nodiscard]] WasiResult<void> link_at(const Handle& from, const std::string& from_name,
                                       const Handle& to, const std::string& to_name);

// Of an open file or directory.
[[nodiscard]] WasiResult<FileStat> stat(const Handle& file);
/// The same file once more, for reading, even where no name leads to it any more.
[[nodiscard]] WasiResult<HandleRef> open_again(const Handle& file);
/// Names without "." and "..", in no particular order.
[[nodiscard]] WasiResult<std::vector<std::string>> list(const Handle& directory);
/// Reads at `offset`, or where the stream stands if it cannot seek. 0: end of file.
[[nodiscard]] WasiResult<uint64_t> read_at(const Handle& file, uint64_t offset,
                                           std::span<uint8_t> into);
[[nodiscard]] WasiResult<uint64_t> write_at(const Handle& file, uint64_t offset,
                                            std::span<const uint8_t> data);
[[nodiscard]] WasiResult<void> set_size(const Handle& file, uint64_t size_bytes);
/// Makes the file at least `end` bytes long, with room on the disk from `offset` on.
[[nodiscard]] WasiResult<void> allocate(const Handle& file, uint64_t offset, uint64_t end);
[[nodiscard]] WasiResult<void> set_times(const Handle& file, const FileTimes& times);
/// Whether reads and writes of a pipe or device may wait.
[[nodiscard]] WasiResult<void> set_nonblocking(const Handle& file, bool on);
[[nodiscard]] WasiResult<void> sync(const Handle& file);
[[nodiscard]] WasiResult<void> sync_data(const Handle& file);

}  // namespace tine::os
