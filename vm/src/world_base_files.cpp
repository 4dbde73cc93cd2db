// Each answer: take it from what is known, or ask the host and keep it.
#include "world_base_files.h"

#include <algorithm>

#include "file_hash.h"

namespace tine {

using wasi::fail;

WasiResult<FileStat> BaseFiles::stat(const Place& place) {
  const std::lock_guard lock(mutex_);
  return stat_locked(place);
}

WasiResult<FileStat> BaseFiles::stat_locked(const Place& place) {
  if (const auto it = known_.find(place); it != known_.end() && it->second.stat)
    return *it->second.stat;
  if (!place.is_root()) {
    const auto names = list_locked(place.parent());
    if (!names) return fail(names.error());
    if (!std::binary_search((*names)->begin(), (*names)->end(), place.name()))
      return fail(Errno::kNoEnt);
  }
  const auto stat = host_.stat(place);
  if (!stat) return fail(stat.error());
  known_[place].stat = std::make_shared<const FileStat>(*stat);
  return *stat;
}

WasiResult<const std::vector<std::string>*> BaseFiles::list_locked(const Place& place) {
  if (const auto it = known_.find(place); it != known_.end() && it->second.names)
    return it->second.names.get();
  // Asked from the top down, so that a name missing above is a name missing here.
  const auto stat = stat_locked(place);
  if (!stat) return fail(stat.error());
  auto names = host_.list(place);
  if (!names) return fail(names.error());
  Known& known = known_[place];
  known.names = std::make_shared<const std::vector<std::string>>(std::move(*names));
  return known.names.get();
}

WasiResult<std::vector<std::string>> BaseFiles::list(const Place& place) {
  const std::lock_guard lock(mutex_);
  const auto names = list_locked(place);
  if (!names) return fail(names.error());
  return **names;
}

WasiResult<std::string> BaseFiles::read_link(const Place& place) {
  const std::lock_guard lock(mutex_);
  const auto stat = stat_locked(place);
  if (!stat) return fail(stat.error());
  Known& known = known_[place];
  if (!known.link) {
    auto target = host_.read_link(place);
    if (!target) return fail(target.error());
    known.link = std::make_shared<const std::string>(std::move(*target));
  }
  return *known.link;
}

WasiResult<std::shared_ptr<const FileBytes>> BaseFiles::contents(const Place& place) {
  const std::lock_guard lock(mutex_);
  return contents_locked(place);
}

WasiResult<std::shared_ptr<const FileBytes>> BaseFiles::contents_locked(const Place& place) {
  if (const auto it = known_.find(place); it != known_.end() && it->second.contents)
    return it->second.contents;
  const auto stat = stat_locked(place);
  if (!stat) return fail(stat.error());
  if (stat->type != FileType::kRegularFile) return fail(Errno::kNotSup);
  const auto handle = host_.open_handle(place, {.read = true});
  if (!handle) return fail(handle.error());
  FileBytes bytes;
  std::vector<uint8_t> piece(FileBytes::kPieceBytes);
  for (;;) {
    const auto n = os::read_at(**handle, bytes.size_bytes(), piece);
    if (!n) return fail(n.error());
    if (*n == 0) break;
    bytes.write(bytes.size_bytes(), std::span(piece).first(*n));
  }
  Known& known = known_[place];
  // The size that the guest sees is that of the bytes it can read.
  FileStat exact = *known.stat;
  exact.size_bytes = bytes.size_bytes();
  known.stat = std::make_shared<const FileStat>(exact);
  known.contents = std::make_shared<const FileBytes>(std::move(bytes));
  return known.contents;
}

WasiResult<FileIdentity> BaseFiles::identity(const Place& place) {
  const std::lock_guard lock(mutex_);
  const auto bytes = contents_locked(place);
  if (!bytes) return fail(bytes.error());
  Known& known = known_[place];
  if (!known.hash) {
    auto hash = hash_of([&](uint64_t offset, std::span<uint8_t> into) -> WasiResult<uint64_t> {
      return (*bytes)->read(offset, into);
    });
    if (!hash) return fail(hash.error());
    known.hash = std::make_shared<const std::vector<uint8_t>>(std::move(*hash));
  }
  return FileIdentity{known.stat->size_bytes, known.stat->mtime_ns, *known.hash};
}

}  // namespace tine
