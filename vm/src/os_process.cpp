// clock_gettime, getrandom, poll, and descriptors 0, 1 and 2 of the process.
#include "os_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

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

namespace {

timespec to_timespec(uint64_t ns) {
  return {.tv_sec = static_cast<time_t>(ns / kNanosecondsPerSecond),
          .tv_nsec = static_cast<long>(ns % kNanosecondsPerSecond)};
}

/// Whether one of `all` is ready, by what poll() said of it.
bool note_ready(std::span<Waited> all, const std::vector<pollfd>& polled) {
  bool is_any_ready = false;
  for (size_t i = 0; i < all.size(); ++i) {
    // Errors count as ready: the read or write will tell.
    all[i].is_ready = polled[i].revents != 0;
    all[i].has_hung_up = (polled[i].revents & (POLLHUP | POLLRDHUP | POLLERR)) != 0;
    is_any_ready |= all[i].is_ready;
  }
  return is_any_ready;
}

}  // namespace

WaitEnd wait(std::span<Waited> all, std::optional<uint64_t> timeout_ns, int wake_fd) {
  std::vector<pollfd> polled;
  for (const Waited& w : all)
    polled.push_back({.fd = w.fd,
                      .events = static_cast<short>(w.to_write ? POLLOUT : POLLIN | POLLRDHUP),
                      .revents = 0});
  polled.push_back(
      {.fd = wake_fd, .events = POLLIN, .revents = 0});  // poll() ignores negative ones
  const uint64_t deadline =
      timeout_ns ? monotonic_ns() + std::min<uint64_t>(*timeout_ns, INT64_MAX) : UINT64_MAX;
  for (;;) {
    const uint64_t now = monotonic_ns();
    const timespec left = to_timespec(deadline - std::min(now, deadline));
    const int n =
        ppoll(polled.data(), polled.size(), deadline == UINT64_MAX ? nullptr : &left, nullptr);
    if (n < 0 && errno == EINTR) continue;
    if (polled.back().revents != 0) return WaitEnd::kWoken;
    if (note_ready(all, polled)) return WaitEnd::kReady;
    if (n <= 0) return WaitEnd::kTimedOut;
  }
}

uint64_t readable_bytes(int fd) {
  int n = 0;
  return ioctl(fd, FIONREAD, &n) == 0 && n > 0 ? static_cast<uint64_t>(n) : 0;
}

}  // namespace tine::os
