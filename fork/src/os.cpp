// The system calls behind os.h. Interrupted and partial transfers end here; what the system refuses
// becomes an Error that names the file.
#include "os.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace tine::os {
namespace {

/// One read or write moves at most this much, below every kernel's own limit.
constexpr uint64_t kLargestTransferBytes = uint64_t{1} << 30;
constexpr char kOwnDescriptors[] = "/proc/self/fd/";
constexpr mode_t kPrivateMode = 0600;

[[nodiscard]] std::unexpected<Error> os_error(const std::string& what, const std::string& name) {
  return fail(ErrorCode::kIo, kNoOffset, what + " " + name + ": " + std::strerror(errno));
}

/// A descriptor of our own for a standard stream.
[[nodiscard]] Result<File> own_copy(int fd, const char* name) {
  File copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0), name);
  if (copy.fd() < 0) return os_error("cannot use", name);
  return copy;
}

/// Makes a rename in a folder durable. Folders that may be written but not read, and file systems
/// that cannot flush folders, are left to the system.
[[nodiscard]] Result<void> flush_folder(const std::string& path) {
  const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
  if (folder.fd() < 0) return errno == EACCES ? Result<void>() : os_error("cannot open", path);
  if (::fsync(folder.fd()) != 0 && errno == EIO) return os_error("cannot flush", path);
  return {};
}

}  // namespace

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// --- File ----------------------------------------------------------------------------------------

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(name_, other.name_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

Result<uint64_t> File::size() const {
  struct stat info{};
  if (::fstat(fd_, &info) != 0) return os_error("cannot examine", name_);
  if (!S_ISREG(info.st_mode))
    return fail(ErrorCode::kIo, kNoOffset, name_ + " is not a regular file");
  return static_cast<uint64_t>(info.st_size);
}

Result<void> File::read_at(uint64_t offset, std::span<uint8_t> to) const {
  while (!to.empty()) {
    const ssize_t n = ::pread(fd_, to.data(), std::min<uint64_t>(to.size(), kLargestTransferBytes),
                              static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return os_error("cannot read", name_);
    if (n == 0) return fail(ErrorCode::kIo, offset, name_ + " became shorter while it was read");
    to = to.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return {};
}

Result<void> File::write_at(uint64_t offset, std::span<const uint8_t> from) const {
  while (!from.empty()) {
    const ssize_t n =
        ::pwrite(fd_, from.data(), std::min<uint64_t>(from.size(), kLargestTransferBytes),
                 static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return os_error("cannot write", name_);
    from = from.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return {};
}

Result<size_t> File::read_next(std::span<uint8_t> to) const {
  for (;;) {
    const ssize_t n = ::read(fd_, to.data(), std::min<uint64_t>(to.size(), kLargestTransferBytes));
    if (n >= 0) return static_cast<size_t>(n);
    if (errno != EINTR) return os_error("cannot read", name_);
  }
}

Result<void> File::write_next(std::span<const uint8_t> from) const {
  while (!from.empty()) {
    const ssize_t n =
        ::write(fd_, from.data(), std::min<uint64_t>(from.size(), kLargestTransferBytes));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return os_error("cannot write", name_);
    from = from.subspan(static_cast<size_t>(n));
  }
  return {};
}

Result<File> standard_input() { return own_copy(STDIN_FILENO, "standard input"); }
Result<File> standard_output() { return own_copy(STDOUT_FILENO, "standard output"); }

Result<File> open_for_reading(const std::string& path) {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer; size() then refuses it.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return os_error("cannot open", path);
  return File(fd, path);
}

// --- memfds and holes ------------------------------------------------------------------------------

Result<File> create_memfd(uint64_t size_bytes) {
  File memfd(::memfd_create("tine-memory", MFD_CLOEXEC | MFD_ALLOW_SEALING), "memfd");
  if (memfd.fd() < 0) return os_error("cannot create", memfd.name());
  TINE_TRY(resize(memfd, size_bytes));
  return memfd;
}

Result<void> resize(const File& file, uint64_t size_bytes) {
  if (::ftruncate(file.fd(), static_cast<off_t>(size_bytes)) != 0)
    return os_error("cannot size", file.name());
  return {};
}

Result<void> make_hole(const File& file, uint64_t offset, uint64_t size_bytes) {
  if (size_bytes == 0) return {};
  if (::fallocate(file.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                  static_cast<off_t>(size_bytes)) != 0)
    return os_error("cannot make a hole in", file.name());
  return {};
}

Result<void> seal(const File& memfd) {
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  if (::fcntl(memfd.fd(), F_ADD_SEALS, kSeals) != 0) return os_error("cannot seal", memfd.name());
  return {};
}

Extent next_data(int fd, uint64_t from, uint64_t end) {
  const off_t data = ::lseek(fd, static_cast<off_t>(from), SEEK_DATA);
  if (data < 0) return errno == ENXIO ? Extent{end, end} : Extent{from, end};
  const uint64_t begin = std::min(static_cast<uint64_t>(data), end);
  if (begin == end) return {end, end};  // looking for a hole would walk over all data behind
  const off_t hole = ::lseek(fd, data, SEEK_HOLE);
  return {begin, hole < 0 ? end : std::min(static_cast<uint64_t>(hole), end)};
}

std::vector<Extent> own_pages(std::span<const uint8_t> mapping) {
  // Documentation/admin-guide/mm/pagemap.rst: one u64 a page of the address space.
  constexpr uint64_t kPresent = uint64_t{1} << 63;
  constexpr uint64_t kSwapped = uint64_t{1} << 62;
  constexpr uint64_t kOfFile = uint64_t{1} << 61;
  const auto page_bytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  const uint64_t pages = (mapping.size() + page_bytes - 1) / page_bytes;
  std::vector<uint64_t> entries(pages);
  // Opened each time: an open pagemap stays that of the parent after fork(2).
  const File pagemap(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), "/proc/self/pagemap");
  const uint64_t first = reinterpret_cast<uintptr_t>(mapping.data()) / page_bytes;
  const std::span<uint8_t> bytes(reinterpret_cast<uint8_t*>(entries.data()), pages * 8);
  if (pagemap.fd() < 0 || !pagemap.read_at(first * 8, bytes)) return {{0, mapping.size()}};
  std::vector<Extent> out;
  for (uint64_t page = 0; page < pages; ++page) {
    const bool is_copy = (entries[page] & kPresent) != 0 && (entries[page] & kOfFile) == 0;
    if (!is_copy && (entries[page] & kSwapped) == 0) continue;
    const uint64_t begin = page * page_bytes;
    const uint64_t end = std::min<uint64_t>(begin + page_bytes, mapping.size());
    if (!out.empty() && out.back().end == begin)
      out.back().end = end;
    else
      out.push_back({begin, end});
  }
  return out;
}

void map_for_reading(std::span<const uint8_t> bytes) {
#ifdef MADV_POPULATE_READ
  // Addresses must be those of whole pages; memories are, and others need not hurry.
  (void)::madvise(const_cast<uint8_t*>(bytes.data()), bytes.size(), MADV_POPULATE_READ);
#endif
}

// --- Mapping ---------------------------------------------------------------------------------------

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

Mapping::~Mapping() {
  if (!bytes_.empty()) ::munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
}

Result<Mapping> Mapping::create(const File& file, uint64_t offset, uint64_t size_bytes) {
  // MAP_PRIVATE: kernels before 6.7 refuse shared mappings of write-sealed memfds, even read-only.
  void* at = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE | MAP_NORESERVE, file.fd(),
                    static_cast<off_t>(offset));
  if (at == MAP_FAILED) return os_error("cannot map", file.name());
  Mapping mapping;
  mapping.bytes_ = {static_cast<const uint8_t*>(at), size_bytes};
  return mapping;
}

Result<Mapping> Mapping::zeros(uint64_t size_bytes) {
  void* at = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return os_error("cannot map", "memory");
  Mapping mapping;
  mapping.bytes_ = {static_cast<const uint8_t*>(at), size_bytes};
  return mapping;
}

Result<void> Mapping::put_view(uint64_t at, const File& file, uint64_t offset,
                               uint64_t size_bytes) {
  if (size_bytes == 0) return {};
  void* const got =
      ::mmap(writable() + at, size_bytes, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, file.fd(), static_cast<off_t>(offset));
  if (got == MAP_FAILED) return os_error("cannot map", file.name());
  return {};
}

// --- AtomicFile ------------------------------------------------------------------------------------

Result<AtomicFile> AtomicFile::create(const std::string& path, uint64_t size_bytes) {
  AtomicFile out;
  out.path_ = path;
  if (::access(kOwnDescriptors, X_OK) == 0)  // give_temporary_name() needs it
    out.file_ =
        File(::open(folder_of(path).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kPrivateMode), path);
  if (out.file_.fd() < 0) {
    std::string temporary = path + ".tmp-XXXXXX";
    out.file_ = File(::mkostemp(temporary.data(), O_CLOEXEC), path);  // makes it mode 0600
    if (out.file_.fd() < 0) return os_error("cannot create a file beside", path);
    out.temporary_path_ = std::move(temporary);
  }
  TINE_TRY(resize(out.file_, size_bytes));
  return out;
}

AtomicFile::~AtomicFile() {
  if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
}

/// rename(2) wants a name to begin with. Whoever dies right behind this leaves a whole file.
Result<void> AtomicFile::give_temporary_name() {
  const std::string self = kOwnDescriptors + std::to_string(file_.fd());
  for (uint32_t i = 0; temporary_path_.empty(); ++i) {
    std::string name = path_ + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(i);
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0)
      temporary_path_ = std::move(name);
    else if (errno != EEXIST)
      return os_error("cannot create a file beside", path_);
  }
  return {};
}

Result<void> AtomicFile::commit() {
  if (::fsync(file_.fd()) != 0) return os_error("cannot flush", path_);
  if (temporary_path_.empty()) TINE_TRY(give_temporary_name());
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0)
    return os_error("cannot replace", path_);
  temporary_path_.clear();
  return flush_folder(folder_of(path_));
}

}  // namespace tine::os
