#include "match_bits.h"

#include <algorithm>
#include <bit>

#include "ret_sled.h"

namespace tine {

namespace {

constexpr uint32_t kCountersPerSite = 8;
/// One value of each class that libFuzzer makes of a counter: 1, 2, 3, 4-7, 8-15, 16-31, 32-127
/// and 128 or more.
constexpr uint8_t kLevels[8] = {1, 2, 3, 4, 8, 16, 32, 128};

// The section is libFuzzer's interface for extra counters; the linker finds its two ends.
[[gnu::section("__libfuzzer_extra_counters"),
  gnu::used]] alignas(64) uint8_t g_counters[kCompareSites * kCountersPerSite];

}  // namespace

void note_match_bits(uint32_t site, uint64_t difference, uint32_t width_bits) {
  const uint32_t matching =
      std::min(static_cast<uint32_t>(std::countr_zero(difference)), width_bits);
  if (matching == 0) return;
  uint8_t& counter =
      g_counters[site % kCompareSites * kCountersPerSite + (matching - 1) / kCountersPerSite];
  counter = std::max(counter, kLevels[(matching - 1) % 8]);
}

std::span<uint8_t> match_bit_counters() { return g_counters; }

}  // namespace tine
