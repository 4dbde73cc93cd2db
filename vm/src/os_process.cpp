// clock_gettime, getrandom, poll, and descriptors 0, 1 and 2 of the process.
#include "os_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "os_errno.h"

namespace tine::os {
namespace {

constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;
/// getrandom() promises to fill this much in one call, whatever happens.
constexpr size_t kEntropyChunkBytes = 256;

uint64_t read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<uint64_t>(now.tv_sec) * kNanosecondsPerSecond +
         static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace

uint64_t realtime_ns() { return read_clock(CLOCK_REALTIME); }
uint64_t monotonic_ns() { return read_clock(CLOCK_MONOTONIC); }

wasi::WasiResult<void> entropy(std::span<uint8_t> into) {
  while (!into.empty()) {
    const size_t n = std::min(into.size(), kEntropyChunkBytes);
    if (getrandom(into.data(), n, 0) != static_cast<ssize_t>(n)) return last_errno();
    into = into.subspan(n);
  }
  return {};
}

wasi::FileType type_of(Stream stream) {
  struct stat s;
  if (fstat(static_cast<int>(stream), &s) != 0) return wasi::FileType::kUnknown;
  if (S_ISCHR(s.st_mode)) return wasi::FileType::kCharacterDevice;
  if (S_ISREG(s.st_mode)) return wasi::FileType::kRegularFile;
  return wasi::FileType::kUnknown;
}

std::string_view description_of(Stream stream) {
  struct stat s;
  if (fstat(static_cast<int>(stream), &s) != 0) return {};
  if (S_ISFIFO(s.st_mode)) return "a pipe";
  if (S_ISSOCK(s.st_mode)) return "a socket";
  if (S_ISREG(s.st_mode)) return "a file";
  if (isatty(static_cast<int>(stream)) != 0) return "a terminal";
  return {};
}

wasi::WasiResult<uint64_t> read_stream(Stream stream, std::span<uint8_t> into) {
  for (;;) {
    const ssize_t n = read(static_cast<int>(stream), into.data(), into.size());
    if (n >= 0) return static_cast<uint64_t>(n);
    if (errno != EINTR) return last_errno();
  }
}

wasi::WasiResult<void> write_stream(Stream stream, std::span<const uint8_t> data) {
  while (!data.empty()) {
    const ssize_t n = write(static_cast<int>(stream), data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_errno();
    data = data.subspan(static_cast<size_t>(n));
  }
  return {};
}

WaitEnd wait(std::optional<Stream> stream, std::optional<uint64_t> timeout_ns, int wake_fd) {
  const uint64_t deadline =
      timeout_ns ? monotonic_ns() + std::min<uint64_t>(*timeout_ns, INT64_MAX) : UINT64_MAX;
  for (;;) {
    // poll() ignores negative descriptors.
    pollfd both[] = {
        {.fd = stream ? static_cast<int>(*stream) : -1, .events = POLLIN, .revents = 0},
        {.fd = wake_fd, .events = POLLIN, .revents = 0}};
    const uint64_t now = monotonic_ns();
    const uint64_t left_ns = deadline - std::min(now, deadline);
    const timespec left = {.tv_sec = static_cast<time_t>(left_ns / kNanosecondsPerSecond),
                           .tv_nsec = static_cast<long>(left_ns % kNanosecondsPerSecond)};
    const int n = ppoll(both, 2, deadline == UINT64_MAX ? nullptr : &left, nullptr);
    if (both[1].revents != 0) return WaitEnd::kWoken;
    // Errors count as readable: the read will tell.
    if (n > 0 || (n < 0 && errno != EINTR)) return WaitEnd::kReadable;
    if (n == 0) return WaitEnd::kTimedOut;
  }
}

}  // namespace tine::os
