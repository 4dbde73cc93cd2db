// Telling the forms apart by their magic, and bringing both to the plain one.
#include "plain_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "blocks.h"
#include "dense.h"
#include "little_endian.h"
#include "memory_image.h"
#include "snapshot_format.h"
#include "tine/check.h"

namespace tine {
namespace {

/// Files are read in pieces of this size, a multiple of kBlockBytes.
constexpr uint64_t kCopyBufferBytes = 256 * 1024;

[[nodiscard]] bool is_dense(std::span<const uint8_t> start) {
  return start.size() >= kDenseMagic.size() &&
         std::ranges::equal(start.first(kDenseMagic.size()), kDenseMagic);
}

/// What a plain form that comes through a pipe says its size is.
[[nodiscard]] Result<uint64_t> declared_bytes(std::span<const uint8_t> start, uint64_t most_bytes) {
  if (start.size() < kHeaderBytes) return start.size();
  const auto size = load_le<uint64_t>(start.data() + kFileSizeAt);
  if (size <= most_bytes) return size;
  return fail(ErrorCode::kLimit, kFileSizeAt,
              fmt::format("{} bytes; at most {} are read from a pipe", size, most_bytes));
}

/// Puts what a block of a file holds, which is nothing where it is all zeros.
[[nodiscard]] Result<void> put_block(const os::File& file, uint64_t offset,
                                     std::span<const uint8_t> block) {
  if (is_zero(block)) return {};
  return file.write_at(offset, block);
}

}  // namespace

Result<PlainFile> PlainFile::open(const std::string& path, uint64_t most_bytes) {
  uint8_t start[kHeaderBytes];
  if (path == kStandardStream) {
    TINE_TRY_ASSIGN(os::File input, os::standard_input());
    ByteStream stream(std::move(input));
    TINE_TRY_ASSIGN(const size_t magic, stream.read_up_to(std::span(start).first(8)));
    if (is_dense(std::span(start).first(magic)))
      return unpack(std::span(start).first(magic), stream, most_bytes);
    TINE_TRY_ASSIGN(const size_t rest, stream.read_up_to(std::span(start).subspan(magic)));
    return spool(std::span(start).first(magic + rest), stream, most_bytes);
  }
  PlainFile plain;
  TINE_TRY_ASSIGN(plain.file_, os::open_for_reading(path));
  TINE_TRY_ASSIGN(plain.size_, plain.file_.size());
  const auto magic = std::span(start).first(std::min<uint64_t>(plain.size_, 8));
  TINE_TRY(plain.file_.read_at(0, magic));
  if (!is_dense(magic)) return plain;
  ByteStream stream(std::move(plain.file_));
  return unpack({}, stream, most_bytes);
}

Result<PlainFile> PlainFile::of_bytes(std::span<const uint8_t> bytes, uint64_t most_bytes) {
  if (is_dense(bytes)) {
    ByteStream stream(bytes);
    return unpack({}, stream, most_bytes);
  }
  PlainFile plain;
  plain.bytes_ = bytes;
  plain.size_ = bytes.size();
  return plain;
}

Result<PlainFile> PlainFile::unpack(std::span<const uint8_t> start, ByteStream& stream,
                                    uint64_t most_bytes) {
  PlainFile plain;
  TINE_TRY_ASSIGN(plain.size_, read_dense_header(start, stream, most_bytes));
  TINE_TRY_ASSIGN(plain.file_, os::create_memfd(plain.size_));
  TINE_TRY(read_dense_blocks(stream, plain.size_,
                             [&plain](uint64_t offset, std::span<const uint8_t> block) {
                               return plain.file_.write_at(offset, block);
                             }));
  TINE_TRY(os::seal(plain.file_));
  plain.is_own_ = true;
  plain.was_dense_ = true;
  return plain;
}

Result<PlainFile> PlainFile::spool(std::span<const uint8_t> start, ByteStream& stream,
                                   uint64_t most_bytes) {
  TINE_TRY_ASSIGN(const uint64_t declared, declared_bytes(start, most_bytes));
  const uint64_t longest = declared + kMaxNoteBytes;
  PlainFile plain;
  TINE_TRY_ASSIGN(plain.file_, os::create_memfd(longest));
  std::vector<uint8_t> block(kBlockBytes);
  std::ranges::copy(start, block.begin());
  size_t known = start.size();
  for (;;) {
    TINE_TRY_ASSIGN(const size_t count, stream.read_up_to(std::span(block).subspan(known)));
    const auto bytes = std::span(block).first(known + count);
    known = 0;
    if (bytes.size() > longest - plain.size_)
      return fail(ErrorCode::kBadSnapshot, declared,
                  fmt::format("more than the {} bytes that the header tells of", declared));
    TINE_TRY(put_block(plain.file_, plain.size_, bytes));
    plain.size_ += bytes.size();
    if (bytes.size() < block.size()) break;
  }
  TINE_TRY(os::resize(plain.file_, plain.size_));
  TINE_TRY(os::seal(plain.file_));
  plain.is_own_ = true;
  return plain;
}

Result<void> PlainFile::read_at(uint64_t offset, std::span<uint8_t> to) const {
  if (is_file()) return file_.read_at(offset, to);
  std::ranges::copy(bytes_.subspan(offset, to.size()), to.begin());
  return {};
}

os::Extent PlainFile::next_data(uint64_t from, uint64_t end) const {
  if (!is_file()) return {from, end};
  const os::Extent data = whole_blocks(os::next_data(file_.fd(), from, end));
  return {std::min(data.begin, end), std::min(data.end, end)};
}

Result<void> for_each_data_run(
    const PlainFile& file, uint64_t begin, uint64_t end,
    const std::function<Result<void>(uint64_t offset, std::span<const uint8_t> run)>& visit) {
  std::vector<uint8_t> buffer;
  for (uint64_t from = begin; from < end;) {
    const os::Extent data = file.next_data(from, end);
    for (from = data.begin; from < data.end;) {
      std::span<const uint8_t> piece = file.view();
      if (file.is_file()) {
        buffer.resize(kCopyBufferBytes);
        const auto read = std::span(buffer).first(std::min(buffer.size(), data.end - from));
        TINE_TRY(file.read_at(from, read));
        piece = read;
      } else {
        piece = piece.subspan(from, data.end - from);
      }
      Result<void> done;
      (void)for_each_data_run(piece, [&](uint64_t offset, std::span<const uint8_t> run) {
        done = visit(from - begin + offset, run);
        return done.has_value();
      });
      TINE_TRY(std::move(done));
      from += piece.size();
    }
  }
  return {};
}

}  // namespace tine
