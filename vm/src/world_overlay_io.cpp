// Open files of a closed world: opening, reading, writing, sizes and times.
#include <xxhash.h>

#include <algorithm>

#include "world_overlay.h"

namespace tine {

using wasi::fail;

namespace {

FileType type_of(OverlayKind kind) {
  switch (kind) {
    case OverlayKind::kFile:
    case OverlayKind::kHardLink: return FileType::kRegularFile;
    case OverlayKind::kSymlink: return FileType::kSymbolicLink;
    case OverlayKind::kDirectory:
    case OverlayKind::kBaseDirectory: return FileType::kDirectory;
    case OverlayKind::kWhiteout: break;
  }
  return FileType::kUnknown;
}

/// The same numbers whatever the host's are: a closed world looks the same on every machine.
FileStat closed_stat(const Place& place, FileType type, uint64_t size_bytes, uint64_t mtime_ns,
                     uint64_t atime_ns) {
  return {.device = uint64_t{place.preopen} + 1,
          .inode = XXH3_64bits_withSeed(place.path.data(), place.path.size(), place.preopen),
          .type = type,
          .links = 1,
          .size_bytes = size_bytes,
          .atime_ns = atime_ns,
          .mtime_ns = mtime_ns,
          .ctime_ns = mtime_ns};
}

}  // namespace

WasiResult<FileStat> OverlayFiles::stat(const Place& named) const {
  const Place place = file_place(named);
  if (const OverlayNode* node = find(place)) {
    if (node->kind == OverlayKind::kWhiteout) return fail(Errno::kNoEnt);
    const uint64_t size =
        node->kind == OverlayKind::kSymlink ? node->target.size() : node->bytes.size_bytes();
    FileStat stat = closed_stat(place, type_of(node->kind), size, node->mtime_ns, node->atime_ns);
    if (place.is_orphan()) stat.links = names_of(place);
    return stat;
  }
  if (!shows_base(place)) return fail(Errno::kNoEnt);
  const auto base = base_->stat(place);
  if (!base) return fail(base.error());
  // How large a directory is depends on the host's file system.
  const uint64_t size = base->type == FileType::kDirectory ? 0 : base->size_bytes;
  // When the host's file was read last is no business of a closed world.
  return closed_stat(place, base->type, size, base->mtime_ns, base->mtime_ns);
}

WasiResult<FileRef> OverlayFiles::open(const Place& place, const OpenMode& mode, uint64_t now_ns) {
  const auto found = stat(place);
  if (!found && (found.error() != Errno::kNoEnt || !mode.create)) return fail(found.error());
  if (!found) {
    const auto added = add_new(place, new_node(OverlayKind::kFile, now_ns));
    if (!added) return fail(added.error());
    return FileRef{place, nullptr};
  }
  if (mode.create && mode.exclusive) return fail(Errno::kExist);
  if (found->type == FileType::kSymbolicLink) return fail(Errno::kLoop);
  if (found->type == FileType::kDirectory) {
    if (mode.write || mode.create || mode.truncate) return fail(Errno::kIsDir);
    return FileRef{place, nullptr};
  }
  if (mode.directory) return fail(Errno::kNotDir);
  if (found->type != FileType::kRegularFile) return fail(Errno::kNotSup);
  FileRef file{file_place(place), nullptr};
  if (mode.truncate) {
    if (const auto cut = set_size(file, 0, now_ns); !cut) return fail(cut.error());
  } else if (find(file.place) == nullptr) {
    // Read now, so that a file that cannot be read fails at open.
    if (const auto contents = base_->contents(place); !contents) return fail(contents.error());
  }
  return file;
}

WasiResult<FileStat> OverlayFiles::stat_open(const FileRef& file) const { return stat(file.place); }

WasiResult<uint64_t> OverlayFiles::read(const FileRef& file, uint64_t offset,
                                        std::span<uint8_t> into) const {
  if (const OverlayNode* node = find(file.place)) return node->bytes.read(offset, into);
  if (!shows_base(file.place)) return fail(Errno::kNoEnt);
  const auto contents = base_->contents(file.place);
  if (!contents) return fail(contents.error());
  return (*contents)->read(offset, into);
}

WasiResult<OverlayNode*> OverlayFiles::edit_file(const FileRef& file) {
  const auto node = edit_node(file.place);
  if (node && (*node)->kind != OverlayKind::kFile) return fail(Errno::kBadf);
  return node;
}

WasiResult<uint64_t> OverlayFiles::write(const FileRef& file, uint64_t offset,
                                         std::span<const uint8_t> data, uint64_t now_ns) {
  if (data.empty()) return 0;
  if (offset > kMaxOverlayBytes) return fail(Errno::kFBig);
  const auto node = edit_file(file);
  if (!node) return fail(node.error());
  if (offset + data.size() > (*node)->bytes.size_bytes()) {
    const auto grown = set_size(file, offset + data.size(), now_ns);
    if (!grown) return fail(grown.error());
  }
  (*node)->bytes.write(offset, data);
  (*node)->mtime_ns = now_ns;
  return data.size();
}

WasiResult<void> OverlayFiles::set_size(const FileRef& file, uint64_t size_bytes, uint64_t now_ns) {
  const auto node = edit_file(file);
  if (!node) return fail(node.error());
  const uint64_t old_bytes = (*node)->bytes.size_bytes();
  if (size_bytes > old_bytes)
    if (const auto room = require_room(size_bytes - old_bytes); !room) return room;
  (*node)->bytes.set_size(size_bytes);
  (*node)->mtime_ns = now_ns;
  overlay_.edit().used_bytes += size_bytes - old_bytes;  // wraps where it shrank
  return {};
}

WasiResult<void> OverlayFiles::allocate(const FileRef& file, uint64_t offset, uint64_t end,
                                        uint64_t now_ns) {
  if (offset == end) return fail(Errno::kInval);
  const auto before = stat(file.place);
  if (!before) return fail(before.error());
  if (end <= before->size_bytes) return {};
  return set_size(file, end, now_ns);
}

WasiResult<void> OverlayFiles::set_times(const FileRef& file, const FileTimes& times) {
  const auto node = edit_node(file.place);
  if (!node) return fail(node.error());
  if (times.mtime_ns) (*node)->mtime_ns = *times.mtime_ns;
  if (times.atime_ns) (*node)->atime_ns = *times.atime_ns;
  return {};
}

WasiResult<void> OverlayFiles::sync(const FileRef&, bool) const { return {}; }

WasiResult<std::optional<FileStat>> OverlayFiles::host_stat(const FileRef& file) const {
  if (find(file.place) != nullptr || !shows_base(file.place)) return std::nullopt;
  const auto found = base_->stat(file.place);
  if (!found) return fail(found.error());
  return *found;
}

bool OverlayFiles::is_in_place(const FileRef&) const { return true; }

WasiResult<FileRef> OverlayFiles::readable(const FileRef& file) const { return file; }

WasiResult<FileIdentity> OverlayFiles::identity(const FileRef& file) const {
  return base_->identity(file.place);
}

}  // namespace tine
