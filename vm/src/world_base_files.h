// BaseFiles: host directories as a closed world sees them: read once, then never again.
//
// What a fork reads must not depend on when it reads it. So every directory is listed, every file
// read and every link resolved at most once, when first asked for; the answers are kept and shared
// by all worlds that were copied from one (threads included). What is not in a directory's listing
// does not exist, so answers about missing names need no memory.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "file_bytes.h"
#include "world_real_files.h"

namespace tine {

class BaseFiles {
 public:
  BaseFiles() = default;
  explicit BaseFiles(RealFiles host) : host_(std::move(host)) {}

  [[nodiscard]] WasiResult<FileStat> stat(const Place& place);
  [[nodiscard]] WasiResult<std::string> read_link(const Place& place);
  [[nodiscard]] WasiResult<std::vector<std::string>> list(const Place& place);
  /// Contents of a regular file. Cost: the whole file at first, a pointer afterwards.
  [[nodiscard]] WasiResult<std::shared_ptr<const FileBytes>> contents(const Place& place);
  [[nodiscard]] WasiResult<FileIdentity> identity(const Place& place);

 private:
  struct Known {
    std::shared_ptr<const FileStat> stat;
    std::shared_ptr<const std::string> link;
    std::shared_ptr<const std::vector<std::string>> names;
    std::shared_ptr<const FileBytes> contents;
    std::shared_ptr<const std::vector<uint8_t>> hash;
  };
  [[nodiscard]] WasiResult<FileStat> stat_locked(const Place& place);
  [[nodiscard]] WasiResult<const std::vector<std::string>*> list_locked(const Place& place);
  [[nodiscard]] WasiResult<std::shared_ptr<const FileBytes>> contents_locked(const Place& place);

  const RealFiles host_;
  std::mutex mutex_;
  std::map<Place, Known> known_;
};

}  // namespace tine
