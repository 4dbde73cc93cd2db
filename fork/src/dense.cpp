// Packing and unpacking, a group at a time, over zstd's streaming calls.
#include "dense.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>

#include "blocks.h"
#include "little_endian.h"
#include "tine/check.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

constexpr uint64_t kGroupBlocks = 64;
constexpr uint64_t kGroupBytes = kGroupBlocks * kBlockBytes;
constexpr uint64_t kGroupHeaderBytes = 16;
constexpr int kCompressionLevel = 3;
/// Level 3 looks back 2 MiB. A hostile frame cannot make us keep more than this.
constexpr int kLargestWindowLog = 23;
constexpr size_t kBufferBytes = 128 * 1024;

[[nodiscard]] std::unexpected<Error> bad(uint64_t offset, std::string detail) {
  return fail(ErrorCode::kBadSnapshot, offset, std::move(detail));
}

/// The blocks of a group (its last may be short) that hold something, as bits.
[[nodiscard]] uint64_t blocks_with_data(std::span<const uint8_t> group) {
  uint64_t bits = 0;
  for (uint64_t at = 0; at < group.size(); at += kBlockBytes)
    if (!is_zero(group.subspan(at, std::min<uint64_t>(kBlockBytes, group.size() - at))))
      bits |= uint64_t{1} << (at / kBlockBytes);
  return bits;
}

/// What the one zstd frame of a dense file holds.
class FrameReader {
 public:
  explicit FrameReader(ByteStream& stream) : stream_(stream), buffer_(kBufferBytes) {
    TINE_CHECK(zstd_ != nullptr);
    TINE_CHECK(
        !ZSTD_isError(ZSTD_DCtx_setParameter(zstd_.get(), ZSTD_d_windowLogMax, kLargestWindowLog)));
  }

  /// The next bytes of the contents, exactly so many.
  [[nodiscard]] Result<void> read(std::span<uint8_t> to) {
    ZSTD_outBuffer out{to.data(), to.size(), 0};
    while (out.pos < out.size) {
      if (has_ended_) return bad(offset(), "the compressed data ends too early");
      TINE_TRY(advance(out));
    }
    return {};
  }

  /// Nothing follows, neither in the frame nor behind it.
  [[nodiscard]] Result<void> finish() {
    uint8_t extra = 0;
    ZSTD_outBuffer out{&extra, 1, 0};
    while (!has_ended_ && out.pos == 0) TINE_TRY(advance(out));
    if (out.pos != 0) return bad(offset(), "compressed data follows the last group");
    if (in_.pos == in_.size) TINE_TRY(refill());
    if (in_.size != 0) return bad(offset(), "bytes follow the compressed data");
    return {};
  }

  /// Of the next byte that zstd has not taken yet.
  [[nodiscard]] uint64_t offset() const { return stream_.position() - (in_.size - in_.pos); }

 private:
  [[nodiscard]] Result<void> refill() {
    TINE_TRY_ASSIGN(const size_t count, stream_.read_some(buffer_));
    in_ = {buffer_.data(), count, 0};
    return {};
  }

  [[nodiscard]] Result<void> advance(ZSTD_outBuffer& out) {
    const size_t had = out.pos;
    const size_t left = ZSTD_decompressStream(zstd_.get(), &out, &in_);
    if (ZSTD_isError(left))
      return bad(offset(),
                 fmt::format("the compressed data is damaged ({})", ZSTD_getErrorName(left)));
    has_ended_ = left == 0;
    if (has_ended_ || out.pos != had || in_.pos != in_.size) return {};
    TINE_TRY(refill());
    if (in_.size == 0) return bad(offset(), "the file ends within its compressed data");
    return {};
  }

  struct Free {
    void operator()(ZSTD_DCtx* zstd) const { ZSTD_freeDCtx(zstd); }
  };
  ByteStream& stream_;
  std::unique_ptr<ZSTD_DCtx, Free> zstd_{ZSTD_createDCtx()};
  std::vector<uint8_t> buffer_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool has_ended_ = false;
};

/// Puts the blocks of one group, whose offset and bits have been read and checked.
[[nodiscard]] Result<void> read_group(FrameReader& frame, uint64_t at, uint64_t bits,
                                      uint64_t plain_bytes, std::vector<uint8_t>& buffer,
                                      const PieceSink& put) {
  for (uint64_t block = 0; block < kGroupBlocks; ++block) {
    if ((bits >> block & 1) == 0) continue;
    const uint64_t offset = at + block * kBlockBytes;
    if (offset >= plain_bytes) return bad(frame.offset(), "a block behind the end of the snapshot");
    const auto bytes = std::span(buffer).first(std::min(kBlockBytes, plain_bytes - offset));
    TINE_TRY(frame.read(bytes));
    if (is_zero(bytes)) return bad(frame.offset(), "a block of zeros, which should be left out");
    TINE_TRY(put(offset, bytes));
  }
  return {};
}

}  // namespace

// --- packing ---------------------------------------------------------------------------------------

struct DenseWriter::Zstd {
  struct Free {
    void operator()(ZSTD_CCtx* zstd) const { ZSTD_freeCCtx(zstd); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context{ZSTD_createCCtx()};
  std::vector<uint8_t> buffer = std::vector<uint8_t>(kBufferBytes);
};

DenseWriter::DenseWriter(uint64_t plain_bytes, ByteSink sink)
    : plain_bytes_(plain_bytes), sink_(std::move(sink)), zstd_(std::make_unique<Zstd>()) {
  ZSTD_CCtx* const context = zstd_->context.get();
  TINE_CHECK(context != nullptr);
  TINE_CHECK(
      !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kCompressionLevel)));
  TINE_CHECK(!ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
}

DenseWriter::~DenseWriter() = default;

Result<void> DenseWriter::begin() {
  has_begun_ = true;
  uint8_t header[kDenseHeaderBytes] = {};
  std::ranges::copy(kDenseMagic, header);
  store_le(header + 8, kSnapshotVersion);
  store_le(header + 16, plain_bytes_);
  return sink_(header);
}

Result<void> DenseWriter::put(uint64_t offset, std::span<const uint8_t> bytes) {
  if (!has_begun_) TINE_TRY(begin());
  while (!bytes.empty()) {
    const uint64_t group_at = offset / kGroupBytes * kGroupBytes;
    TINE_DCHECK(group_at >= group_at_);
    if (group_at != group_at_) TINE_TRY(end_group());
    group_at_ = group_at;
    group_.resize(std::min(kGroupBytes, plain_bytes_ - group_at));
    const uint64_t within = offset - group_at;
    const size_t count = std::min<uint64_t>(bytes.size(), group_.size() - within);
    std::copy_n(bytes.begin(), count, group_.begin() + static_cast<ptrdiff_t>(within));
    offset += count;
    bytes = bytes.subspan(count);
  }
  return {};
}

Result<void> DenseWriter::end_group() {
  const uint64_t bits = blocks_with_data(group_);
  if (bits != 0) {
    uint8_t header[kGroupHeaderBytes];
    store_le(header, group_at_);
    store_le(header + 8, bits);
    TINE_TRY(compress(header, false));
    for (uint64_t block = 0; block < kGroupBlocks; ++block) {
      const uint64_t at = block * kBlockBytes;
      if ((bits >> block & 1) != 0)
        TINE_TRY(compress(
            std::span(group_).subspan(at, std::min<uint64_t>(kBlockBytes, group_.size() - at)),
            false));
    }
  }
  group_.clear();
  return {};
}

Result<void> DenseWriter::finish() {
  if (!has_begun_) TINE_TRY(begin());
  TINE_TRY(end_group());
  uint8_t last[kGroupHeaderBytes] = {};
  store_le(last, plain_bytes_);
  return compress(last, true);
}

Result<void> DenseWriter::compress(std::span<const uint8_t> bytes, bool is_last) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (;;) {
    ZSTD_outBuffer out{zstd_->buffer.data(), zstd_->buffer.size(), 0};
    const size_t left = ZSTD_compressStream2(zstd_->context.get(), &out, &in,
                                             is_last ? ZSTD_e_end : ZSTD_e_continue);
    TINE_CHECK(!ZSTD_isError(left));
    if (out.pos != 0) TINE_TRY(sink_(std::span(zstd_->buffer).first(out.pos)));
    if (is_last ? left == 0 : in.pos == in.size) return {};
  }
}

// --- unpacking -------------------------------------------------------------------------------------

Result<uint64_t> read_dense_header(std::span<const uint8_t> start, ByteStream& stream,
                                   uint64_t most_bytes) {
  uint8_t header[kDenseHeaderBytes] = {};
  const size_t known = std::min<size_t>(start.size(), kDenseHeaderBytes);
  TINE_CHECK(known == start.size());
  std::ranges::copy(start, header);
  TINE_TRY_ASSIGN(const size_t count, stream.read_up_to(std::span(header).subspan(known)));
  if (known + count < kDenseHeaderBytes)
    return bad(known + count,
               fmt::format("the file ends within its header of {} bytes", kDenseHeaderBytes));
  const auto version = load_le<uint32_t>(header + 8);
  if (version != kSnapshotVersion)
    return bad(8, fmt::format("snapshot format version {}; this build reads version {}", version,
                              kSnapshotVersion));
  if (load_le<uint32_t>(header + 12) != 0) return bad(12, "a reserved field is not zero");
  const auto plain_bytes = load_le<uint64_t>(header + 16);
  if (plain_bytes > most_bytes)
    return fail(ErrorCode::kLimit, 16,
                fmt::format("unpacks to {} bytes; at most {} are read", plain_bytes, most_bytes));
  return plain_bytes;
}

Result<void> read_dense_blocks(ByteStream& stream, uint64_t plain_bytes, const PieceSink& put) {
  FrameReader frame(stream);
  std::vector<uint8_t> buffer(kBlockBytes);
  uint64_t next = 0;  // where the next group can begin at the earliest
  for (;;) {
    uint8_t header[kGroupHeaderBytes];
    TINE_TRY(frame.read(header));
    const auto at = load_le<uint64_t>(header);
    const auto bits = load_le<uint64_t>(header + 8);
    if (bits == 0) {
      if (at != plain_bytes) return bad(frame.offset(), "the list of blocks ends in another size");
      return frame.finish();
    }
    if (at < next || at % kGroupBytes != 0 || at >= plain_bytes)
      return bad(frame.offset(), fmt::format("a group of blocks cannot begin at {:#x}", at));
    TINE_TRY(read_group(frame, at, bits, plain_bytes, buffer, put));
    next = at + kGroupBytes;
  }
}

}  // namespace tine
