// tine diff, of memories: ranges of bytes that differ, and their bytes in rows of 16.
//
// Equal pieces are passed over with memcmp. A memory that has grown on one side is compared with
// the zeros that it held when it was new; their rows show `--` where there is no memory.
#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "data_symbols.h"
#include "diff.h"

namespace tine::cli {

namespace {

constexpr uint64_t kPieceBytes = 4096;  // divides the size of every memory
constexpr uint64_t kRowBytes = 16;
constexpr uint64_t kJoinBytes = 16;  // differing bytes this close to each other are one range

constexpr std::array<uint8_t, kPieceBytes> kZeros{};

using Bytes = std::span<const uint8_t>;

struct Range {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t differing = 0;  // bytes
};

Bytes piece_of(Bytes memory, uint64_t at) {
  return at < memory.size() ? memory.subspan(at, kPieceBytes) : Bytes(kZeros);
}

/// Calls `visit(range)` for each range of differing bytes, in order.
template <class Visit>
void visit_ranges(Bytes a, Bytes b, Visit visit) {
  Range range;
  for (uint64_t at = 0; at < std::max(a.size(), b.size()); at += kPieceBytes) {
    const Bytes piece_a = piece_of(a, at);
    const Bytes piece_b = piece_of(b, at);
    if (std::memcmp(piece_a.data(), piece_b.data(), kPieceBytes) == 0) continue;
    for (uint64_t i = 0; i < kPieceBytes; ++i) {
      if (piece_a[i] == piece_b[i]) continue;
      if (range.differing != 0 && at + i - range.end > kJoinBytes) {
        visit(range);
        range.differing = 0;
      }
      if (range.differing++ == 0) range.begin = at + i;
      range.end = at + i + 1;
    }
  }
  if (range.differing != 0) visit(range);
}

/// The bytes of a row that are there.
std::vector<uint8_t> row_bytes(Bytes memory, uint64_t at) {
  if (at >= memory.size()) return {};
  const Bytes row = memory.subspan(at, kRowBytes);
  return {row.begin(), row.end()};
}

std::string hex(const std::vector<uint8_t>& bytes) {
  std::string text;
  for (const uint8_t b : bytes) text += fmt::format("{:02x}", b);
  return text;
}

bool rows_differ(Bytes a, Bytes b, uint64_t at) {
  return std::memcmp(piece_of(a, at & ~(kPieceBytes - 1)).data() + at % kPieceBytes,
                     piece_of(b, at & ~(kPieceBytes - 1)).data() + at % kPieceBytes,
                     kRowBytes) != 0;
}

/// The rows of a range, as far as `rows_left` allows; the others go to `more_rows`.
Json range_rows(Bytes a, Bytes b, const Range& range, uint64_t& rows_left, uint64_t& more_rows) {
  Json rows = Json::array();
  for (uint64_t at = range.begin & ~(kRowBytes - 1); at < range.end; at += kRowBytes) {
    if (!rows_differ(a, b, at)) continue;
    if (rows_left == 0) {
      ++more_rows;
      continue;
    }
    --rows_left;
    rows.push_back({{"address", at}, {"a", hex(row_bytes(a, at))}, {"b", hex(row_bytes(b, at))}});
  }
  return rows;
}

Json diff_memory(Bytes a, Bytes b, const DataSymbols& symbols, uint64_t& rows_left) {
  Json ranges = Json::array();
  uint64_t differing = 0;
  uint64_t more_rows = 0;
  uint64_t more_ranges = 0;
  visit_ranges(a, b, [&](const Range& range) {
    differing += range.differing;
    Json rows = range_rows(a, b, range, rows_left, more_rows);
    if (rows.empty()) {
      ++more_ranges;
      return;
    }
    const std::string symbol = symbols.at(range.begin);
    ranges.push_back({{"begin", range.begin},
                      {"end", range.end},
                      {"differing_bytes", range.differing},
                      {"symbol", symbol.empty() ? Json(nullptr) : Json(symbol)},
                      {"rows", std::move(rows)}});
  });
  return {{"size_a", a.size()},          {"size_b", b.size()},     {"differing_bytes", differing},
          {"ranges", std::move(ranges)}, {"more_rows", more_rows}, {"more_ranges", more_ranges}};
}

}  // namespace

Json diff_memories(const MachineState& a, const MachineState& b, uint64_t rows_left) {
  Json list = Json::array();
  for (uint32_t m = 0; m < std::max(a.memories.size(), b.memories.size()); ++m) {
    const MachineState& owner = m < a.memories.size() ? a : b;
    const Bytes bytes_a = m < a.memories.size() ? a.memories[m].contents.bytes : Bytes();
    const Bytes bytes_b = m < b.memories.size() ? b.memories[m].contents.bytes : Bytes();
    Json facts = diff_memory(bytes_a, bytes_b, DataSymbols(owner, m), rows_left);
    if (bytes_a.size() == bytes_b.size() && facts["differing_bytes"] == 0) continue;
    Json entry = {{"memory", m}};
    entry.update(facts);
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace tine::cli
