// Buckets of a histogram: a power of two, then its next six bits.
#include "histogram.h"

#include <algorithm>
#include <bit>

namespace tine::bench {

uint32_t Histogram::bucket_of(uint64_t value) {
  if (value < (uint64_t{1} << kSubBits)) return static_cast<uint32_t>(value);
  const auto exponent = static_cast<uint32_t>(std::bit_width(value)) - 1 - kSubBits;
  return (exponent << kSubBits) + static_cast<uint32_t>(value >> exponent);
}

uint64_t Histogram::largest_in(uint32_t bucket) {
  if (bucket < (1u << kSubBits)) return bucket;
  const uint32_t exponent = (bucket >> kSubBits) - 1;
  const uint64_t leading = (bucket & ((1u << kSubBits) - 1)) | (1u << kSubBits);
  return ((leading + 1) << exponent) - 1;
}

void Histogram::add(uint64_t value) {
  ++counts_[bucket_of(value)];
  ++count_;
  max_ = std::max(max_, value);
}

void Histogram::add(const Histogram& other) {
  for (uint32_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

uint64_t Histogram::percentile(double percent) const {
  const double wanted = static_cast<double>(count_) * percent / 100;
  uint64_t seen = 0;
  for (uint32_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen != 0 && static_cast<double>(seen) >= wanted) return std::min(largest_in(i), max_);
  }
  return max_;
}

}  // namespace tine::bench
