// The dense form of a snapshot file: what a pipe gets, and what is small on disk.
//
// It holds the bytes of the plain form (snapshot_format.h), less its blocks of zeros:
//
//   0    8   magic, that of the plain form with `z` for its `e`
//   8    4   version, as in the plain form
//   12   4   zero
//   16   8   size of the plain form
//   24   …   one zstd frame with a checksum, up to the end of the file. What it holds:
//
// groups of 64 blocks of 4 KiB, in order, without those that are all zeros; each is
//
//   0    8   offset of the group in the plain form, a multiple of 256 KiB
//   8    8   a bit for each block, the first one's lowest: whether it is here. At least one is
//   16   …   the blocks that are here, in order. The last of the file may be short
//
// and then a group with the plain form's size for its offset and no bits ends it. A block that is
// here is not all zeros, so there is one such list for every plain form. (How zstd codes it depends
// on zstd, so two dense files of one snapshot may differ; what they unpack to does not.)
//
// Bounded: unpacking takes a few MiB, whatever the file says, and the sink gets at most the blocks
// of a plain form whose size was checked first.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "byte_stream.h"
#include "tine/result.h"

namespace tine {

inline constexpr std::array<uint8_t, 8> kDenseMagic = {0x8f, 't', 'i', 'n', 'z', 0x0d, 0x0a, 0x1a};
inline constexpr uint64_t kDenseHeaderBytes = 24;

/// Puts bytes at an offset of a file to be.
using PieceSink = std::function<Result<void>(uint64_t offset, std::span<const uint8_t> bytes)>;

/// Writes a dense file from pieces of the plain form.
class DenseWriter {
 public:
  DenseWriter(uint64_t plain_bytes, ByteSink sink);
  ~DenseWriter();
  DenseWriter(const DenseWriter&) = delete;
  DenseWriter& operator=(const DenseWriter&) = delete;

  /// Pieces come in order; what lies between them is zeros. Errors: those of the sink.
  [[nodiscard]] Result<void> put(uint64_t offset, std::span<const uint8_t> bytes);
  /// Once, behind the last piece. Errors: likewise.
  [[nodiscard]] Result<void> finish();

 private:
  struct Zstd;
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> end_group();
  [[nodiscard]] Result<void> compress(std::span<const uint8_t> bytes, bool is_last);

  uint64_t plain_bytes_;
  ByteSink sink_;
  std::unique_ptr<Zstd> zstd_;
  std::vector<uint8_t> group_;  // the group being put together
  uint64_t group_at_ = 0;       // its offset
  bool has_begun_ = false;
};

/// Reads the header of a dense file, whose first `start` bytes (at least the magic) were read off
/// the stream already. Returns the size of the plain form, which is at most `most_bytes`.
/// Errors: kBadSnapshot, kLimit.
[[nodiscard]] Result<uint64_t> read_dense_header(std::span<const uint8_t> start, ByteStream& stream,
                                                 uint64_t most_bytes);
/// Reads the rest of it, and puts the blocks that hold something, in order.
/// Errors: kBadSnapshot at the stream's position; those of the stream and the sink.
[[nodiscard]] Result<void> read_dense_blocks(ByteStream& stream, uint64_t plain_bytes,
                                             const PieceSink& put);

}  // namespace tine
