// MemoryImage: the contents of all memories of one snapshot, side by side, never to change again.
//
// Forks map it copy-on-write and are reset from it, so it must outlive their runs unchanged. It
// takes one of four forms:
//   a sealed memfd        – the usual one; blocks of zeros stay holes and take no memory;
//   a heap buffer         – up to kHeapImageBytes, where the memfd's system calls would cost more
//                           than the copy that every machine makes of such contents;
//   a mapped snapshot file – on request only (MemorySource::kMapFile);
//   a layer                – the blocks that changed since another image, and that image. Together
//                           they are one view: a private mapping of the oldest image's file, into
//                           which the blocks of all layers are copied when it is first wanted.
//
// Whoever fills an image holds it alone; frozen, it is shared as const.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "blocks.h"
#include "os.h"
#include "tine/lineage.h"
#include "tine/state.h"

namespace tine {

/// At 128 KiB, copying into the heap and out again costs about as much as memfd, seal and mapping.
inline constexpr uint64_t kHeapImageBytes = 2 * kWasmPageBytes;

/// Where a file holds the contents of a memory. Both are multiples of 64 KiB.
struct MemoryRegion {
  uint64_t offset = 0;
  uint64_t size_bytes = 0;
};

class MemoryImage {
 public:
  /// Copies the blocks that are not all zero. Cost: O(non-zero memory). Errors: kIo.
  [[nodiscard]] static Result<std::shared_ptr<const MemoryImage>> copy(
      std::span<const MemoryContents> memories);
  /// Memories that differ from those of `parent` at most in these cards, in their overhang and in
  /// size: a layer over it, or, where that is not the better way (is_better_copied), a copy.
  /// Cost: O(blocks of the cards). Errors: kIo.
  [[nodiscard]] static Result<std::shared_ptr<const MemoryImage>> copy_changes(
      std::shared_ptr<const MemoryImage> parent, std::span<const MemoryContents> memories,
      const Lineage::Changes& changes);
  /// Maps the regions, which are in order, where they stand. Cost: one mmap. Errors: kIo.
  [[nodiscard]] static Result<std::shared_ptr<const MemoryImage>> map_file(
      os::File file, std::span<const MemoryRegion> regions);

  /// Of a layer, their sizes and files, but not their bytes.
  [[nodiscard]] std::span<const MemoryContents> memories() const { return memories_; }
  /// The memories with their bytes. Thread: any.
  /// Cost: of a layer, the first time, O(blocks of all layers below); else nothing.
  [[nodiscard]] std::span<const MemoryContents> view() const;

  /// An image of these sizes, all zeros, to be filled by put() and finished by freeze().
  [[nodiscard]] static Result<std::shared_ptr<MemoryImage>> create(std::vector<uint64_t> sizes);
  /// What lies behind a memory's end is left out. Pre: not frozen. Errors: kIo.
  [[nodiscard]] Result<void> put(size_t memory, uint64_t offset, std::span<const uint8_t> bytes);
  /// Makes everything from `begin` to `end` zeros; likewise.
  [[nodiscard]] Result<void> clear(size_t memory, uint64_t begin, uint64_t end);
  [[nodiscard]] Result<void> freeze();

 private:
  MemoryImage() = default;

  /// What one memory has in a layer.
  struct LayerPart {
    std::vector<uint64_t> blocks;  // numbers, ascending
    const uint8_t* contents;       // of these, one behind the other
  };

  [[nodiscard]] static bool is_better_copied(const MemoryImage& parent,
                                             std::span<const MemoryContents> memories,
                                             uint64_t blocks);
  void refer_to_oldest(std::span<const MemoryContents> memories);
  void copy_blocks(std::span<const MemoryContents> memories);
  [[nodiscard]] const MemoryImage& oldest() const;
  [[nodiscard]] Result<void> map_oldest() const;
  void copy_layers(size_t memory) const;

  std::vector<MemoryContents> memories_;
  std::unique_ptr<uint8_t[]> heap_;  // or
  os::File file_;                    // the memfd or the snapshot file, and
  mutable os::Mapping view_;         // what memories_ refers into

  // Of a layer, whose view_ is made on demand and begins as the oldest image's:
  std::shared_ptr<const MemoryImage> parent_;
  uint32_t generation_ = 0;      // layers down to the oldest image
  uint64_t layered_blocks_ = 0;  // in all of them
  std::vector<LayerPart> parts_;
  std::unique_ptr<uint8_t[]> own_blocks_;
  mutable std::vector<FilePatches> patches_;
  mutable std::vector<MemoryContents> viewed_;
  mutable std::once_flag has_view_;
};

/// The extent widened to whole blocks. Memories begin and end at block boundaries.
[[nodiscard]] inline os::Extent whole_blocks(const os::Extent& extent) {
  return {extent.begin / kBlockBytes * kBlockBytes,
          (extent.end + kBlockBytes - 1) / kBlockBytes * kBlockBytes};
}

/// Where a memory may hold something else than zeros, in order, without touching the holes of the
/// file behind it.
[[nodiscard]] std::vector<os::Extent> data_extents(const MemoryContents& memory);

/// for_each_data_run (blocks.h) over a memory. Runs may end where extents do.
template <class F>
bool for_each_data_run(const MemoryContents& memory, F visit) {
  for (const os::Extent& data : data_extents(memory)) {
    const auto visit_in_memory = [&](uint64_t offset, std::span<const uint8_t> run) {
      return visit(data.begin + offset, run);
    };
    if (!for_each_data_run(memory.bytes.subspan(data.begin, data.end - data.begin),
                           visit_in_memory))
      return false;
  }
  return true;
}

}  // namespace tine
