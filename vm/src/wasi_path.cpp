// WASI's functions that take paths. Each resolves its paths to places first (world_paths.h), then
// asks the world's files; what is left here is POSIX's small print.
#include "wasi_calls.h"

namespace tine::wasi {
namespace {

LastLink last_link(uint32_t lookup) {
  return (lookup & kLookupSymlinkFollow) != 0 ? LastLink::kFollow : LastLink::kKeep;
}

Errno errno_of(const WasiResult<void>& result) { return result ? Errno::kSuccess : result.error(); }

/// A path with a slash at its end names a directory or nothing.
Errno check_slash(WasiCall& call, const Resolved& resolved) {
  if (!resolved.must_be_directory) return Errno::kSuccess;
  const auto stat = call.value().files().stat(resolved.place);
  if (!stat) return stat.error();
  return stat->type == FileType::kDirectory ? Errno::kSuccess : Errno::kNotDir;
}

/// The name of a file or link to be made: nothing may stand there, and with a slash at its end it
/// would name a directory.
Errno check_new_name(WasiCall& call, const Resolved& resolved) {
  if (resolved.place.is_root() || resolved.is_dots) return Errno::kExist;
  const auto stat = call.value().files().stat(resolved.place);
  if (!stat && stat.error() != Errno::kNoEnt) return stat.error();
  if (!stat) return resolved.must_be_directory ? Errno::kNoEnt : Errno::kSuccess;
  if (resolved.must_be_directory && stat->type != FileType::kDirectory) return Errno::kNotDir;
  return Errno::kExist;
}

// --- path_open ---------------------------------------------------------------------------------

struct OpenRequest {
  uint16_t open_flags = 0;
  Rights base = 0;        // already cut to what the directory passes on
  Rights inheriting = 0;  // likewise
  FdFlags fd_flags = 0;
  [[nodiscard]] bool has(uint16_t flag) const { return (open_flags & flag) != 0; }
};

/// What the directory itself must allow.
Rights rights_to_open(uint32_t open_flags) {
  Rights needed = rights::kPathOpen;
  if ((open_flags & kOpenCreate) != 0) needed |= rights::kPathCreateFile;
  if ((open_flags & kOpenTruncate) != 0) needed |= rights::kPathFilestatSetSize;
  return needed;
}

/// What the directory must pass on.
Rights rights_to_pass_on(uint32_t fd_flags) {
  Rights needed = 0;
  if ((fd_flags & kFdDsync) != 0) needed |= rights::kFdDatasync;
  if ((fd_flags & (kFdRsync | kFdSync)) != 0) needed |= rights::kFdSync;
  return needed;
}

WasiResult<Descriptor> open_directory(const Place& place, const OpenRequest& request) {
  const bool changes = request.has(kOpenCreate) || request.has(kOpenTruncate);
  const bool writes = (request.base & rights::kWriting) != 0;
  if (changes || writes) return fail(Errno::kIsDir);
  return Descriptor{.kind = FdKind::kDirectory,
                    .rights_base = request.base & rights::kDirectory,
                    .rights_inheriting = request.inheriting,
                    .flags = request.fd_flags,
                    .file = {place, nullptr},
                    .socket = {},
                    .listing = {}};
}

WasiResult<Descriptor> open_file(WasiCall& call, const Place& place, const OpenRequest& request) {
  OpenMode mode;
  mode.write = (request.base & rights::kWriting) != 0 || request.has(kOpenTruncate);
  mode.read = (request.base & rights::kFdRead) != 0 || !mode.write;
  mode.create = request.has(kOpenCreate);
  mode.exclusive = request.has(kOpenExclusive);
  mode.truncate = request.has(kOpenTruncate);
  mode.nonblock = (request.fd_flags & kFdNonblock) != 0;
  const uint64_t now = call.now_ns();
  auto file = call.edit_value().files().open(place, mode, now);
  if (!file) return fail(file.error());
  return Descriptor{.kind = FdKind::kFile,
                    .rights_base = request.base & rights::kFile,
                    .flags = request.fd_flags,
                    .file = std::move(*file),
                    .socket = {},
                    .listing = {}};
}

WasiResult<Descriptor> open_resolved(WasiCall& call, const Resolved& resolved,
                                     const OpenRequest& request) {
  const auto stat = call.value().files().stat(resolved.place);
  if (!stat && stat.error() != Errno::kNoEnt) return fail(stat.error());
  if (!stat && !request.has(kOpenCreate)) return fail(Errno::kNoEnt);
  if (!stat && resolved.must_be_directory) return fail(Errno::kIsDir);
  if (stat) {
    if (request.has(kOpenCreate) && request.has(kOpenExclusive)) return fail(Errno::kExist);
    if (stat->type == FileType::kSymbolicLink) return fail(Errno::kLoop);
    if (stat->type == FileType::kDirectory) return open_directory(resolved.place, request);
    if (resolved.must_be_directory || request.has(kOpenDirectory)) return fail(Errno::kNotDir);
  }
  return open_file(call, resolved.place, request);
}

}  // namespace

Answer path_open(WasiCall& call, uint32_t fd, uint32_t lookup, Ptr path, uint32_t length,
                 uint32_t open_flags, uint64_t base, uint64_t inheriting, uint32_t fd_flags,
                 Ptr opened) {
  if (!call.memory().contains(opened, sizeof(uint32_t))) return Errno::kFault;
  const bool bad_flags = (lookup & ~kLookupSymlinkFollow) != 0 ||
                         (open_flags & ~uint32_t{kOpenFlagsAll}) != 0 ||
                         (fd_flags & ~uint32_t{kFdFlagsAll}) != 0 ||
                         ((open_flags & kOpenCreate) != 0 && (open_flags & kOpenDirectory) != 0);
  if (bad_flags) return Errno::kInval;
  // An exclusive create makes the name itself, not what a link of that name leads to.
  const bool is_exclusive = (open_flags & kOpenCreate) != 0 && (open_flags & kOpenExclusive) != 0;
  const auto resolved = call.path(fd, rights_to_open(open_flags), path, length,
                                  is_exclusive ? LastLink::kKeep : last_link(lookup));
  if (!resolved) return resolved.error();
  if (call.value().descriptors->table().size() >= kMaxDescriptors) return Errno::kMFile;
  const Rights passed_on = call.value().descriptors->find(fd)->rights_inheriting;
  const Rights to_pass_on = rights_to_pass_on(fd_flags);
  if ((passed_on & to_pass_on) != to_pass_on) return Errno::kNotCapable;
  auto descriptor = open_resolved(call, *resolved,
                                  {.open_flags = static_cast<uint16_t>(open_flags),
                                   .base = base & passed_on,
                                   .inheriting = inheriting & passed_on,
                                   .fd_flags = static_cast<FdFlags>(fd_flags)});
  if (!descriptor) return descriptor.error();
  const auto number = call.edit_value().descriptors.edit().add(std::move(*descriptor));
  if (!number) return number.error();
  return call.memory().store(opened, *number);
}

// --- the others --------------------------------------------------------------------------------

Answer path_create_directory(WasiCall& call, uint32_t fd, Ptr path, uint32_t length) {
  const auto resolved = call.path(fd, rights::kPathCreateDirectory, path, length, LastLink::kEntry);
  if (!resolved) return resolved.error();
  if (resolved->place.is_root() || resolved->is_dots) return Errno::kExist;
  const uint64_t now = call.now_ns();
  return errno_of(call.edit_value().files().make_directory(resolved->place, now));
}

Answer path_filestat_get(WasiCall& call, uint32_t fd, uint32_t lookup, Ptr path, uint32_t length,
                         Ptr stat) {
  if ((lookup & ~kLookupSymlinkFollow) != 0) return Errno::kInval;
  const auto resolved = call.path(fd, rights::kPathFilestatGet, path, length, last_link(lookup));
  if (!resolved) return resolved.error();
  if (const Errno e = check_slash(call, *resolved); e != Errno::kSuccess) return e;
  const auto file_stat = call.value().files().stat(resolved->place);
  if (!file_stat) return file_stat.error();
  return store_file_stat(call.memory(), stat, *file_stat);
}

Answer path_filestat_set_times(WasiCall& call, uint32_t fd, uint32_t lookup, Ptr path,
                               uint32_t length, uint64_t atime, uint64_t mtime, uint32_t flags) {
  if ((lookup & ~kLookupSymlinkFollow) != 0) return Errno::kInval;
  const auto resolved =
      call.path(fd, rights::kPathFilestatSetTimes, path, length, last_link(lookup));
  if (!resolved) return resolved.error();
  if (const Errno e = check_slash(call, *resolved); e != Errno::kSuccess) return e;
  const auto times = times_to_set(call, atime, mtime, flags);
  if (!times) return times.error();
  return errno_of(call.edit_value().files().set_times({resolved->place, nullptr}, *times));
}

Answer path_link(WasiCall& call, uint32_t fd, uint32_t lookup, Ptr path, uint32_t length,
                 uint32_t new_fd, Ptr new_path, uint32_t new_length) {
  // As in wasmtime: a hard link to what a link leads to is not offered.
  if (lookup != 0) return Errno::kInval;
  const auto from = call.path(fd, rights::kPathLinkSource, path, length, LastLink::kKeep);
  if (!from) return from.error();
  const auto to =
      call.path(new_fd, rights::kPathLinkTarget, new_path, new_length, LastLink::kEntry);
  if (!to) return to.error();
  if (const Errno e = check_slash(call, *from); e != Errno::kSuccess) return e;
  if (const Errno e = check_new_name(call, *to); e != Errno::kSuccess) return e;
  const auto stat = call.value().files().stat(from->place);
  if (!stat) return stat.error();
  if (stat->type == FileType::kDirectory) return Errno::kPerm;
  return errno_of(call.edit_value().link(from->place, to->place));
}

Answer path_readlink(WasiCall& call, uint32_t fd, Ptr path, uint32_t length, Ptr buffer,
                     uint32_t buffer_length, Ptr used) {
  const auto resolved = call.path(fd, rights::kPathReadlink, path, length, LastLink::kKeep);
  if (!resolved) return resolved.error();
  if (!call.memory().contains(used, sizeof(uint32_t))) return Errno::kFault;
  const auto target = call.value().files().read_link(resolved->place);
  if (!target) return target.error();
  const size_t n = std::min<size_t>(target->size(), buffer_length);
  const auto* bytes = reinterpret_cast<const uint8_t*>(target->data());
  if (const Errno e = call.memory().write(buffer, {bytes, n}); e != Errno::kSuccess) return e;
  return call.memory().store(used, static_cast<uint32_t>(n));
}

Answer path_remove_directory(WasiCall& call, uint32_t fd, Ptr path, uint32_t length) {
  const auto resolved = call.path(fd, rights::kPathRemoveDirectory, path, length, LastLink::kEntry);
  if (!resolved) return resolved.error();
  if (resolved->place.is_root() || resolved->is_dots) return Errno::kInval;
  return errno_of(call.edit_value().files().remove_directory(resolved->place));
}

Answer path_rename(WasiCall& call, uint32_t fd, Ptr path, uint32_t length, uint32_t new_fd,
                   Ptr new_path, uint32_t new_length) {
  const auto from = call.path(fd, rights::kPathRenameSource, path, length, LastLink::kEntry);
  if (!from) return from.error();
  const auto to =
      call.path(new_fd, rights::kPathRenameTarget, new_path, new_length, LastLink::kEntry);
  if (!to) return to.error();
  const auto cannot_move = [](const Resolved& r) { return r.place.is_root() || r.is_dots; };
  if (cannot_move(*from) || cannot_move(*to)) return Errno::kInval;
  if (const Errno e = check_slash(call, *from); e != Errno::kSuccess) return e;
  const auto moved = call.value().files().stat(from->place);
  if (!moved) return moved.error();
  if (to->must_be_directory && moved->type != FileType::kDirectory) return Errno::kNotDir;
  return errno_of(call.edit_value().rename(from->place, to->place));
}

Answer path_symlink(WasiCall& call, Ptr target, uint32_t target_length, uint32_t fd, Ptr path,
                    uint32_t length) {
  const auto text = call.path_text(target, target_length);
  if (!text) return text.error();
  const auto resolved = call.path(fd, rights::kPathSymlink, path, length, LastLink::kEntry);
  if (!resolved) return resolved.error();
  if (text->empty()) return Errno::kNoEnt;
  if (text->find('\0') != std::string::npos) return Errno::kInval;
  // It could lead nowhere: resolve() follows no absolute target.
  if (text->front() == '/') return Errno::kPerm;
  if (const Errno e = check_new_name(call, *resolved); e != Errno::kSuccess) return e;
  const uint64_t now = call.now_ns();
  return errno_of(call.edit_value().files().symlink(*text, resolved->place, now));
}

Answer path_unlink_file(WasiCall& call, uint32_t fd, Ptr path, uint32_t length) {
  const auto resolved = call.path(fd, rights::kPathUnlinkFile, path, length, LastLink::kEntry);
  if (!resolved) return resolved.error();
  if (resolved->place.is_root() || resolved->is_dots) return Errno::kIsDir;
  if (const Errno e = check_slash(call, *resolved); e != Errno::kSuccess) return e;
  return errno_of(call.edit_value().unlink(resolved->place));
}

}  // namespace tine::wasi
