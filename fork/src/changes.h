// The changes of a memory: what a delta holds instead of its contents.
//
//   0            8       size of the memory in bytes
//   8            8       d, the number of blocks of 4 KiB that have other contents than the parent's
//   16           8       z, the number of blocks that are all zeros now, unlike the parent's
//   24           8 · d   the numbers of the former, ascending
//   24 + 8d      8 · z   the numbers of the latter, ascending
//   …                    zeros up to a multiple of 4096
//   …            4096·d  the contents of the former
//
// A block that equals the parent's is not there, however often it was written. What the parent does
// not have, because the memory grew, counts as zeros; what is behind the size is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "blocks.h"
#include "plain_file.h"
#include "snapshot_format.h"
#include "tine/result.h"
#include "tine/types.h"

namespace tine {

inline constexpr uint64_t kChangesHeaderBytes = 24;

/// Which blocks of a memory differ from its parent's.
struct Changes {
  uint64_t memory_bytes = 0;
  std::vector<uint64_t> data;   // numbers of blocks with other contents, ascending
  std::vector<uint64_t> zeros;  // numbers of blocks that became zeros, ascending

  /// Up to the contents.
  [[nodiscard]] uint64_t index_bytes() const {
    const uint64_t bytes = kChangesHeaderBytes + 8 * (data.size() + zeros.size());
    return (bytes + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
  }
  [[nodiscard]] uint64_t section_bytes() const { return index_bytes() + kBlockBytes * data.size(); }
};

/// The largest section of changes: all blocks of the largest memory.
[[nodiscard]] constexpr uint64_t most_bytes_of_changes() {
  constexpr uint64_t kMostBlocks = kMostMemoryBytes / kBlockBytes;
  return kMostBlocks * (kBlockBytes + 8) + kBlockBytes;
}

/// The section up to the contents.
[[nodiscard]] std::vector<uint8_t> encode_changes(const Changes& changes);

/// Reads and checks the section up to the contents. Every count is compared with the section's size
/// before anything is allocated. Errors: kBadSnapshot, kIo.
[[nodiscard]] Result<Changes> read_changes(const PlainFile& file, const Section& section);

/// Checks the hash of a section of changes, and on the way calls `put(number, contents)` for every
/// block with contents. Errors: kBadSnapshot, kIo, those of `put`.
[[nodiscard]] Result<void> read_changed_blocks(
    const PlainFile& file, const Section& section, const Changes& changes,
    const std::function<Result<void>(uint64_t block, std::span<const uint8_t> contents)>& put);

}  // namespace tine
