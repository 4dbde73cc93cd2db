// RealFiles: the real world's files, beneath preopened host directories and nowhere else.
#pragma once

#include <vector>

#include "world_files.h"

namespace tine {

class RealFiles final : public Files {
 public:
  RealFiles() = default;
  /// `roots[i]` is preopen i.
  explicit RealFiles(std::vector<os::HandleRef> roots) : roots_(std::move(roots)) {}

  [[nodiscard]] WasiResult<FileStat> stat(const Place& place) const override;
  [[nodiscard]] WasiResult<std::string> read_link(const Place& place) const override;
  [[nodiscard]] WasiResult<std::vector<std::string>> list(const Place& place) const override;
  [[nodiscard]] WasiResult<FileRef> open(const Place& place, const OpenMode& mode,
                                         uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> make_directory(const Place& place, uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> remove_directory(const Place& place) override;
  [[nodiscard]] WasiResult<void> unlink(const Place& place) override;
  [[nodiscard]] WasiResult<void> rename(const Place& from, const Place& to) override;
  [[nodiscard]] WasiResult<void> symlink(const std::string& target, const Place& place,
                                         uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> link(const Place& from, const Place& to) override;
  [[nodiscard]] WasiResult<FileStat> stat_open(const FileRef& file) const override;
  [[nodiscard]] WasiResult<uint64_t> read(const FileRef& file, uint64_t offset,
                                          std::span<uint8_t> into) const override;
  [[nodiscard]] WasiResult<uint64_t> write(const FileRef& file, uint64_t offset,
                                           std::span<const uint8_t> data, uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> set_size(const FileRef& file, uint64_t size_bytes,
                                          uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> allocate(const FileRef& file, uint64_t offset, uint64_t end,
                                          uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> set_times(const FileRef& file, const FileTimes& times) override;
  [[nodiscard]] WasiResult<void> sync(const FileRef& file, bool data_only) const override;
  [[nodiscard]] WasiResult<std::optional<FileStat>> host_stat(const FileRef& file) const override;
  [[nodiscard]] bool is_in_place(const FileRef& file) const override;
  [[nodiscard]] WasiResult<FileRef> readable(const FileRef& file) const override;
  [[nodiscard]] WasiResult<FileIdentity> identity(const FileRef& file) const override;

  /// The host's descriptor of a place, without following any link.
  [[nodiscard]] WasiResult<os::HandleRef> open_handle(const Place& place,
                                                      const OpenMode& mode) const;

 private:
  /// A name in a directory of the host.
  struct Spot {
    os::HandleRef directory;
    std::string name;
  };
  [[nodiscard]] WasiResult<Spot> walk_to(const Place& place) const;

  std::vector<os::HandleRef> roots_;
};

}  // namespace tine
