// Memory: growth, the write barrier, and reset against a plain copy of the bytes.
#include "tine/memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <random>
#include <vector>

namespace tine {
namespace {

constexpr uint64_t kPage = kWasmPageBytes;

MemoryType pages(uint64_t min, std::optional<uint64_t> max = std::nullopt,
                 AddressType address_type = AddressType::kI32) {
  return MemoryType{.limits = {.min = min, .max = max}, .address_type = address_type};
}

std::unique_ptr<Memory> make(uint64_t min, std::optional<uint64_t> max = std::nullopt,
                             AddressType address_type = AddressType::kI32) {
  auto memory = Memory::create(pages(min, max, address_type));
  EXPECT_TRUE(memory.has_value()) << memory.error().detail;
  return std::move(*memory);
}

std::vector<uint8_t> copy_of(const Memory& memory) {
  return {memory.bytes().begin(), memory.bytes().end()};
}

/// What an i64.store handler does: one mark, eight bytes.
void store8(Memory& memory, uint64_t address, uint64_t bits) {
  ASSERT_TRUE(memory.in_bounds(address, sizeof bits));
  memory.mark_store(address);
  std::memcpy(memory.base() + address, &bits, sizeof bits);
}

uint64_t dirty_cards(const Memory& memory) {
  uint64_t n = 0;
  memory.for_each_dirty_card([&n](uint64_t, uint64_t) { ++n; });
  return n;
}

TEST(Memory, StartsZeroedAndAligned) {
  auto memory = make(3);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory->base()) % kPage, 0u);
  EXPECT_EQ(memory->size_bytes(), 3 * kPage);
  EXPECT_EQ(copy_of(*memory), std::vector<uint8_t>(3 * kPage, 0));
  EXPECT_EQ(dirty_cards(*memory), 0u);
}

/// Asks the system, which answers EFAULT where the program would die.
bool is_readable(const uint8_t* at) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const bool is_read = ::write(ends[1], at, 1) == 1;
  ::close(ends[0]);
  ::close(ends[1]);
  return is_read;
}

TEST(Memory, TakesNothingOverFromEarlierOnes) {
  for (int round = 0; round < 20; ++round) {  // their address space comes back
    auto memory = make(round % 3);
    EXPECT_EQ(copy_of(*memory), std::vector<uint8_t>(memory->size_bytes(), 0));
    EXPECT_FALSE(is_readable(memory->base() + memory->size_bytes()));
    ASSERT_EQ(memory->grow(40), round % 3);
    EXPECT_EQ(dirty_cards(*memory), 0u);
    EXPECT_EQ(copy_of(*memory), std::vector<uint8_t>(memory->size_bytes(), 0));
    store8(*memory, 0, ~uint64_t{0});
    store8(*memory, memory->size_bytes() - 8, ~uint64_t{0});
    std::memset(memory->context(), 0xff, kContextBytes);
    if (round % 2 == 0) ASSERT_TRUE(memory->set_size(kPage).has_value());
  }
}

TEST(Memory, KnowsItsBounds) {
  auto memory = make(1);
  EXPECT_TRUE(memory->in_bounds(0, kPage));
  EXPECT_TRUE(memory->in_bounds(kPage, 0));
  EXPECT_FALSE(memory->in_bounds(kPage, 1));
  EXPECT_FALSE(memory->in_bounds(1, kPage));
  EXPECT_FALSE(memory->in_bounds(~uint64_t{0}, 2));
}

TEST(Memory, GrowsUpToItsMaximum) {
  auto memory = make(1, 3);
  uint8_t* base = memory->base();
  EXPECT_EQ(memory->grow(0), 1);
  EXPECT_EQ(memory->grow(2), 1);
  EXPECT_EQ(memory->grow(1), -1);
  EXPECT_EQ(memory->grow(~uint64_t{0}), -1);
  EXPECT_EQ(memory->size_pages(), 3u);
  EXPECT_EQ(memory->base(), base);
  store8(*memory, 3 * kPage - 8, 7);
  EXPECT_EQ(memory->base()[3 * kPage - 8] + memory->base()[3 * kPage - 1], 7);
}

TEST(Memory, GrowsToFourGibibytesAndNoFurther) {
  auto memory = make(0);
  EXPECT_EQ(memory->grow(most_bytes(AddressType::kI32) / kPage), 0);
  EXPECT_EQ(memory->grow(1), -1);
  const uint64_t last = (uint64_t{4} << 30) - 8;
  memory->clear_cards();
  std::vector<uint64_t> seen;
  store8(*memory, last, ~uint64_t{0});
  memory->for_each_dirty_card([&seen](uint64_t at, uint64_t) { seen.push_back(at); });
  EXPECT_EQ(seen, std::vector<uint64_t>{last / kCardBytes * kCardBytes});
}

TEST(Memory, WriteMarksEveryCardItTouches) {
  auto memory = make(2);
  memory->write(kPage - 3, std::vector<uint8_t>(kCardBytes + 6, 9));
  std::vector<uint64_t> seen;
  memory->for_each_dirty_card([&seen](uint64_t at, uint64_t) { seen.push_back(at); });
  EXPECT_EQ(seen, (std::vector<uint64_t>{kPage - kCardBytes, kPage, kPage + kCardBytes}));
  memory->clear_cards();
  EXPECT_EQ(dirty_cards(*memory), 0u);
}

TEST(Memory, WritingNothingMarksNothing) {
  auto memory = make(1);
  memory->write(kPage, {});
  EXPECT_TRUE(memory->writable(kPage, 0).empty());
  EXPECT_EQ(dirty_cards(*memory), 0u);
}

TEST(MemoryReset, TakesBackAStoreThatCrossesIntoTheNextCard) {
  auto memory = make(2);
  store8(*memory, 0x1000, 42);
  store8(*memory, kPage, 43);
  const std::vector<uint8_t> base = copy_of(*memory);
  memory->clear_cards();
  store8(*memory, 0x1000 - 4, ~uint64_t{0});  // from one card into the next
  store8(*memory, kPage - 4, ~uint64_t{0});   // from one page into the next
  store8(*memory, 2 * kPage - 8, 1);          // the very end: nothing behind it to look at
  EXPECT_EQ(memory->reset_to(base), 3u);
  EXPECT_EQ(copy_of(*memory), base);
  EXPECT_EQ(dirty_cards(*memory), 0u);
}

TEST(MemoryReset, ZeroesWhatGrewAndTakesTheSizeBack) {
  auto memory = make(1);
  store8(*memory, 8, 1);
  const std::vector<uint8_t> base = copy_of(*memory);
  memory->clear_cards();
  ASSERT_EQ(memory->grow(2), 1);
  store8(*memory, kPage - 4, ~uint64_t{0});      // crosses the end of the base
  store8(*memory, 2 * kPage - 4, ~uint64_t{0});  // crosses within what grew
  memory->reset_to(base);
  EXPECT_EQ(memory->size_pages(), 1u);
  EXPECT_EQ(copy_of(*memory), base);
  ASSERT_EQ(memory->grow(2), 1);
  std::vector<uint8_t> wanted = base;
  wanted.resize(3 * kPage, 0);
  EXPECT_EQ(copy_of(*memory), wanted);
}

TEST(MemoryReset, KeepsAFileViewPrivateAndGrowsBeyondIt) {
  const int fd = memfd_create("memory_test", MFD_CLOEXEC);
  ASSERT_GE(fd, 0);
  std::vector<uint8_t> contents(3 * kPage);
  for (size_t i = 0; i < contents.size(); ++i) contents[i] = static_cast<uint8_t>(i * 7 + i / 251);
  ASSERT_EQ(write(fd, contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
  auto mapped = Memory::map(pages(1), 2 * kPage, fd, kPage, 2 * kPage);
  ASSERT_TRUE(mapped.has_value());
  Memory& memory = **mapped;
  const std::vector<uint8_t> base(contents.begin() + kPage, contents.end());
  EXPECT_EQ(copy_of(memory), base);
  memory.clear_cards();
  store8(memory, 100, 0);
  ASSERT_EQ(memory.grow(1), 2);
  EXPECT_EQ(memory.base()[2 * kPage], 0);
  store8(memory, 2 * kPage - 4, ~uint64_t{0});
  memory.reset_to(base);
  EXPECT_EQ(copy_of(memory), base);
  std::vector<uint8_t> file(contents.size());
  ASSERT_EQ(pread(fd, file.data(), file.size(), 0), static_cast<ssize_t>(file.size()));
  EXPECT_EQ(file, contents);
  close(fd);
}

TEST(MemoryMap, FailsWithAnErrorForABadDescriptor) {
  const int fd = memfd_create("memory_test", MFD_CLOEXEC);
  close(fd);
  auto memory = Memory::map(pages(1), kPage, fd, 0, kPage);
  ASSERT_FALSE(memory.has_value());
  EXPECT_EQ(memory.error().code, ErrorCode::kIo);
}

TEST(Memory, SetSizeLeavesZerosBehindAShrink) {
  auto memory = make(2);
  store8(*memory, kPage + 8, ~uint64_t{0});
  ASSERT_TRUE(memory->set_size(kPage).has_value());
  ASSERT_EQ(memory->grow(1), 1);
  EXPECT_EQ(copy_of(*memory), std::vector<uint8_t>(2 * kPage, 0));
}

TEST(Memory64, GrowsToItsLimitAndMarksItsLastCard) {
  auto memory = make(0, std::nullopt, AddressType::kI64);
  EXPECT_EQ(memory->grow(most_bytes(AddressType::kI64) / kPage), 0);
  EXPECT_EQ(memory->grow(1), -1);
  const uint64_t last = memory->size_bytes() - 8;
  memory->clear_cards();
  for (const uint64_t at : {uint64_t{0}, uint64_t{1} << 32, last})
    store8(*memory, at, ~uint64_t{0});
  std::vector<uint64_t> seen;
  memory->for_each_dirty_card([&seen](uint64_t at, uint64_t) { seen.push_back(at); });
  EXPECT_EQ(seen, (std::vector<uint64_t>{0, uint64_t{1} << 32, last / kCardBytes * kCardBytes}));
}

TEST(Memory64, ResetsAndFoldsBeyondFourGibibytes) {
  auto memory = make(0, std::nullopt, AddressType::kI64);
  memory->clear_cards();
  const uint64_t high = (uint64_t{5} << 30) - 4;  // across the end of a page
  ASSERT_EQ(memory->grow((uint64_t{6} << 30) / kPage), 0);
  store8(*memory, high, ~uint64_t{0});
  (void)memory->fold_cards();
  store8(*memory, high + kPage, ~uint64_t{0});
  const auto changed = memory->fold_cards();
  ASSERT_TRUE(changed.has_value());
  std::vector<uint64_t> cards;
  changed->for_each([&cards](uint64_t card) { cards.push_back(card); });
  EXPECT_EQ(cards, std::vector<uint64_t>{(high + kPage) / kCardBytes});
  EXPECT_EQ(memory->reset_to({}), 2u);
  EXPECT_EQ(memory->size_bytes(), 0u);
  ASSERT_EQ(memory->grow((uint64_t{6} << 30) / kPage), 0);
  for (const uint64_t at : {high, high + kPage})
    for (uint64_t i = 0; i < 8; ++i) EXPECT_EQ(memory->base()[at + i], 0);
}

/// Random stores, bulk writes and growth between resets: the bytes always equal a plain model's.
void compare_with_plain_copy(const MemoryType& type) {
  constexpr uint32_t kSeed = 20240607;
  std::mt19937_64 random(kSeed);
  auto memory = *Memory::create(type);
  const uint64_t most_growth = 9 * kPage / type.page_bytes();
  for (uint64_t i = 0; i < memory->size_bytes(); ++i)
    memory->base()[i] = static_cast<uint8_t>(random());
  memory->clear_cards();
  const std::vector<uint8_t> base = copy_of(*memory);
  const std::vector<uint8_t> base_blocks(memory->blocks().begin(), memory->blocks().end());
  for (int round = 0; round < 200; ++round) {
    std::vector<uint8_t> model = base;
    const uint64_t work = random() % 60;
    for (uint64_t i = 0; i < work; ++i) {
      const uint64_t kind = random() % 16;
      if (kind == 0) {
        const uint64_t delta = random() % (random() % 2 == 0 ? 9 : most_growth);
        if (memory->grow(delta) >= 0) model.resize(model.size() + delta * type.page_bytes(), 0);
      } else if (kind < 4) {
        const uint64_t size = random() % 2000;
        const uint64_t at = random() % (model.size() - size + 1);
        std::vector<uint8_t> data(size);
        for (uint8_t& b : data) b = static_cast<uint8_t>(random());
        memory->write(at, data);
        std::copy(data.begin(), data.end(), model.begin() + static_cast<ptrdiff_t>(at));
      } else {
        // Half of the stores straddle a card's end, where only the first card is marked.
        uint64_t at = random() % (model.size() - 16);
        if (kind % 2 == 0) at = (at | (kCardBytes - 1)) - random() % 8;
        at = std::min(at, model.size() - 8);
        const uint64_t bits = random();
        store8(*memory, at, bits);
        std::memcpy(model.data() + at, &bits, 8);
      }
    }
    ASSERT_EQ(copy_of(*memory), model) << "seed " << kSeed << " round " << round;
    memory->reset_to(base_blocks);
    ASSERT_EQ(copy_of(*memory), base) << "seed " << kSeed << " round " << round;
    ASSERT_TRUE(std::ranges::equal(memory->blocks(), base_blocks));
    ASSERT_EQ(dirty_cards(*memory), 0u);
  }
}

TEST(MemoryReset, EqualsAPlainCopyUnderRandomWork) {
  compare_with_plain_copy({{4, 40}, AddressType::kI32});
  compare_with_plain_copy({{4, 40}, AddressType::kI64});
  compare_with_plain_copy({{200'001, 400'003}, AddressType::kI32, kBytePageShift});
  compare_with_plain_copy({{200'001, 400'003}, AddressType::kI64, kBytePageShift});
}

}  // namespace
}  // namespace tine
