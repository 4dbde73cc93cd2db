// CardSet: cards of a memory (memory.h), as bits: what the marks of the barrier are folded into.
//
// Bits stand in granules of 64 KiB of memory, and only granules with a card are there: 40 bytes
// each, in order. So a set costs what was written, not what the memory spans.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tine {

class CardSet {
 public:
  /// `card`: its number, which is its address divided by kCardBytes. Cost: O(1) in ascending order,
  /// else O(granules).
  void add(uint64_t card) {
    const uint64_t number = card / kCardsAGranule;
    if (granules_.empty() || granules_.back().number < number)
      granules_.push_back({.number = number});
    Granule& granule = granules_.back().number == number ? granules_.back() : insert(number);
    granule.bits[card % kCardsAGranule / 64] |= uint64_t{1} << (card % 64);
  }
  /// Cost: O(granules of `other`) searches where nothing is new or all of it; else O(granules of
  /// both).
  void add_all(const CardSet& other) {
    const size_t shared = shared_with(other);
    if (granules_.empty()) {
      granules_ = other.granules_;
    } else if (shared == other.granules_.size()) {
      auto at = granules_.begin();
      for (const Granule& granule : other.granules_) {
        at = std::lower_bound(at, granules_.end(), granule.number, is_before);
        merge(*at, granule);
      }
    } else {
      merge_from_behind(other, other.granules_.size() - shared);
    }
  }
  void clear() { granules_.clear(); }
  [[nodiscard]] bool is_empty() const { return granules_.empty(); }

  /// Calls `visit(card)` in order.
  template <class F>
  void for_each(F visit) const {
    for (const Granule& granule : granules_)
      for (uint64_t word = 0; word < granule.bits.size(); ++word)
        for (uint64_t bits = granule.bits[word]; bits != 0; bits &= bits - 1)
          visit(granule.number * kCardsAGranule + word * 64 +
                static_cast<uint64_t>(std::countr_zero(bits)));
  }

 private:
  static constexpr uint64_t kCardsAGranule = 256;
  struct Granule {
    uint64_t number = 0;
    std::array<uint64_t, kCardsAGranule / 64> bits{};
  };

  [[nodiscard]] static bool is_before(const Granule& granule, uint64_t number) {
    return granule.number < number;
  }
  static void merge(Granule& into, const Granule& from) {
    for (size_t i = 0; i < into.bits.size(); ++i) into.bits[i] |= from.bits[i];
  }
  [[nodiscard]] Granule& insert(uint64_t number) {
    const auto at = std::ranges::lower_bound(granules_, number, {}, &Granule::number);
    return at->number == number ? *at : *granules_.insert(at, {.number = number});
  }
  /// In place: nothing moves twice, and what lies before all that is new does not move at all.
  void merge_from_behind(const CardSet& other, size_t added) {
    size_t mine = granules_.size();
    size_t its = other.granules_.size();
    granules_.resize(mine + added);
    for (size_t to = granules_.size(); its > 0; --to) {
      const Granule& theirs = other.granules_[its - 1];
      const bool is_mine = mine > 0 && granules_[mine - 1].number >= theirs.number;
      const bool is_theirs = mine == 0 || granules_[mine - 1].number <= theirs.number;
      Granule sum = is_mine ? granules_[--mine] : theirs;
      if (is_mine && is_theirs) merge(sum, theirs);
      if (is_theirs) --its;
      granules_[to - 1] = sum;
    }
  }
  /// How many granules both sets have.
  [[nodiscard]] size_t shared_with(const CardSet& other) const {
    size_t count = 0;
    auto from = granules_.begin();
    for (const Granule& granule : other.granules_) {
      from = std::lower_bound(from, granules_.end(), granule.number, is_before);
      if (from != granules_.end() && from->number == granule.number) ++count;
    }
    return count;
  }

  std::vector<Granule> granules_;  // ascending, none empty
};

}  // namespace tine
