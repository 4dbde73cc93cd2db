// BlockSet: blocks of 4 KiB of a memory, as bits.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace tine {

class BlockSet {
 public:
  explicit BlockSet(uint64_t blocks) : bits_((blocks + 63) / 64), blocks_(blocks) {}

  /// Blocks beyond the end are left out.
  void add(uint64_t block) {
    if (block < blocks_) bits_[block / 64] |= uint64_t{1} << (block % 64);
  }
  [[nodiscard]] bool has(uint64_t block) const {
    return block < blocks_ && (bits_[block / 64] >> (block % 64) & 1) != 0;
  }
  void add_range(uint64_t begin, uint64_t end) {
    for (uint64_t block = begin; block < end && block < blocks_; ++block) add(block);
  }
  /// Calls `visit(block)` in order.
  template <class F>
  void for_each(F visit) const {
    for (size_t word = 0; word < bits_.size(); ++word)
      for (uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1)
        visit(word * 64 + static_cast<uint64_t>(std::countr_zero(bits)));
  }

 private:
  std::vector<uint64_t> bits_;
  uint64_t blocks_;
};

}  // namespace tine
