// Every place is reached by walking down from its preopen, one name at a time, with O_NOFOLLOW.
// A place has no links and no ".." in it, so the walk cannot leave the preopen, whatever other
// processes do to the directories meanwhile.
#include "world_real_files.h"

#include <algorithm>

#include "file_hash.h"
#include "tine/check.h"

namespace tine {

using wasi::fail;

WasiResult<RealFiles::Spot> RealFiles::walk_to(const Place& place) const {
  if (place.preopen >= roots_.size()) return fail(Errno::kBadf);
  Spot spot{roots_[place.preopen], "."};
  size_t begin = 0;
  while (begin < place.path.size()) {
    if (begin != 0) {
      auto next = os::step_into(*spot.directory, spot.name);
      if (!next) return fail(next.error());
      spot.directory = std::move(*next);
    }
    const size_t end = std::min(place.path.find('/', begin), place.path.size());
    spot.name = place.path.substr(begin, end - begin);
    TINE_CHECK(!spot.name.empty() && spot.name != ".." && spot.name != ".");
    begin = end + 1;
  }
  return spot;
}

WasiResult<os::HandleRef> RealFiles::open_handle(const Place& place, const OpenMode& mode) const {
  const auto spot = walk_to(place);
  if (!spot) return fail(spot.error());
  return os::open_at(*spot->directory, spot->name, mode);
}

WasiResult<FileStat> RealFiles::stat(const Place& place) const {
  const auto spot = walk_to(place);
  if (!spot) return fail(spot.error());
  return os::stat_at(*spot->directory, spot->name);
}

WasiResult<std::string> RealFiles::read_link(const Place& place) const {
  const auto spot = walk_to(place);
  if (!spot) return fail(spot.error());
  return os::read_link_at(*spot->directory, spot->name);
}

WasiResult<std::vector<std::string>> RealFiles::list(const Place& place) const {
  const auto directory = open_handle(place, {.read = true, .directory = true});
  if (!directory) return fail(directory.error());
  auto names = os::list(**directory);
  if (names) std::sort(names->begin(), names->end());
  return names;
}

WasiResult<FileRef> RealFiles::open(const Place& place, const OpenMode& mode, uint64_t) {
  auto handle = open_handle(place, mode);
  if (!handle) return fail(handle.error());
  const auto stat = os::stat(**handle);
  if (!stat) return fail(stat.error());
  const bool may_wait = stat->type != FileType::kRegularFile && stat->type != FileType::kDirectory;
  return FileRef{place, std::move(*handle), may_wait};
}

WasiResult<void> RealFiles::make_directory(const Place& place, uint64_t) {
  const auto spot = walk_to(place);
  if (!spot) return fail(spot.error());
  return os::make_directory_at(*spot->directory, spot->name);
}

WasiResult<void> RealFiles::remove_directory(const Place& place) {
  const auto spot = walk_to(place);
  if (!spot) return fail(spot.error());
  return os::remove_directory_at(*spot->directory, spot->name);
}

WasiResult<void> RealFiles::unlink(const Place& place) {
  const auto spot = walk_to(place);
  if (!spot) return fail(spot.error());
  return os::unlink_at(*spot->directory, spot->name);
}

WasiResult<void> RealFiles::rename(const Place& from, const Place& to) {
  const auto from_spot = walk_to(from);
  if (!from_spot) return fail(from_spot.error());
  const auto to_spot = walk_to(to);
  if (!to_spot) return fail(to_spot.error());
  return os::rename_at(*from_spot->directory, from_spot->name, *to_spot->directory, to_spot->name);
}

WasiResult<void> RealFiles::symlink(const std::string& target, const Place& place, uint64_t) {
  const auto spot = walk_to(place);
  if (!spot) return fail(spot.error());
  return os::symlink_at(target, *spot->directory, spot->name);
}

WasiResult<void> RealFiles::link(const Place& from, const Place& to) {
  const auto from_spot = walk_to(from);
  if (!from_spot) return fail(from_spot.error());
  const auto to_spot = walk_to(to);
  if (!to_spot) return fail(to_spot.error());
  return os::link_at(*from_spot->directory, from_spot->name, *to_spot->directory, to_spot->name);
}

WasiResult<FileStat> RealFiles::stat_open(const FileRef& file) const {
  return file.host ? os::stat(*file.host) : stat(file.place);
}

WasiResult<uint64_t> RealFiles::read(const FileRef& file, uint64_t offset,
                                     std::span<uint8_t> into) const {
  return os::read_at(*file.host, offset, into);
}

WasiResult<uint64_t> RealFiles::write(const FileRef& file, uint64_t offset,
                                      std::span<const uint8_t> data, uint64_t) {
  return os::write_at(*file.host, offset, data);
}

WasiResult<void> RealFiles::set_size(const FileRef& file, uint64_t size_bytes, uint64_t) {
  return os::set_size(*file.host, size_bytes);
}

WasiResult<void> RealFiles::allocate(const FileRef& file, uint64_t offset, uint64_t end, uint64_t) {
  return os::allocate(*file.host, offset, end);
}

WasiResult<void> RealFiles::set_times(const FileRef& file, const FileTimes& times) {
  if (file.host) return os::set_times(*file.host, times);
  const auto spot = walk_to(file.place);
  if (!spot) return fail(spot.error());
  return os::set_times_at(*spot->directory, spot->name, times);
}

WasiResult<void> RealFiles::sync(const FileRef& file, bool data_only) const {
  if (!file.host) return {};
  return data_only ? os::sync_data(*file.host) : os::sync(*file.host);
}

WasiResult<std::optional<FileStat>> RealFiles::host_stat(const FileRef& file) const {
  const auto stat = os::stat(*file.host);
  if (!stat) return fail(stat.error());
  return *stat;
}

bool RealFiles::is_in_place(const FileRef& file) const {
  const auto open_file = stat_open(file);
  const auto named_file = stat(file.place);
  return open_file && named_file && named_file->device == open_file->device &&
         named_file->inode == open_file->inode;
}

WasiResult<FileRef> RealFiles::readable(const FileRef& file) const {
  // The guest's descriptor, one of our own, or the name: whichever lets us.
  if (os::read_at(*file.host, 0, {})) return file;
  auto again = os::open_again(*file.host);
  if (!again && is_in_place(file)) again = open_handle(file.place, {.read = true});
  if (!again) return fail(again.error());
  return FileRef{file.place, std::move(*again), file.may_wait};
}

WasiResult<FileIdentity> RealFiles::identity(const FileRef& file) const {
  const auto from = readable(file);
  if (!from) return fail(from.error());
  auto hash = hash_of([&](uint64_t offset, std::span<uint8_t> into) {
    return os::read_at(*from->host, offset, into);
  });
  if (!hash) return fail(hash.error());
  const auto stat = os::stat(*from->host);
  if (!stat) return fail(stat.error());
  return FileIdentity{stat->size_bytes, stat->mtime_ns, std::move(*hash)};
}

}  // namespace tine
