#include "match_bits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace tine::test {

namespace {

void clear() { std::ranges::fill(match_bit_counters(), uint8_t{0}); }

/// What libFuzzer makes of the counters: pairs of a counter and the class of its value.
std::set<std::pair<size_t, int>> features() {
  std::set<std::pair<size_t, int>> list;
  for (size_t i = 0; i < match_bit_counters().size(); ++i) {
    const int value = match_bit_counters()[i];
    if (value == 0) continue;
    const int classes[] = {1, 2, 3, 4, 8, 16, 32, 128};
    list.insert({i, static_cast<int>(std::upper_bound(classes, classes + 8, value) - classes)});
  }
  return list;
}

TEST(MatchBits, GivesEachNumberOfBitsItsOwnFeature) {
  std::set<std::pair<size_t, int>> seen;
  for (uint32_t bits = 1; bits <= 64; ++bits) {
    clear();
    note_match_bits(5, bits == 64 ? 0 : uint64_t{1} << bits, 64);
    const auto now = features();
    ASSERT_EQ(now.size(), 1u) << bits;
    EXPECT_TRUE(seen.insert(*now.begin()).second) << bits;
  }
}

TEST(MatchBits, CountsNoBitsBeyondTheWidth) {
  clear();
  note_match_bits(5, 0, 32);
  const auto narrow = features();
  clear();
  note_match_bits(5, uint64_t{1} << 32, 64);
  EXPECT_EQ(narrow, features());
}

TEST(MatchBits, KeepsTheBestOfARun) {
  clear();
  note_match_bits(5, 0b1000, 32);
  const auto best = features();
  note_match_bits(5, 0b10, 32);
  EXPECT_EQ(features(), best);
}

TEST(MatchBits, SaysNothingWhereTheLowestBitDiffers) {
  clear();
  note_match_bits(5, 1, 32);
  EXPECT_TRUE(features().empty());
}

TEST(MatchBits, KeepsSitesApart) {
  clear();
  note_match_bits(5, 0, 32);
  note_match_bits(6, 0, 32);
  EXPECT_EQ(features().size(), 2u);
}

}  // namespace

}  // namespace tine::test
