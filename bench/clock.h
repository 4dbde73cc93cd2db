// Time in nanoseconds, and what reading it costs.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace tine::bench {

[[nodiscard]] inline uint64_t now_ns() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

/// What two readings of the clock with nothing between them differ by at least. Subtract it from
/// what was measured between two readings.
[[nodiscard]] inline uint64_t timer_overhead_ns() {
  uint64_t least = ~uint64_t{0};
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t begin = now_ns();
    least = std::min(least, now_ns() - begin);
  }
  return least;
}

}  // namespace tine::bench
