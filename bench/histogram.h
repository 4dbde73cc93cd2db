// Histogram: percentiles of any number of durations in a fixed small space.
//
// Buckets grow with the value: 64 of them for every power of two, so a percentile is right within
// 1.6 %. A benchmark that kept every sample would itself become a good part of the memory it measures.
#pragma once

#include <array>
#include <cstdint>

namespace tine::bench {

class Histogram {
 public:
  void add(uint64_t value);
  void add(const Histogram& other);

  [[nodiscard]] uint64_t count() const { return count_; }
  [[nodiscard]] uint64_t max() const { return max_; }
  /// The smallest value that `percent` of all values do not exceed; 0 without values.
  [[nodiscard]] uint64_t percentile(double percent) const;

 private:
  static constexpr uint32_t kSubBits = 6;
  static constexpr uint32_t kBuckets = (64 - kSubBits + 1) << kSubBits;
  [[nodiscard]] static uint32_t bucket_of(uint64_t value);
  [[nodiscard]] static uint64_t largest_in(uint32_t bucket);

  std::array<uint64_t, kBuckets> counts_{};
  uint64_t count_ = 0;
  uint64_t max_ = 0;
};

}  // namespace tine::bench
