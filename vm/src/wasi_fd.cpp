// WASI's functions about descriptors themselves: what they are, may do, and where they lead.
#include <algorithm>

#include "wasi_calls.h"

namespace tine::wasi {
namespace {

/// What a descriptor is open on. Streams of closed worlds do not tell what the process has there;
/// sockets of either world tell nothing of the host's.
WasiResult<FileStat> stat_of(WasiCall& call, const Descriptor& descriptor) {
  if (descriptor.kind == FdKind::kDirectory || descriptor.kind == FdKind::kFile)
    return call.value().files_of(descriptor.file.place).stat_open(descriptor.file);
  FileStat stat;
  if (is_socket(descriptor.kind))
    stat.type = FileType::kSocketStream;
  else if (!call.value().is_closed())
    stat.type = call.streams().type_of(descriptor.kind);
  return stat;
}

/// A directory stays one, even where its name is gone.
WasiResult<FileType> type_of(WasiCall& call, const Descriptor& descriptor) {
  if (descriptor.kind == FdKind::kDirectory) return FileType::kDirectory;
  const auto stat = stat_of(call, descriptor);
  if (!stat) return fail(stat.error());
  return stat->type;
}

Answer sync(WasiCall& call, uint32_t fd, Rights right, bool data_only) {
  const auto found = call.descriptor(fd, right);
  if (!found) return found.error();
  if ((*found)->kind != FdKind::kFile) return Errno::kSuccess;
  const auto done = call.value().files_of((*found)->file.place).sync((*found)->file, data_only);
  return done ? Errno::kSuccess : done.error();
}

constexpr uint64_t kDotEntries = 2;
const std::string kDots[kDotEntries] = {".", ".."};

/// Writes directory entries one behind the other until the buffer is full; the last one may be cut,
/// which tells the guest that there is more.
class EntryWriter {
 public:
  EntryWriter(GuestMemory& memory, Ptr buffer, uint32_t length)
      : memory_(memory), at_(buffer), left_(length), length_(length) {}

  [[nodiscard]] bool is_full() const { return left_ == 0; }
  [[nodiscard]] uint32_t used() const { return static_cast<uint32_t>(length_ - left_); }

  [[nodiscard]] Errno add(uint64_t next_cookie, const std::string& name, const FileStat& stat) {
    StructImage<kDirentBytes> entry;
    entry.put(0, next_cookie);
    entry.put(8, stat.inode);
    entry.put(16, static_cast<uint32_t>(name.size()));
    entry.put(20, static_cast<uint8_t>(stat.type));
    if (const Errno e = put(entry.bytes()); e != Errno::kSuccess) return e;
    return put({reinterpret_cast<const uint8_t*>(name.data()), name.size()});
  }

 private:
  Errno put(std::span<const uint8_t> bytes) {
    bytes = bytes.first(std::min(bytes.size(), left_));
    const Errno e = memory_.write(at_, bytes);
    at_ += bytes.size();
    left_ -= bytes.size();
    return e;
  }

  GuestMemory& memory_;
  uint64_t at_;
  size_t left_;
  size_t length_;
};

}  // namespace

/// Advice changes nothing that a guest can see, so it is only checked.
Answer fd_advise(WasiCall& call, uint32_t fd, uint64_t offset, uint64_t length, uint32_t advice) {
  const auto found = call.file(fd, rights::kFdAdvise);
  if (!found) return found.error();
  const bool makes_sense = advice < kAdviceCount && offset <= INT64_MAX && length <= INT64_MAX;
  return makes_sense ? Errno::kSuccess : Errno::kInval;
}

Answer fd_allocate(WasiCall& call, uint32_t fd, uint64_t offset, uint64_t length) {
  const auto found = call.file(fd, rights::kFdAllocate);
  if (!found) return found.error();
  if (length == 0) return Errno::kInval;
  if (offset > INT64_MAX || length > INT64_MAX - offset) return Errno::kFBig;
  const FileRef file = (*found)->file;
  const uint64_t now = call.now_ns();
  const auto done =
      call.edit_value().files_of(file.place).allocate(file, offset, offset + length, now);
  return done ? Errno::kSuccess : done.error();
}

Answer fd_close(WasiCall& call, uint32_t fd) {
  if (const auto found = call.descriptor(fd, 0); !found) return found.error();
  call.edit_value().close_descriptor(fd);
  return Errno::kSuccess;
}

Answer fd_datasync(WasiCall& call, uint32_t fd) {
  return sync(call, fd, rights::kFdDatasync, true);
}

Answer fd_sync(WasiCall& call, uint32_t fd) { return sync(call, fd, rights::kFdSync, false); }

Answer fd_fdstat_get(WasiCall& call, uint32_t fd, Ptr stat) {
  const auto found = call.descriptor(fd, 0);
  if (!found) return found.error();
  const auto type = type_of(call, **found);
  if (!type) return type.error();
  StructImage<kFdstatBytes> image;
  image.put(0, static_cast<uint8_t>(*type));
  image.put(2, (*found)->flags);
  image.put(8, (*found)->rights_base);
  image.put(16, (*found)->rights_inheriting);
  return call.memory().write(stat, image.bytes());
}

Answer fd_fdstat_set_flags(WasiCall& call, uint32_t fd, uint32_t flags) {
  const auto found = call.descriptor(fd, rights::kFdFdstatSetFlags);
  if (!found) return found.error();
  if ((flags & ~uint32_t{kFdFlagsAll}) != 0) return Errno::kInval;
  if ((*found)->kind == FdKind::kFile && (*found)->file.may_wait) {
    const auto set = os::set_nonblocking(*(*found)->file.host, (flags & kFdNonblock) != 0);
    if (!set) return set.error();
  }
  call.edit_descriptor(fd).flags = static_cast<FdFlags>(flags);
  return Errno::kSuccess;
}

Answer fd_fdstat_set_rights(WasiCall& call, uint32_t fd, uint64_t base, uint64_t inheriting) {
  const auto found = call.descriptor(fd, 0);
  if (!found) return found.error();
  const bool adds =
      (base & ~(*found)->rights_base) != 0 || (inheriting & ~(*found)->rights_inheriting) != 0;
  if (adds) return Errno::kNotCapable;
  Descriptor& descriptor = call.edit_descriptor(fd);
  descriptor.rights_base = base;
  descriptor.rights_inheriting = inheriting;
  return Errno::kSuccess;
}

Answer fd_filestat_get(WasiCall& call, uint32_t fd, Ptr stat) {
  const auto found = call.descriptor(fd, rights::kFdFilestatGet);
  if (!found) return found.error();
  const auto file_stat = stat_of(call, **found);
  if (!file_stat) return file_stat.error();
  return store_file_stat(call.memory(), stat, *file_stat);
}

Answer fd_filestat_set_size(WasiCall& call, uint32_t fd, uint64_t size) {
  const auto found = call.file(fd, rights::kFdFilestatSetSize);
  if (!found) return found.error() == Errno::kSPipe ? Errno::kInval : found.error();
  if (size > INT64_MAX) return Errno::kFBig;
  const FileRef file = (*found)->file;
  const uint64_t now = call.now_ns();
  const auto done = call.edit_value().files_of(file.place).set_size(file, size, now);
  return done ? Errno::kSuccess : done.error();
}

Answer fd_filestat_set_times(WasiCall& call, uint32_t fd, uint64_t atime, uint64_t mtime,
                             uint32_t flags) {
  const auto found = call.descriptor(fd, rights::kFdFilestatSetTimes);
  if (!found) return found.error();
  const FileRef file = (*found)->file;
  const auto times = times_to_set(call, atime, mtime, flags);
  if (!times) return times.error();
  const auto done = call.edit_value().files_of(file.place).set_times(file, *times);
  return done ? Errno::kSuccess : done.error();
}

Answer fd_prestat_get(WasiCall& call, uint32_t fd, Ptr prestat) {
  const auto found = call.descriptor(fd, 0);
  if (!found) return found.error();
  if (!(*found)->is_preopen) return Errno::kBadf;
  const Preopen& preopen = call.value().setup->preopens[(*found)->file.place.preopen];
  StructImage<kPrestatBytes> image;
  image.put(0, kPreopenDirectory);
  image.put(4, static_cast<uint32_t>(preopen.guest_path.size()));
  return call.memory().write(prestat, image.bytes());
}

Answer fd_prestat_dir_name(WasiCall& call, uint32_t fd, Ptr path, uint32_t path_length) {
  const auto found = call.descriptor(fd, 0);
  if (!found) return found.error();
  if (!(*found)->is_preopen) return Errno::kBadf;
  const std::string& name = call.value().setup->preopens[(*found)->file.place.preopen].guest_path;
  if (path_length < name.size()) return Errno::kNameTooLong;
  return call.memory().write(path, {reinterpret_cast<const uint8_t*>(name.data()), name.size()});
}

/// Cookies count ".", "..", and then the names of a list that is made when cookie 0 is asked for and
/// kept with the descriptor: a guest that removes what it reads skips nothing.
Answer fd_readdir(WasiCall& call, uint32_t fd, Ptr buffer, uint32_t length, uint64_t cookie,
                  Ptr used) {
  const auto found = call.directory(fd, rights::kFdReaddir);
  if (!found) return found.error();
  if (!call.memory().contains(used, sizeof(uint32_t)) || !call.memory().contains(buffer, length))
    return Errno::kFault;
  const Place directory = (*found)->file.place;
  auto listing = (*found)->listing;
  if (cookie == 0 || !listing) {
    auto names = call.value().files().list(directory);
    if (!names) return names.error();
    listing = std::make_shared<const std::vector<std::string>>(std::move(*names));
    call.edit_descriptor(fd).listing = listing;
  }
  const auto stat_or_unknown = [&](const Place& place) {
    return call.value().files().stat(place).value_or(FileStat{});  // it may be gone by now
  };
  EntryWriter writer(call.memory(), buffer, length);
  for (uint64_t i = cookie; i < listing->size() + kDotEntries && !writer.is_full(); ++i) {
    // What lies above an open directory is none of the guest's business: ".." looks like ".".
    const bool is_dots = i < kDotEntries;
    const std::string& name = is_dots ? kDots[i] : (*listing)[i - kDotEntries];
    const FileStat stat = stat_or_unknown(is_dots ? directory : directory.child(name));
    if (const Errno e = writer.add(i + 1, name, stat); e != Errno::kSuccess) return e;
  }
  return call.memory().store(used, writer.used());
}

Answer fd_renumber(WasiCall& call, uint32_t from, uint32_t to) {
  if (const auto found = call.descriptor(from, 0); !found) return found.error();
  if (const auto found = call.descriptor(to, 0); !found) return found.error();
  if (from == to) return Errno::kSuccess;
  call.edit_value().close_descriptor(to);
  call.edit_value().descriptors.edit().move(from, to);
  return Errno::kSuccess;
}

}  // namespace tine::wasi
