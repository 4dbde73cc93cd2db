// Writing and checking sections of changes.
#include "changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "hash.h"
#include "little_endian.h"

namespace tine {
namespace {

constexpr uint64_t kDataCountAt = 8;
constexpr uint64_t kZeroCountAt = 16;
/// Contents are read so many blocks at a time.
constexpr uint64_t kBlocksAtOnce = 64;

[[nodiscard]] std::unexpected<Error> bad(uint64_t offset, std::string detail) {
  return fail(ErrorCode::kBadSnapshot, offset, std::move(detail));
}

/// The numbers of blocks from `at` in the section's index: ascending, and within the memory.
[[nodiscard]] Result<std::vector<uint64_t>> decode_numbers(std::span<const uint8_t> index,
                                                           uint64_t at, uint64_t count,
                                                           uint64_t blocks, uint64_t file_offset) {
  std::vector<uint64_t> out;
  out.reserve(count);
  for (uint64_t i = 0; i < count; ++i, at += 8) {
    const auto number = load_le<uint64_t>(index.data() + at);
    if (number >= blocks)
      return bad(file_offset + at, fmt::format("block {} of a memory of {}", number, blocks));
    if (!out.empty() && number <= out.back())
      return bad(file_offset + at, "the numbers of blocks do not ascend");
    out.push_back(number);
  }
  return out;
}

}  // namespace

std::vector<uint8_t> encode_changes(const Changes& changes) {
  std::vector<uint8_t> out(changes.index_bytes());
  store_le(out.data(), changes.memory_bytes);
  store_le<uint64_t>(out.data() + kDataCountAt, changes.data.size());
  store_le<uint64_t>(out.data() + kZeroCountAt, changes.zeros.size());
  uint8_t* to = out.data() + kChangesHeaderBytes;
  for (const std::vector<uint64_t>* numbers : {&changes.data, &changes.zeros}) {
    for (const uint64_t number : *numbers) {
      store_le(to, number);
      to += 8;
    }
  }
  return out;
}

Result<Changes> read_changes(const PlainFile& file, const Section& section) {
  uint8_t header[kChangesHeaderBytes];
  TINE_TRY(file.read_at(section.offset, header));
  Changes changes;
  changes.memory_bytes = load_le<uint64_t>(header);
  if (changes.memory_bytes % kWasmPageBytes != 0 || changes.memory_bytes > kMostMemoryBytes)
    return bad(section.offset, fmt::format("a memory cannot have {} bytes", changes.memory_bytes));
  const uint64_t blocks = changes.memory_bytes / kBlockBytes;
  const auto data = load_le<uint64_t>(header + kDataCountAt);
  const auto zeros = load_le<uint64_t>(header + kZeroCountAt);
  const uint64_t most = section.size / 8;
  if (data > blocks || data > most)
    return bad(section.offset + kDataCountAt, fmt::format("{} blocks do not fit", data));
  if (zeros > blocks - data || zeros > most)
    return bad(section.offset + kZeroCountAt, fmt::format("{} blocks do not fit", zeros));
  const uint64_t used = kChangesHeaderBytes + 8 * (data + zeros);
  const uint64_t index_bytes = (used + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
  if (index_bytes + kBlockBytes * data != section.size)
    return bad(section.offset + kDataCountAt,
               fmt::format("{} and {} blocks do not make a section of {} bytes", data, zeros,
                           section.size));
  std::vector<uint8_t> index(index_bytes);
  TINE_TRY(file.read_at(section.offset, index));
  const uint64_t zeros_at = kChangesHeaderBytes + 8 * data;
  TINE_TRY_ASSIGN(changes.data,
                  decode_numbers(index, kChangesHeaderBytes, data, blocks, section.offset));
  TINE_TRY_ASSIGN(changes.zeros, decode_numbers(index, zeros_at, zeros, blocks, section.offset));
  if (!is_zero(std::span(index).subspan(used)))
    return bad(section.offset + used, "the gap behind the numbers of blocks is not zero");
  for (const uint64_t number : changes.zeros)
    if (std::ranges::binary_search(changes.data, number))
      return bad(section.offset + zeros_at, fmt::format("block {} is there twice", number));
  return changes;
}

Result<void> read_changed_blocks(
    const PlainFile& file, const Section& section, const Changes& changes,
    const std::function<Result<void>(uint64_t block, std::span<const uint8_t> contents)>& put) {
  ByteHasher hasher;
  hasher.add(encode_changes(changes));
  std::vector<uint8_t> buffer;
  uint64_t at = section.offset + changes.index_bytes();
  for (size_t first = 0; first < changes.data.size(); first += kBlocksAtOnce) {
    const size_t count = std::min<size_t>(kBlocksAtOnce, changes.data.size() - first);
    buffer.resize(count * kBlockBytes);
    TINE_TRY(file.read_at(at, buffer));
    hasher.add(buffer);
    for (size_t i = 0; i < count; ++i) {
      const auto contents = std::span(buffer).subspan(i * kBlockBytes, kBlockBytes);
      if (is_zero(contents))
        return bad(at + i * kBlockBytes, "a changed block of zeros, which should only be named");
      TINE_TRY(put(changes.data[first + i], contents));
    }
    at += buffer.size();
  }
  if (hasher.hash() != section.hash)
    return bad(section.offset, "the changes of a memory are damaged (their hash differs)");
  return {};
}

}  // namespace tine
