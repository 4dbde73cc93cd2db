// What one pays without tine: fork(2) and copying everything back, measured in this process on a
// private, resident copy of the same memory.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tine::bench {

/// A private copy of a memory, every page resident, for the baselines to work on.
class ResidentCopy {
 public:
  enum class Use {
    kForking,  // fork(2) hands it on to the child, and write-protects it meanwhile
    kCopying,  // fork(2) leaves it alone, so that copies fault no pages
  };
  ResidentCopy(std::span<const uint8_t> source, Use use);
  ~ResidentCopy();
  ResidentCopy(const ResidentCopy&) = delete;
  ResidentCopy& operator=(const ResidentCopy&) = delete;

  /// One fork(2) whose child writes to these addresses and exits, until it has been waited for.
  [[nodiscard]] uint64_t fork_ns(std::span<const uint64_t> addresses) const;
  /// Copies the whole source over the copy once.
  [[nodiscard]] uint64_t copy_all_ns();
  /// Copies `bytes_each` from the source at every address, `rounds` times; time of one round.
  [[nodiscard]] double copy_at_ns(std::span<const uint64_t> addresses, uint64_t bytes_each,
                                  uint32_t rounds);

 private:
  std::span<const uint8_t> source_;
  uint8_t* copy_;
};

/// The median; reorders. Pre: not empty.
[[nodiscard]] double median(std::vector<double>& samples);

}  // namespace tine::bench
