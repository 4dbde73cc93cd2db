// The operating system, as far as fork/ needs it: files, memfds, mappings. Nothing else in this
// room makes a system call.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tine/result.h"

namespace tine::os {

/// An owned file descriptor, with the name that error messages give it.
class File {
 public:
  File() = default;
  File(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}
  File& operator=(File&& other) noexcept;
  ~File();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Size in bytes. Errors: kIo; also for what is not a regular file.
  [[nodiscard]] Result<uint64_t> size() const;
  /// Fills `to` from `offset`. Errors: kIo, also where the file ends early.
  [[nodiscard]] Result<void> read_at(uint64_t offset, std::span<uint8_t> to) const;
  [[nodiscard]] Result<void> write_at(uint64_t offset, std::span<const uint8_t> from) const;
  /// Reads on from where the last such read ended; how much came, 0 at the end. Errors: kIo.
  [[nodiscard]] Result<size_t> read_next(std::span<uint8_t> to) const;
  /// Writes on behind what was written so. Errors: kIo.
  [[nodiscard]] Result<void> write_next(std::span<const uint8_t> from) const;

 private:
  int fd_ = -1;
  std::string name_;
};

/// Errors: kIo.
[[nodiscard]] Result<File> open_for_reading(const std::string& path);

/// This process's standard streams, as files of our own. Errors: kIo.
[[nodiscard]] Result<File> standard_input();
[[nodiscard]] Result<File> standard_output();

/// The folder that a path's file is in, and its name there.
[[nodiscard]] std::string folder_of(const std::string& path);
[[nodiscard]] std::string name_of(const std::string& path);

/// A nameless file in memory, all zeros, which take no space. Errors: kIo.
[[nodiscard]] Result<File> create_memfd(uint64_t size_bytes);
/// Cuts a file, or makes it longer by zeros. Errors: kIo.
[[nodiscard]] Result<void> resize(const File& file, uint64_t size_bytes);
/// Makes a range of a file zeros that take no space. Errors: kIo.
[[nodiscard]] Result<void> make_hole(const File& file, uint64_t offset, uint64_t size_bytes);
/// From now on nobody, we included, can change a memfd. Errors: kIo.
[[nodiscard]] Result<void> seal(const File& memfd);

/// A half-open range of a file.
struct Extent {
  uint64_t begin = 0;
  uint64_t end = 0;
};
/// The first extent of `[from, end)` that is not a hole, or an empty one at `end`. File systems
/// without holes answer `[from, end)`.
[[nodiscard]] Extent next_data(int fd, uint64_t from, uint64_t end);

/// The parts of a private file mapping that are no longer the file's own pages, but copies that this
/// process has written to, as offsets in `mapping`. What is left out equals the file, by the
/// kernel's word. Where the kernel does not tell: everything.
[[nodiscard]] std::vector<Extent> own_pages(std::span<const uint8_t> mapping);

/// Maps pages that are about to be read in one go, instead of by one page fault each. A hint: what
/// cannot be mapped now is still mapped when it is read.
void map_for_reading(std::span<const uint8_t> bytes);

/// A private mapping: of a file, read-only; or of zeros and views of files, to be written to.
class Mapping {
 public:
  Mapping() = default;
  Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  /// `offset` is a multiple of 64 KiB, `size_bytes` > 0. Errors: kIo.
  [[nodiscard]] static Result<Mapping> create(const File& file, uint64_t offset,
                                              uint64_t size_bytes);
  /// Zeros of our own, which take no memory until they are written to. Errors: kIo.
  [[nodiscard]] static Result<Mapping> zeros(uint64_t size_bytes);
  /// Puts a copy-on-write view of a file over a part of zeros(). All are multiples of 64 KiB.
  /// Errors: kIo.
  [[nodiscard]] Result<void> put_view(uint64_t at, const File& file, uint64_t offset,
                                      uint64_t size_bytes);
  [[nodiscard]] std::span<const uint8_t> bytes() const { return bytes_; }
  /// Pre: made by zeros().
  [[nodiscard]] uint8_t* writable() const { return const_cast<uint8_t*>(bytes_.data()); }

 private:
  std::span<const uint8_t> bytes_;
};

/// A file that appears under its name whole or not at all: written without a name where the file
/// system can do that, else under a temporary one in the same folder; mode 0600, then fsynced and
/// renamed, and the folder fsynced. Without commit() it vanishes; so does a nameless one whose writer
/// is killed. A temporary name is never one that a snapshot would be given.
class AtomicFile {
 public:
  AtomicFile(AtomicFile&& other) noexcept
      : path_(std::move(other.path_)),
        temporary_path_(std::exchange(other.temporary_path_, {})),
        file_(std::move(other.file_)) {}
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  /// A file of `size_bytes` zeros that take no space. Errors: kIo.
  [[nodiscard]] static Result<AtomicFile> create(const std::string& path, uint64_t size_bytes);
  [[nodiscard]] const File& file() const { return file_; }
  /// Errors: kIo; the file under `path` is the old one then.
  [[nodiscard]] Result<void> commit();

 private:
  AtomicFile() = default;
  [[nodiscard]] Result<void> give_temporary_name();
  std::string path_;
  std::string temporary_path_;  // empty while it has no name, once committed or moved from
  File file_;
};

}  // namespace tine::os
