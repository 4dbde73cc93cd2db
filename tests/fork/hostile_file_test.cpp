// Damaged and hostile .snap files: an error with an offset, or a machine that runs. Never a crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "fork/guest.h"
#include "fork/hostile.h"
#include "hash.h"
#include "little_endian.h"
#include "snapshot_format.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

using test::Bytes;
using test::rehash;
using test::sections_of;

/// Loads a file and, if it lets itself be loaded, uses everything that it gives. `parent`: of a
/// delta. Returns whether there was a machine to run.
bool load_and_run(const Bytes& file, const std::string& what, const Bytes* parent = nullptr) {
  const auto snapshot = test::load(file, parent);
  if (!snapshot) {
    EXPECT_NE(snapshot.error().byte_offset, kNoOffset) << what << snapshot.error().detail;
    EXPECT_FALSE(snapshot.error().detail.empty()) << what;
    if (snapshot.error().detail.find("unpacked form") == std::string::npos) {
      EXPECT_LE(snapshot.error().byte_offset, file.size()) << what << snapshot.error().detail;
    }
    return false;
  }
  EXPECT_EQ(test::misbehaviour(**snapshot), std::nullopt) << what;
  return (*snapshot)->verify_frames().has_value();
}

Bytes tiny_file() { return *test::tiny_snapshot()->to_bytes(); }

/// The tiny guest a while later, as a delta against tiny_file().
Bytes tiny_delta() {
  const auto machine = test::guest_machine("tiny");
  (void)test::call(*machine, "sum", std::vector{Value::i32(100)}, 500);
  const auto parent = test::capture(*machine);
  (void)machine->run(300);
  machine->memory(0).write(8 * 4096, Bytes(5000, 3));
  machine->memory(0).write(0, Bytes(4096, 0));
  const std::string path = test::scratch_path("tiny.snap");
  const std::string delta = test::scratch_path("delta.snap");
  EXPECT_TRUE(parent->save(path).has_value());
  const SaveOptions how = {.parent = parent, .parent_file = "tiny.snap", .reason = "a reason"};
  EXPECT_TRUE(test::capture(*machine)->save(delta, how).has_value());
  return test::read_file(delta);
}

const Section& section(const std::vector<Section>& sections, SectionKind kind) {
  return *std::find_if(sections.begin(), sections.end(),
                       [kind](const Section& s) { return s.kind == kind; });
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
      {kVersionAt, {1, 0, 0, 0}, "snapshot format version 1; this build reads version 4"},
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

TEST(HostileDense, EveryFlippedByteIsFoundOrChangesNothing) {
  const Bytes plain = tiny_file();
  Bytes file = test::pack(plain);
  int found = 0;
  for (size_t at = 0; at < file.size(); ++at) {
    const auto flip = static_cast<uint8_t>(1u << (at % 8));
    file[at] ^= flip;
    if (load_and_run(file, "byte " + std::to_string(at))) {
      EXPECT_EQ(*(*test::load(file))->to_bytes(), plain) << at;
    } else {
      ++found;
    }
    file[at] ^= flip;
  }
  EXPECT_GT(found, static_cast<int>(file.size()) - 10);
}

TEST(HostileDense, EveryTruncationIsFound) {
  const Bytes file = test::pack(tiny_file());
  for (size_t size = 0; size < file.size(); ++size) {
    const Bytes cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_FALSE(load_and_run(cut, "size " + std::to_string(size)));
  }
  Bytes longer = file;
  longer.push_back(0);
  EXPECT_FALSE(load_and_run(longer, "a byte more"));
}

TEST(HostileDense, ItsContentsMayBeAnything) {
  // What packs well may be damaged inside, where zstd's checksum does not help.
  const Bytes plain = tiny_file();
  for (size_t at = 0; at < plain.size(); at += at < 2048 ? 1 : 997) {
    Bytes damaged = plain;
    damaged[at] ^= 0x40;
    EXPECT_FALSE(load_and_run(test::pack(damaged), "byte " + std::to_string(at)));
  }
}

TEST(HostileDelta, EveryFlippedByteIsFound) {
  const Bytes parent = tiny_file();
  Bytes file = tiny_delta();
  ASSERT_TRUE(load_and_run(file, "undamaged", &parent));
  for (size_t at = 0; at < file.size(); ++at) {
    const auto flip = static_cast<uint8_t>(1u << (at % 8));
    file[at] ^= flip;
    EXPECT_FALSE(load_and_run(file, "byte " + std::to_string(at), &parent));
    file[at] ^= flip;
  }
}

TEST(HostileDelta, EveryTruncationIsFoundUnlessItCutsTheWholeNote) {
  const Bytes parent = tiny_file();
  const Bytes file = tiny_delta();
  const auto without_note = load_le<uint64_t>(file.data() + kFileSizeAt);
  ASSERT_LT(without_note, file.size());
  for (size_t size = 0; size < file.size(); ++size) {
    const Bytes cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(load_and_run(cut, "size " + std::to_string(size), &parent), size == without_note);
  }
}

TEST(HostileDelta, FlipsWithFittingHashesNeverCrash) {
  const Bytes parent = tiny_file();
  const Bytes file = tiny_delta();
  const Section changes = section(sections_of(file), SectionKind::kChanges);
  int runs = 0;
  int refusals = 0;
  for (uint64_t at = kHeaderBytes; at < file.size(); ++at) {
    if (at == changes.offset + 256) at = changes.offset + 4096 - 8;  // a gap, always found
    if (at == changes.offset + 4096 + 64) break;                     // contents, always legal
    for (const uint8_t flip : {0x01, 0x10, 0x80, 0xff}) {
      Bytes hostile = file;
      hostile[at] ^= flip;
      rehash(hostile, &parent);
      (load_and_run(hostile, "byte " + std::to_string(at), &parent) ? runs : refusals) += 1;
    }
  }
  EXPECT_GT(runs, 0);
  EXPECT_GT(refusals, runs);
}

TEST(HostileDelta, FlipsInItsParentAreFoundOrRun) {
  const Bytes delta = tiny_delta();
  Bytes parent = tiny_file();
  const uint64_t memory_at = section(sections_of(parent), SectionKind::kMemory).offset;
  const uint64_t outline = kHeaderBytes + sections_of(parent).size() * kEntryBytes;
  for (uint64_t at = 0; at < memory_at + 512; ++at) {
    parent[at] ^= 0x20;
    const bool runs = load_and_run(delta, "byte " + std::to_string(at), &parent);
    if (at < outline) {
      EXPECT_FALSE(runs) << at;
    }
    parent[at] ^= 0x20;
  }
}

TEST(HostileDelta, NamesNothingOutsideItsFolder) {
  const Bytes parent = tiny_file();
  const Bytes file = tiny_delta();
  const Section name = section(sections_of(file), SectionKind::kParent);
  for (const std::string hostile : {"/etc/pass", "../a.snap", "aa/b.snap", "tiny..snp"}) {
    ASSERT_EQ(hostile.size(), name.size);
    Bytes changed = file;
    std::copy(hostile.begin(), hostile.end(),
              changed.begin() + static_cast<ptrdiff_t>(name.offset));
    rehash(changed, &parent);
    const auto refused = test::load(changed, &parent);
    ASSERT_FALSE(refused.has_value()) << hostile;
    EXPECT_EQ(refused.error().byte_offset, name.offset);
    EXPECT_NE(refused.error().detail.find("is not a file of the same folder"), std::string::npos);
  }
}

TEST(HostileDelta, IsRefusedWhereItBuildsOnItself) {
  // A real cycle would need a collision of hashes. The nearest thing: a parent that is the delta.
  const Bytes file = tiny_delta();
  Bytes own = file;
  store_hash(own.data() + kParentHashAt, load_hash(file.data() + kRootHashAt));
  const auto refused = test::load(own, &file);
  EXPECT_FALSE(refused.has_value());
}

TEST(HostileNote, EveryFlippedByteAndTruncationIsFound) {
  const std::string path = test::scratch_path("note.snap");
  ASSERT_TRUE(test::tiny_snapshot()->save(path, {.reason = "why"}).has_value());
  Bytes file = test::read_file(path);
  const auto note_at = load_le<uint64_t>(file.data() + kFileSizeAt);
  for (size_t at = note_at; at < file.size(); ++at) {
    file[at] ^= 1;
    EXPECT_FALSE(test::load(file).has_value()) << at;
    file[at] ^= 1;
    const Bytes cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(at));
    EXPECT_EQ(test::load(cut).has_value(), at == note_at) << at;
  }
}

}  // namespace
}  // namespace tine
