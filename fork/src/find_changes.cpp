// From cards to blocks that may differ, and from those to blocks that do.
#include "find_changes.h"

#include <algorithm>
#include <cstring>

#include "block_set.h"
#include "memory_image.h"
#include "tine/memory.h"

namespace tine {
namespace {

constexpr uint8_t kZeroBlock[kBlockBytes] = {};

void add_blocks_with_data(const MemoryContents& memory, BlockSet& blocks) {
  (void)for_each_data_run(memory, [&blocks](uint64_t offset, std::span<const uint8_t> run) {
    blocks.add_range(offset / kBlockBytes, (offset + run.size()) / kBlockBytes);
    return true;
  });
}

/// Where either holds anything. Ascending.
[[nodiscard]] std::vector<uint64_t> blocks_with_data(const MemoryContents& memory,
                                                     const MemoryContents& parent) {
  BlockSet blocks(memory.bytes.size() / kBlockBytes);
  add_blocks_with_data(memory, blocks);
  add_blocks_with_data(parent, blocks);
  std::vector<uint64_t> out;
  blocks.for_each([&out](uint64_t block) { out.push_back(block); });
  return out;
}

}  // namespace

std::vector<uint64_t> blocks_of(const CardSet& cards, uint64_t size_bytes) {
  std::vector<uint64_t> out;
  const auto add = [&](uint64_t block) {
    if (block < size_bytes / kBlockBytes && (out.empty() || out.back() < block))
      out.push_back(block);
  };
  cards.for_each([&add](uint64_t card) {
    const uint64_t begin = card * kCardBytes;
    add(begin / kBlockBytes);
    add((begin + kCardBytes + kCardOverhangBytes - 1) / kBlockBytes);
  });
  return out;
}

Changes find_changes(const MemoryContents& memory, const MemoryContents& parent,
                     const std::optional<CardSet>& cards) {
  Changes changes;
  changes.memory_bytes = memory.bytes.size();
  const std::vector<uint64_t> candidates =
      cards ? blocks_of(*cards, memory.bytes.size()) : blocks_with_data(memory, parent);
  for (const uint64_t block : candidates) {
    const uint64_t at = block * kBlockBytes;
    const uint8_t* before = at < parent.bytes.size() ? parent.bytes.data() + at : kZeroBlock;
    const std::span<const uint8_t> now = memory.bytes.subspan(at, kBlockBytes);
    if (std::memcmp(before, now.data(), kBlockBytes) == 0) continue;
    (is_zero(now) ? changes.zeros : changes.data).push_back(block);
  }
  return changes;
}

}  // namespace tine
