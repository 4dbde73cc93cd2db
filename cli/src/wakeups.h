// Wakeups: what reaches a running guest from outside: signals, a timer, a file that appears.
//
// Each of them is only noted here, and the machine is asked to pause; the run then looks at what
// was noted (triggered_run.cpp). A guest that waits in a host call is woken through `wake_fd()`.
#pragma once

#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tine/machine.h"

namespace tine::cli {

struct WakeupConfig {
  std::vector<int> signals;  // SIGINT, …; what they did before is off meanwhile
  std::optional<std::chrono::milliseconds> interval;  // of the timer
  std::vector<std::string> files;
};

/// Lives while the machine runs. One at a time in a process, as signal handlers are.
class Wakeups {
 public:
  Wakeups(Machine& machine, const WakeupConfig& config);
  ~Wakeups();
  Wakeups(const Wakeups&) = delete;
  Wakeups& operator=(const Wakeups&) = delete;

  /// Readable while something was noted since the last clear_wake(). -1: nothing can happen.
  [[nodiscard]] int wake_fd() const { return wake_fd_; }
  void clear_wake();

  // Whether it happened since it was last asked for.
  [[nodiscard]] bool took_signal(int signal);
  [[nodiscard]] bool took_tick() { return ticked_.exchange(false); }
  /// Whether the file is there; it is removed then.
  [[nodiscard]] static bool took_file(const std::string& path);

 private:
  void watch(const std::stop_token& stop);
  void wake();

  Machine& machine_;
  WakeupConfig config_;
  std::vector<struct sigaction> before_;  // by signal
  int wake_fd_ = -1;
  std::atomic<bool> ticked_ = false;
  std::jthread watcher_;  // last: it uses all of the above
};

}  // namespace tine::cli
