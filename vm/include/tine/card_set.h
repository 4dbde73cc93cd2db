// CardSet: cards of a memory (memory.h), as bits: what the marks of the barrier are folded into.
//
// 4 KiB of bits for 8 MiB of memory; walking it costs a test for every 16 KiB of memory.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tine {

class CardSet {
 public:
  /// `card`: its number, which is its address divided by kCardBytes.
  void add(uint64_t card) {
    if (card / 64 >= bits_.size()) bits_.resize(card / 64 + 1);
    bits_[card / 64] |= uint64_t{1} << (card % 64);
  }
  void add_all(const CardSet& other) {
    if (other.bits_.size() > bits_.size()) bits_.resize(other.bits_.size());
    for (size_t i = 0; i < other.bits_.size(); ++i) bits_[i] |= other.bits_[i];
  }
  void clear() { bits_.clear(); }

  /// Calls `visit(card)` in order.
  template <class F>
  void for_each(F visit) const {
    for (size_t word = 0; word < bits_.size(); ++word)
      for (uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1)
        visit(word * 64 + static_cast<uint64_t>(std::countr_zero(bits)));
  }

 private:
  std::vector<uint64_t> bits_;
};

}  // namespace tine
