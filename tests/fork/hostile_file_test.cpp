// Damaged and hostile .snap files: an error with an offset, or a machine that runs. Never a crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "fork/guest.h"
#include "hash.h"
#include "little_endian.h"
#include "snapshot_format.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

using Bytes = std::vector<uint8_t>;
constexpr uint64_t kFuel = 2000;

/// Loads a file and, if it lets itself be loaded, uses everything that it gives.
/// Returns whether there was a machine to run.
bool load_and_run(const Bytes& file, const std::string& what) {
  const auto snapshot = Snapshot::from_bytes(file);
  if (!snapshot) {
    EXPECT_NE(snapshot.error().byte_offset, kNoOffset) << what << snapshot.error().detail;
    EXPECT_LE(snapshot.error().byte_offset, file.size()) << what << snapshot.error().detail;
    EXPECT_FALSE(snapshot.error().detail.empty()) << what;
    return false;
  }
  [[maybe_unused]] const auto verified = (*snapshot)->verify_memory();
  auto machine = test::resume(**snapshot);
  if (!machine) {
    EXPECT_FALSE(machine.error().detail.empty()) << what;
    return false;
  }
  (void)(*machine)->backtrace();
  (void)(*machine)->run(kFuel);
  [[maybe_unused]] const auto hash = state_hash(**machine);
  return true;
}

Bytes tiny_file() { return *test::tiny_snapshot()->to_bytes(); }

/// The file's sections, read without checking anything.
std::vector<Section> sections_of(const Bytes& file) {
  std::vector<Section> out;
  for (uint32_t i = 0; i < load_le<uint32_t>(file.data() + kSectionCountAt); ++i) {
    const uint8_t* entry = file.data() + kHeaderBytes + i * kEntryBytes;
    out.push_back({.kind = static_cast<SectionKind>(load_le<uint32_t>(entry + kEntryKindAt)),
                   .offset = load_le<uint64_t>(entry + kEntryOffsetAt),
                   .size = load_le<uint64_t>(entry + kEntrySizeAt),
                   .hash = {}});
  }
  return out;
}

const Section& section(const std::vector<Section>& sections, SectionKind kind) {
  return *std::find_if(sections.begin(), sections.end(),
                       [kind](const Section& s) { return s.kind == kind; });
}

/// Makes all hashes fit again, as somebody who means harm would. The tiny guest has one module,
/// whose hash also stands in the first field of the state, behind the count.
void rehash(Bytes& file) {
  std::vector<Section> sections = sections_of(file);
  for (Section& s : sections) {
    const auto bytes = std::span<const uint8_t>(file).subspan(s.offset, s.size);
    MemoryContents memory;
    memory.bytes = bytes;
    s.hash = s.kind == SectionKind::kMemory ? hash_of(memory) : hash_of(bytes);
    if (s.kind == SectionKind::kModule)
      store_hash(file.data() + section(sections, SectionKind::kState).offset + 4, s.hash);
  }
  const Bytes outline = encode_outline(sections, file.size(), {});
  std::copy(outline.begin(), outline.end(), file.begin());
}

TEST(HostileFile, HelperMakesTheVeryHashesOfTheWriter) {
  const Bytes file = tiny_file();
  Bytes again = file;
  store_hash(again.data() + kRootHashAt, {});
  rehash(again);
  EXPECT_EQ(again, file);
}

TEST(HostileFile, EveryFlippedByteBeforeTheMemoryIsFound) {
  Bytes file = tiny_file();
  const uint64_t memory_at = section(sections_of(file), SectionKind::kMemory).offset;
  for (uint64_t at = 0; at < memory_at; ++at) {
    const auto flip = static_cast<uint8_t>(1u << (at % 8));
    file[at] ^= flip;
    const auto snapshot = Snapshot::from_bytes(file);
    ASSERT_FALSE(snapshot.has_value()) << at;
    ASSERT_NE(snapshot.error().byte_offset, kNoOffset) << at;
    file[at] ^= flip;
  }
}

TEST(HostileFile, EveryFlippedByteOfTheMemoryRuns) {
  Bytes file = tiny_file();
  const uint64_t memory_at = section(sections_of(file), SectionKind::kMemory).offset;
  for (uint64_t at = memory_at; at < file.size(); at += at < memory_at + 512 ? 1 : 257) {
    file[at] ^= 0xff;
    EXPECT_TRUE(load_and_run(file, "byte " + std::to_string(at)));
    file[at] ^= 0xff;
  }
}

TEST(HostileFile, EveryTruncationIsFound) {
  const Bytes file = tiny_file();
  for (size_t size = 0; size < file.size(); ++size) {
    const auto snapshot = Snapshot::from_bytes(std::span(file).first(size));
    ASSERT_FALSE(snapshot.has_value()) << size;
    ASSERT_EQ(snapshot.error().code, ErrorCode::kBadSnapshot);
    ASSERT_LE(snapshot.error().byte_offset, size);
  }
}

TEST(HostileFile, FlipsWithFittingHashesNeverCrash) {
  const Bytes file = tiny_file();
  int runs = 0;
  int refusals = 0;
  for (const Section& s : sections_of(file)) {
    if (s.kind == SectionKind::kMemory) continue;
    for (uint64_t at = s.offset; at < s.offset + s.size; ++at) {
      for (const uint8_t flip : {0x01, 0x02, 0x10, 0x80, 0xff}) {
        Bytes hostile = file;
        hostile[at] ^= flip;
        rehash(hostile);
        (load_and_run(hostile, "byte " + std::to_string(at)) ? runs : refusals) += 1;
      }
    }
  }
  EXPECT_GT(runs, 0);
  EXPECT_GT(refusals, runs);
}

TEST(HostileFile, FlipsInTheOutlineWithAFittingHashAreFound) {
  const Bytes file = tiny_file();
  const uint64_t outline = kHeaderBytes + sections_of(file).size() * kEntryBytes;
  for (uint64_t at = kVersionAt; at < outline; ++at) {
    if (at >= kRootHashAt && at < kParentHashAt) continue;
    for (const uint8_t flip : {0x01, 0x80, 0xff}) {
      Bytes hostile = file;
      hostile[at] ^= flip;
      // Only the root hash is made to fit: the table says what the attacker wants.
      store_hash(hostile.data() + kRootHashAt, {});
      const uint64_t end = std::min<uint64_t>(
          hostile.size(),
          kHeaderBytes + load_le<uint32_t>(hostile.data() + kSectionCountAt) * kEntryBytes);
      store_hash(hostile.data() + kRootHashAt, hash_of(std::span(hostile).first(end)));
      const bool is_memory_hash = at >= outline - kHashBytes;
      EXPECT_EQ(load_and_run(hostile, "byte " + std::to_string(at)), is_memory_hash) << at;
    }
  }
}

TEST(HostileFile, TellsWhatIsWrongAndWhere) {
  const struct {
    uint64_t at;
    Bytes bytes;
    std::string detail;
  } cases[] = {
      {0, {'P', 'K'}, "not a tine snapshot (wrong magic)"},
      {kVersionAt, {2, 0, 0, 0}, "snapshot format version 2; this build reads version 1"},
      {kSectionCountAt, {0xff, 0xff, 0xff, 0xff}, "4294967295 sections; at most 100000 are read"},
      {kRootHashAt, {1, 2, 3}, "header and section table are damaged (their hash differs)"},
  };
  for (const auto& c : cases) {
    Bytes file = tiny_file();
    std::copy(c.bytes.begin(), c.bytes.end(), file.begin() + static_cast<ptrdiff_t>(c.at));
    const auto snapshot = Snapshot::from_bytes(file);
    ASSERT_FALSE(snapshot.has_value());
    EXPECT_EQ(snapshot.error().detail, c.detail);
    EXPECT_EQ(snapshot.error().byte_offset, c.at);
  }
}

TEST(HostileFile, OffsetsOfABadModuleAreThoseOfTheFile) {
  Bytes file = tiny_file();
  const Section module = section(sections_of(file), SectionKind::kModule);
  file[module.offset + 4] = 9;  // the version field of the module
  rehash(file);
  const auto snapshot = Snapshot::from_bytes(file);
  ASSERT_FALSE(snapshot.has_value());
  EXPECT_EQ(snapshot.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(snapshot.error().byte_offset, module.offset + 4);
}

}  // namespace
}  // namespace tine
