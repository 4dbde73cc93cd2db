// Layers of MemoryImage: capturing what changed since another image, and one view of it all.
//
// Capturing copies the blocks side by side, which is all that a machine waits for. The view over
// the oldest image's file is mapped and filled when somebody wants to look: by then the machine
// runs on.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "block_set.h"
#include "find_changes.h"
#include "memory_image.h"
#include "tine/check.h"

namespace tine {
namespace {

[[nodiscard]] uint64_t bytes_of(std::span<const MemoryContents> memories) {
  return std::accumulate(
      memories.begin(), memories.end(), uint64_t{0},
      [](uint64_t sum, const MemoryContents& memory) { return sum + memory.bytes.size(); });
}

/// Adds a block to ranges that are ascending.
void append(std::vector<ByteRange>& ranges, uint64_t block) {
  const uint64_t begin = block * kBlockBytes;
  if (!ranges.empty() && ranges.back().end == begin)
    ranges.back().end += kBlockBytes;
  else
    ranges.push_back({begin, begin + kBlockBytes});
}

}  // namespace

const MemoryImage& MemoryImage::oldest() const {
  return parent_ == nullptr ? *this : parent_->oldest();
}

/// A layer needs a file below it, and as many memories there. The chain is short (so that a view
/// is made of few layers), and holds no more than half of what a copy could.
bool MemoryImage::is_better_copied(const MemoryImage& parent,
                                   std::span<const MemoryContents> memories, uint64_t blocks) {
  const uint64_t total = bytes_of(memories);
  return total <= kHeapImageBytes || parent.memories_.size() != memories.size() ||
         parent.oldest().file_.fd() < 0 || parent.generation_ >= Lineage::kMostSteps ||
         (parent.layered_blocks_ + blocks) * kBlockBytes > total / 2;
}

Result<std::shared_ptr<const MemoryImage>> MemoryImage::copy_changes(
    std::shared_ptr<const MemoryImage> parent, std::span<const MemoryContents> memories,
    const Lineage::Changes& changes) {
  const bool are_all_known =
      changes.size() == memories.size() &&
      std::ranges::all_of(changes, [](const auto& cards) { return !!cards; });
  if (!are_all_known) return copy(memories);
  std::shared_ptr<MemoryImage> image(new MemoryImage());
  uint64_t blocks = 0;
  for (size_t m = 0; m < memories.size(); ++m) {
    image->parts_.push_back({blocks_of(*changes[m], memories[m].bytes.size()), nullptr});
    blocks += image->parts_.back().blocks.size();
  }
  if (is_better_copied(*parent, memories, blocks)) return copy(memories);
  image->generation_ = parent->generation_ + 1;
  image->layered_blocks_ = parent->layered_blocks_ + blocks;
  image->parent_ = std::move(parent);
  image->refer_to_oldest(memories);
  image->own_blocks_ = std::make_unique_for_overwrite<uint8_t[]>(blocks * kBlockBytes);
  image->copy_blocks(memories);
  return image;
}

/// The memories with what the oldest image's file has of them.
void MemoryImage::refer_to_oldest(std::span<const MemoryContents> memories) {
  const MemoryImage& base = oldest();
  patches_.resize(memories.size());
  for (size_t m = 0; m < memories.size(); ++m) {
    // What was cut off by a memory that shrank on the way does not come back with its growth.
    uint64_t& in_file = patches_[m].file_bytes;
    in_file = memories[m].bytes.size();
    for (const MemoryImage* image = parent_.get(); image != nullptr; image = image->parent_.get())
      in_file = std::min<uint64_t>(in_file, image->memories_[m].bytes.size());
    memories_.push_back({.bytes = {static_cast<const uint8_t*>(nullptr), memories[m].bytes.size()},
                         .fd = base.file_.fd(),
                         .fd_offset = base.memories_[m].fd_offset,
                         .patches = &patches_[m]});
  }
}

void MemoryImage::copy_blocks(std::span<const MemoryContents> memories) {
  uint8_t* to = own_blocks_.get();
  for (size_t m = 0; m < memories.size(); ++m) {
    parts_[m].contents = to;
    for (const uint64_t block : parts_[m].blocks) {
      std::memcpy(to, memories[m].bytes.data() + block * kBlockBytes, kBlockBytes);
      to += kBlockBytes;
    }
  }
}

std::span<const MemoryContents> MemoryImage::view() const {
  if (parent_ == nullptr) return memories_;
  std::call_once(has_view_, [this] {
    TINE_CHECK(map_oldest().has_value());
    for (size_t m = 0; m < memories_.size(); ++m) copy_layers(m);
  });
  return viewed_;
}

/// Makes the view, as the oldest image has it.
Result<void> MemoryImage::map_oldest() const {
  TINE_TRY_ASSIGN(view_, os::Mapping::zeros(bytes_of(memories_)));
  uint64_t at = 0;
  for (MemoryContents memory : memories_) {
    TINE_TRY(view_.put_view(at, oldest().file_, memory.fd_offset, memory.patches->file_bytes));
    memory.bytes = view_.bytes().subspan(at, memory.bytes.size());
    at += memory.bytes.size();
    viewed_.push_back(memory);
  }
  return {};
}

/// The youngest layer with a block has it, unless the memory was shorter since.
void MemoryImage::copy_layers(size_t memory) const {
  uint8_t* const to = view_.writable() + (viewed_[memory].bytes.data() - view_.bytes().data());
  uint64_t end = memories_[memory].bytes.size();
  BlockSet done(end / kBlockBytes);
  for (const MemoryImage* image = this; image->parent_ != nullptr; image = image->parent_.get()) {
    const LayerPart& part = image->parts_[memory];
    end = std::min<uint64_t>(end, image->memories_[memory].bytes.size());
    for (size_t i = 0; i < part.blocks.size(); ++i) {
      const uint64_t block = part.blocks[i];
      if (block * kBlockBytes >= end || done.has(block)) continue;
      done.add(block);
      std::memcpy(to + block * kBlockBytes, part.contents + i * kBlockBytes, kBlockBytes);
    }
  }
  done.for_each([&](uint64_t block) { append(patches_[memory].ranges, block); });
}

}  // namespace tine
