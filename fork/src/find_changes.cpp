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

/// The block of each card, and the next one where a store can have crossed into it (memory.h).
void add_blocks_of(const CardSet& cards, BlockSet& blocks) {
  cards.for_each([&blocks](uint64_t card) {
    const uint64_t begin = card * kCardBytes;
    blocks.add(begin / kBlockBytes);
    blocks.add((begin + kCardBytes + kCardOverhangBytes - 1) / kBlockBytes);
  });
}

void add_blocks_with_data(const MemoryContents& memory, BlockSet& blocks) {
  (void)for_each_data_run(memory, [&blocks](uint64_t offset, std::span<const uint8_t> run) {
    blocks.add_range(offset / kBlockBytes, (offset + run.size()) / kBlockBytes);
    return true;
  });
}

}  // namespace

Changes find_changes(const MemoryContents& memory, const MemoryContents& parent,
                     const std::optional<CardSet>& cards) {
  Changes changes;
  changes.memory_bytes = memory.bytes.size();
  BlockSet candidates(memory.bytes.size() / kBlockBytes);
  if (cards) {
    add_blocks_of(*cards, candidates);
  } else {
    add_blocks_with_data(memory, candidates);
    add_blocks_with_data(parent, candidates);
  }
  candidates.for_each([&](uint64_t block) {
    const uint64_t at = block * kBlockBytes;
    const uint8_t* before = at < parent.bytes.size() ? parent.bytes.data() + at : kZeroBlock;
    const std::span<const uint8_t> now = memory.bytes.subspan(at, kBlockBytes);
    if (std::memcmp(before, now.data(), kBlockBytes) == 0) return;
    (is_zero(now) ? changes.zeros : changes.data).push_back(block);
  });
  return changes;
}

}  // namespace tine
