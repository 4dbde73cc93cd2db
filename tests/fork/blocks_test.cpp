// Looking at memory block by block, and hashing only what is there.
#include "blocks.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "hash.h"
#include "memory_image.h"

namespace tine {
namespace {

using Runs = std::vector<std::pair<uint64_t, uint64_t>>;

Runs runs_of(const std::vector<uint8_t>& bytes) {
  Runs runs;
  (void)for_each_data_run(bytes, [&](uint64_t offset, std::span<const uint8_t> run) {
    EXPECT_EQ(run.data(), bytes.data() + offset);
    runs.emplace_back(offset, run.size());
    return true;
  });
  return runs;
}

Hash128 memory_hash(const std::vector<uint8_t>& bytes) {
  MemoryContents memory;
  memory.bytes = bytes;
  return hash_of(memory);
}

TEST(Blocks, FindsASingleByteAnywhereInABlock) {
  for (size_t at = 0; at < kBlockBytes; ++at) {
    std::vector<uint8_t> bytes(kBlockBytes);
    EXPECT_TRUE(is_zero(bytes));
    bytes[at] = 1;
    EXPECT_FALSE(is_zero(bytes)) << at;
  }
}

TEST(Blocks, JoinsNeighboursAndSkipsZeros) {
  std::vector<uint8_t> bytes(10 * kBlockBytes + 100);
  EXPECT_EQ(runs_of(bytes), Runs{});
  bytes[2 * kBlockBytes - 1] = 1;
  bytes[2 * kBlockBytes] = 1;
  bytes[7 * kBlockBytes + 5] = 1;
  bytes.back() = 1;
  EXPECT_EQ(runs_of(bytes), (Runs{{kBlockBytes, 2 * kBlockBytes},
                                  {7 * kBlockBytes, kBlockBytes},
                                  {10 * kBlockBytes, 100}}));
}

TEST(Blocks, StopsWhenTheVisitorHasEnough) {
  std::vector<uint8_t> bytes(5 * kBlockBytes);
  bytes[0] = bytes[3 * kBlockBytes] = 1;
  int calls = 0;
  EXPECT_FALSE(for_each_data_run(std::span<const uint8_t>(bytes), [&](uint64_t, auto) {
    ++calls;
    return false;
  }));
  EXPECT_EQ(calls, 1);
}

TEST(MemoryHash, KnowsWhereDataStands) {
  std::vector<uint8_t> first(4 * kWasmPageBytes);
  std::vector<uint8_t> second = first;
  first[kBlockBytes] = 1;
  second[2 * kBlockBytes] = 1;
  EXPECT_NE(memory_hash(first), memory_hash(second));
  EXPECT_NE(memory_hash(first), memory_hash(std::vector<uint8_t>(4 * kWasmPageBytes)));
}

TEST(MemoryHash, IsTheSameForAFileWithHoles) {
  std::vector<uint8_t> bytes(8 * kWasmPageBytes);
  bytes[3 * kWasmPageBytes + 17] = 42;
  bytes[3 * kWasmPageBytes + kBlockBytes] = 43;
  bytes[7 * kWasmPageBytes] = 44;
  MemoryContents live;
  live.bytes = bytes;
  const auto image = MemoryImage::copy(std::vector{live});
  ASSERT_TRUE(image.has_value()) << image.error().detail;
  const MemoryContents& copied = (*image)->memories()[0];
  ASSERT_GE(copied.fd, 0) << "larger than a heap image, so it must be a memfd";
  EXPECT_EQ(hash_of(copied), memory_hash(bytes));
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), copied.bytes.begin(), copied.bytes.end()));
}

}  // namespace
}  // namespace tine
