// Signal handlers, an eventfd, and a thread that watches the clock and the files.
#include "wakeups.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "tine/check.h"

namespace tine::cli {

namespace {

using Clock = std::chrono::steady_clock;
/// How often the thread looks for files.
constexpr std::chrono::milliseconds kFilePeriod{50};

// What a signal handler can reach.
std::atomic<Machine*> g_machine = nullptr;
std::atomic<int> g_wake_fd = -1;
std::array<std::atomic<bool>, NSIG> g_noted;
static_assert(std::atomic<bool>::is_always_lock_free);
static_assert(std::atomic<Machine*>::is_always_lock_free);

void write_wake(int fd) {
  const uint64_t one = 1;
  // It cannot fail but when the counter is full, and then it is readable anyway.
  [[maybe_unused]] const ssize_t written = write(fd, &one, sizeof(one));
}

void on_signal(int signal) {
  const int saved_errno = errno;
  g_noted[static_cast<size_t>(signal)].store(true);
  if (Machine* machine = g_machine.load()) machine->request_pause();
  write_wake(g_wake_fd.load());
  errno = saved_errno;
}

}  // namespace

Wakeups::Wakeups(Machine& machine, const WakeupConfig& config)
    : machine_(machine), config_(config) {
  const bool needs_watcher = config_.interval || !config_.files.empty();
  if (config_.signals.empty() && !needs_watcher) return;
  wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  TINE_CHECK(wake_fd_ >= 0);
  g_machine = &machine_;
  g_wake_fd = wake_fd_;
  for (const int signal : config_.signals) {
    g_noted[static_cast<size_t>(signal)] = false;
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, &before_.emplace_back());
  }
  if (needs_watcher) watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

Wakeups::~Wakeups() {
  if (wake_fd_ < 0) return;
  for (size_t i = 0; i < config_.signals.size(); ++i)
    sigaction(config_.signals[i], &before_[i], nullptr);
  g_machine = nullptr;
  if (watcher_.joinable()) {
    watcher_.request_stop();
    watcher_.join();
  }
  g_wake_fd = -1;
  close(wake_fd_);
}

void Wakeups::wake() {
  machine_.request_pause();
  write_wake(wake_fd_);
}

void Wakeups::clear_wake() {
  if (wake_fd_ < 0) return;
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_fd_, &count, sizeof(count));
}

void Wakeups::watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wakeup;
  std::unique_lock lock(mutex);
  Clock::time_point next_tick = Clock::now() + config_.interval.value_or(std::chrono::hours(1));
  for (;;) {
    Clock::time_point until = next_tick;
    if (!config_.files.empty()) until = std::min(until, Clock::now() + kFilePeriod);
    wakeup.wait_until(lock, stop, until, [] { return false; });
    if (stop.stop_requested()) return;
    const Clock::time_point now = Clock::now();
    bool is_due = false;
    if (now >= next_tick) {
      next_tick = now + config_.interval.value_or(std::chrono::hours(1));
      if (config_.interval) is_due = ticked_ = true;
    }
    for (const std::string& path : config_.files) {
      std::error_code error;
      is_due |= std::filesystem::exists(path, error);
    }
    if (is_due) wake();
  }
}

bool Wakeups::took_signal(int signal) {
  return g_noted[static_cast<size_t>(signal)].exchange(false);
}

bool Wakeups::took_file(const std::string& path) {
  std::error_code error;
  return std::filesystem::remove(path, error);
}

}  // namespace tine::cli
