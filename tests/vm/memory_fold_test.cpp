// The two readers of the dirty cards: neither loses what the other clears.
#include <gtest/gtest.h>

#include <vector>

#include "tine/lineage.h"
#include "tine/memory.h"

namespace tine {
namespace {

using Cards = std::vector<uint64_t>;

Cards cards_of(const std::optional<CardSet>& set) {
  Cards out;
  if (set) set->for_each([&out](uint64_t card) { out.push_back(card); });
  return out;
}

std::unique_ptr<Memory> make(uint64_t pages) {
  MemoryType type;
  type.limits.min = pages;
  auto memory = Memory::create(type);
  EXPECT_TRUE(memory.has_value());
  return std::move(*memory);
}

void write(Memory& memory, uint64_t card) {
  memory.write(card * kCardBytes, std::vector<uint8_t>{1});
}

TEST(MemoryFold, KnowsNothingBeforeTheFirstTime) {
  auto memory = make(1);
  write(*memory, 3);
  EXPECT_FALSE(memory->fold_cards().has_value());
  const auto none = memory->fold_cards();
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(cards_of(none), Cards{});
}

TEST(MemoryFold, TellsEachWriteOnce) {
  auto memory = make(4);
  memory->follow();
  write(*memory, 900);
  write(*memory, 3);
  EXPECT_EQ(cards_of(memory->fold_cards()), (Cards{3, 900}));
  write(*memory, 3);
  EXPECT_EQ(cards_of(memory->fold_cards()), Cards{3});
}

TEST(MemoryFold, LeavesResetWhatItHasToTakeBack) {
  auto memory = make(1);
  const std::vector<uint8_t> base(memory->size_bytes());
  memory->clear_cards();
  write(*memory, 3);
  (void)memory->fold_cards();
  write(*memory, 3);
  write(*memory, 4);
  EXPECT_EQ(memory->reset_to(base), 2u);
  EXPECT_TRUE(std::ranges::equal(memory->bytes(), base));
  EXPECT_EQ(memory->reset_to(base), 0u);
}

TEST(MemoryFold, TellsWhatResetTookBack) {
  auto memory = make(1);
  const std::vector<uint8_t> base(memory->size_bytes());
  memory->clear_cards();
  write(*memory, 3);
  (void)memory->fold_cards();  // card 3 is written now, as far as deltas know
  write(*memory, 7);
  memory->reset_to(base);
  write(*memory, 9);
  EXPECT_EQ(cards_of(memory->fold_cards()), (Cards{3, 7, 9}));
}

TEST(MemoryFold, ForgetsWhatResetTookBackToTheParentItself) {
  auto memory = make(1);
  const std::vector<uint8_t> base(memory->size_bytes());
  memory->follow();
  memory->clear_cards();
  write(*memory, 3);
  memory->reset_to(base);
  EXPECT_EQ(cards_of(memory->fold_cards()), Cards{});
}

TEST(MemoryFold, TellsWhatANewBaseLeftBehind) {
  auto memory = make(1);
  memory->follow();
  write(*memory, 3);
  memory->clear_cards();  // a new base
  const std::vector<uint8_t> base(memory->bytes().begin(), memory->bytes().end());
  write(*memory, 5);
  EXPECT_EQ(memory->reset_to(base), 1u);
  EXPECT_EQ(cards_of(memory->fold_cards()), (Cards{3, 5}));
}

Lineage::Changes one_card(uint64_t card) {
  Lineage::Changes changes(1, CardSet());
  changes[0]->add(card);
  return changes;
}

TEST(Lineage, AddsUpTheStepsSinceAnEarlierMoment) {
  const Lineage a;
  const Lineage b = a.after(one_card(1));
  const Lineage c = b.after(one_card(5));
  EXPECT_EQ(cards_of((*c.since(a))[0]), (Cards{1, 5}));
  EXPECT_EQ(cards_of((*c.since(b))[0]), Cards{5});
  EXPECT_EQ(cards_of((*c.since(c))[0]), Cards{});
  EXPECT_FALSE(a.since(c).has_value());
  EXPECT_FALSE(c.since(Lineage()).has_value());
}

TEST(Lineage, KnowsNothingOfAMemoryThatCameOnTheWay) {
  const Lineage a;
  const Lineage b = a.after(one_card(1));
  Lineage::Changes two = one_card(2);
  two.emplace_back(std::nullopt);
  const Lineage c = b.after(two);
  EXPECT_EQ(cards_of((*c.since(a))[0]), (Cards{1, 2}));
  EXPECT_FALSE((*c.since(a))[1].has_value());
}

TEST(Lineage, RemembersTheLatestStepsOnly) {
  const Lineage first;
  Lineage last = first;
  for (size_t i = 1; i < Lineage::kMostSteps; ++i) last = last.after(one_card(i));
  EXPECT_TRUE(last.since(first).has_value());
  EXPECT_FALSE(last.after(one_card(0)).since(first).has_value());
}

}  // namespace
}  // namespace tine
