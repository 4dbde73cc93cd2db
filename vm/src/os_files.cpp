// The *at family of POSIX, stat and its structs, and nothing else.
#include "os_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <system_error>

#include "os_errno.h"

namespace tine::os {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr mode_t kNewFileMode = 0666;
constexpr mode_t kNewDirectoryMode = 0777;
constexpr size_t kLongestLinkBytes = 4096;

WasiResult<void> checked(int result) {
  if (result != 0) return last_errno();
  return {};
}

WasiResult<HandleRef> opened(int fd) {
  if (fd < 0) return last_errno();
  return std::make_shared<const Handle>(fd);
}

/// Repeats a call that a signal interrupted.
template <class F>
auto uninterrupted(F call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

uint64_t nanoseconds(const timespec& t) {
  return static_cast<uint64_t>(t.tv_sec * kNanosecondsPerSecond + t.tv_nsec);
}

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kRegularFile;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  if (S_ISLNK(mode)) return FileType::kSymbolicLink;
  if (S_ISCHR(mode)) return FileType::kCharacterDevice;
  if (S_ISBLK(mode)) return FileType::kBlockDevice;
  if (S_ISSOCK(mode)) return FileType::kSocketStream;
  return FileType::kUnknown;
}

FileStat to_file_stat(const struct stat& s) {
  return {.device = s.st_dev,
          .inode = s.st_ino,
          .type = type_of(s.st_mode),
          .links = s.st_nlink,
          .size_bytes = static_cast<uint64_t>(s.st_size),
          .atime_ns = nanoseconds(s.st_atim),
          .mtime_ns = nanoseconds(s.st_mtim),
          .ctime_ns = nanoseconds(s.st_ctim)};
}

timespec to_timespec(const std::optional<uint64_t>& ns) {
  if (!ns) return {.tv_sec = 0, .tv_nsec = UTIME_OMIT};
  return {.tv_sec = static_cast<time_t>(*ns / kNanosecondsPerSecond),
          .tv_nsec = static_cast<long>(*ns % kNanosecondsPerSecond)};
}

int open_flags(const OpenMode& mode) {
  int flags = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
  flags |= mode.write ? (mode.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (mode.create) flags |= O_CREAT;
  if (mode.exclusive) flags |= O_EXCL;
  if (mode.truncate) flags |= O_TRUNC;
  if (mode.directory) flags |= O_DIRECTORY;
  if (mode.nonblock) flags |= O_NONBLOCK;
  return flags;
}

}  // namespace

std::unexpected<Errno> last_errno() {
  switch (errno) {
#define TINE_WASI_ERRNO(name, host) \
  case host: return wasi::fail(Errno::name);
#include "wasi_errno.def"
    default: return wasi::fail(Errno::kIo);
  }
}

Handle::~Handle() { close(fd_); }

Result<HandleRef> open_preopen(const std::string& host_path) {
  const int fd = open(host_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return fail(ErrorCode::kIo, kNoOffset,
                host_path + ": " + std::generic_category().message(errno));
  return std::make_shared<const Handle>(fd);
}

WasiResult<HandleRef> open_at(const Handle& directory, const std::string& name,
                              const OpenMode& mode) {
  return opened(uninterrupted(
      [&] { return openat(directory.fd(), name.c_str(), open_flags(mode), kNewFileMode); }));
}

WasiResult<HandleRef> step_into(const Handle& directory, const std::string& name) {
  return opened(
      openat(directory.fd(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

WasiResult<FileStat> stat_at(const Handle& directory, const std::string& name) {
  struct stat s;
  if (fstatat(directory.fd(), name.c_str(), &s, AT_SYMLINK_NOFOLLOW) != 0) return last_errno();
  return to_file_stat(s);
}

WasiResult<std::string> read_link_at(const Handle& directory, const std::string& name) {
  std::string target(kLongestLinkBytes, '\0');
  const ssize_t n = readlinkat(directory.fd(), name.c_str(), target.data(), target.size());
  if (n < 0) return last_errno();
  target.resize(static_cast<size_t>(n));
  return target;
}

WasiResult<void> set_times_at(const Handle& directory, const std::string& name,
                              const FileTimes& times) {
  const timespec both[2] = {to_timespec(times.atime_ns), to_timespec(times.mtime_ns)};
  return checked(utimensat(directory.fd(), name.c_str(), both, AT_SYMLINK_NOFOLLOW));
}

WasiResult<void> make_directory_at(const Handle& directory, const std::string& name) {
  return checked(mkdirat(directory.fd(), name.c_str(), kNewDirectoryMode));
}

WasiResult<void> unlink_at(const Handle& directory, const std::string& name) {
  return checked(unlinkat(directory.fd(), name.c_str(), 0));
}

WasiResult<void> remove_directory_at(const Handle& directory, const std::string& name) {
  return checked(unlinkat(directory.fd(), name.c_str(), AT_REMOVEDIR));
}

WasiResult<void> symlink_at(const std::string& target, const Handle& directory,
                            const std::string& name) {
  return checked(symlinkat(target.c_str(), directory.fd(), name.c_str()));
}

WasiResult<void> rename_at(const Handle& from, const std::string& from_name, const Handle& to,
                           const std::string& to_name) {
  return checked(renameat(from.fd(), from_name.c_str(), to.fd(), to_name.c_str()));
}

WasiResult<void> link_at(const Handle& from, const std::string& from_name, const Handle& to,
                         const std::string& to_name) {
  return checked(linkat(from.fd(), from_name.c_str(), to.fd(), to_name.c_str(), 0));
}

WasiResult<FileStat> stat(const Handle& file) {
  struct stat s;
  if (fstat(file.fd(), &s) != 0) return last_errno();
  return to_file_stat(s);
}

WasiResult<HandleRef> open_again(const Handle& file) {
  const std::string path = "/proc/self/fd/" + std::to_string(file.fd());
  return opened(uninterrupted([&] { return open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
}

WasiResult<std::vector<std::string>> list(const Handle& directory) {
  // fdopendir takes its descriptor over, and shares its position: hence one of our own.
  const int fd = openat(directory.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return last_errno();
  DIR* stream = fdopendir(fd);
  if (stream == nullptr) {
    const auto failure = last_errno();
    close(fd);
    return failure;
  }
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(stream);
  return names;
}

WasiResult<uint64_t> read_at(const Handle& file, uint64_t offset, std::span<uint8_t> into) {
  if (offset > INT64_MAX) return wasi::fail(Errno::kInval);
  ssize_t n = uninterrupted(
      [&] { return pread(file.fd(), into.data(), into.size(), static_cast<off_t>(offset)); });
  if (n < 0 && errno == ESPIPE)
    n = uninterrupted([&] { return read(file.fd(), into.data(), into.size()); });
  if (n < 0) return last_errno();
  return static_cast<uint64_t>(n);
}

WasiResult<uint64_t> write_at(const Handle& file, uint64_t offset, std::span<const uint8_t> data) {
  if (offset > INT64_MAX) return wasi::fail(Errno::kInval);
  ssize_t n = uninterrupted(
      [&] { return pwrite(file.fd(), data.data(), data.size(), static_cast<off_t>(offset)); });
  if (n < 0 && errno == ESPIPE)
    n = uninterrupted([&] { return write(file.fd(), data.data(), data.size()); });
  if (n < 0) return last_errno();
  return static_cast<uint64_t>(n);
}

WasiResult<void> set_size(const Handle& file, uint64_t size_bytes) {
  if (size_bytes > INT64_MAX) return wasi::fail(Errno::kFBig);
  return checked(ftruncate(file.fd(), static_cast<off_t>(size_bytes)));
}

WasiResult<void> allocate(const Handle& file, uint64_t offset, uint64_t end) {
  if (end > INT64_MAX) return wasi::fail(Errno::kFBig);
  errno = posix_fallocate(file.fd(), static_cast<off_t>(offset), static_cast<off_t>(end - offset));
  return checked(errno);
}

WasiResult<void> set_times(const Handle& file, const FileTimes& times) {
  const timespec both[2] = {to_timespec(times.atime_ns), to_timespec(times.mtime_ns)};
  return checked(futimens(file.fd(), both));
}

WasiResult<void> set_nonblocking(const Handle& file, bool on) {
  const int flags = fcntl(file.fd(), F_GETFL);
  if (flags < 0) return last_errno();
  return checked(fcntl(file.fd(), F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

WasiResult<void> sync(const Handle& file) { return checked(fsync(file.fd())); }

WasiResult<void> sync_data(const Handle& file) { return checked(fdatasync(file.fd())); }

}  // namespace tine::os
