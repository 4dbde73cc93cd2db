// MemoryImage: the contents of all memories of one snapshot, side by side, never to change again.
//
// Forks map it copy-on-write and are reset from it, so it must outlive their runs unchanged. It
// takes one of three forms:
//   a sealed memfd        – the usual one; blocks of zeros stay holes and take no memory;
//   a heap buffer         – up to kHeapImageBytes, where the memfd's system calls would cost more
//                           than the copy that every machine makes of such contents;
//   a mapped snapshot file – on request only (MemorySource::kMapFile).
//
// Whoever fills an image holds it alone; frozen, it is shared as const.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "blocks.h"
#include "os.h"
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
  /// Maps the regions, which are in order, where they stand. Cost: one mmap. Errors: kIo.
  [[nodiscard]] static Result<std::shared_ptr<const MemoryImage>> map_file(
      os::File file, std::span<const MemoryRegion> regions);

  [[nodiscard]] std::span<const MemoryContents> memories() const { return memories_; }

  /// An image of these sizes, all zeros, to be filled by put() and finished by freeze().
  [[nodiscard]] static Result<std::shared_ptr<MemoryImage>> create(std::vector<uint64_t> sizes);
  /// What lies behind a memory's end is left out. Pre: not frozen. Errors: kIo.
  [[nodiscard]] Result<void> put(size_t memory, uint64_t offset, std::span<const uint8_t> bytes);
  /// Makes everything from `begin` to `end` zeros; likewise.
  [[nodiscard]] Result<void> clear(size_t memory, uint64_t begin, uint64_t end);
  [[nodiscard]] Result<void> freeze();

 private:
  MemoryImage() = default;

  std::vector<MemoryContents> memories_;
  std::unique_ptr<uint8_t[]> heap_;  // or
  os::File file_;                    // the memfd or the snapshot file, and
  os::Mapping view_;                 // what memories_ refers into
};

/// The extent widened to whole blocks. Memories begin and end at block boundaries.
[[nodiscard]] inline os::Extent whole_blocks(const os::Extent& extent) {
  return {extent.begin / kBlockBytes * kBlockBytes,
          (extent.end + kBlockBytes - 1) / kBlockBytes * kBlockBytes};
}

/// for_each_data_run (blocks.h) over a memory, without touching the holes of the file behind it.
template <class F>
bool for_each_data_run(const MemoryContents& memory, F visit) {
  if (memory.fd < 0) return for_each_data_run(memory.bytes, visit);
  const uint64_t file_end = memory.fd_offset + memory.bytes.size();
  for (uint64_t from = memory.fd_offset; from < file_end;) {
    const os::Extent data = whole_blocks(os::next_data(memory.fd, from, file_end));
    const uint64_t begin = data.begin - memory.fd_offset;
    const auto visit_in_memory = [&](uint64_t offset, std::span<const uint8_t> run) {
      return visit(begin + offset, run);
    };
    if (!for_each_data_run(memory.bytes.subspan(begin, data.end - data.begin), visit_in_memory))
      return false;
    from = data.end;
  }
  return true;
}

}  // namespace tine
