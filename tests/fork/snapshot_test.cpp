// Snapshots: what goes into a file comes out of it, and the machine goes on as if nothing happened.
#include "tine/snapshot.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "fork/guest.h"
#include "snapshot_format.h"

namespace tine {
namespace {

using test::deep_snapshot;
using test::scratch_path;
using test::tiny_snapshot;

constexpr size_t kMost = 10;
using Lines = std::vector<std::string>;

std::shared_ptr<const Snapshot> load(const std::string& path,
                                     MemorySource source = MemorySource::kCopy) {
  const auto snapshot = Snapshot::load(path, source);
  EXPECT_TRUE(snapshot.has_value()) << snapshot.error().to_line(path);
  return snapshot ? *snapshot : nullptr;
}

/// How the deep snapshot ends: the result of its pending call.
std::vector<Value> finish(Machine& machine) {
  const Outcome outcome = machine.run(100'000);
  EXPECT_TRUE(outcome.returned()) << to_string(outcome);
  return {machine.results().begin(), machine.results().end()};
}

TEST(Snapshot, BytesComeBackAsTheSameState) {
  for (const auto& snapshot : {tiny_snapshot(), deep_snapshot(5)}) {
    const auto bytes = snapshot->to_bytes();
    ASSERT_TRUE(bytes.has_value());
    const auto back = Snapshot::from_bytes(*bytes);
    ASSERT_TRUE(back.has_value()) << back.error().to_line("bytes");
    EXPECT_EQ(differences(snapshot->state(), (*back)->state(), kMost), Lines{});
    EXPECT_EQ(*(*back)->to_bytes(), *bytes);
    EXPECT_EQ((*back)->hash(), snapshot->hash());
    EXPECT_TRUE((*back)->verify_memory().has_value());
  }
}

TEST(Snapshot, SaveLoadSaveGivesEqualFiles) {
  const std::string first = scratch_path("first.snap");
  const std::string second = scratch_path("second.snap");
  for (const auto& snapshot : {tiny_snapshot(), deep_snapshot(5)}) {
    for (const MemorySource source : {MemorySource::kCopy, MemorySource::kMapFile}) {
      ASSERT_TRUE(snapshot->save(first).has_value());
      const auto loaded = load(first, source);
      ASSERT_TRUE(loaded->verify_memory().has_value());
      ASSERT_TRUE(loaded->save(second).has_value());
      EXPECT_EQ(test::read_file(second), test::read_file(first));
      EXPECT_EQ(test::read_file(first), *snapshot->to_bytes());
    }
  }
}

TEST(Snapshot, TheSameStateGivesTheSameBytesInEveryKindOfCode) {
  std::vector<std::vector<uint8_t>> files;
  for (const CodeKind kind : {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping}) {
    const auto machine = test::guest_machine("tiny", kind);
    const Outcome outcome = test::call(*machine, "sum", std::vector{Value::i32(100)}, 777);
    ASSERT_EQ(outcome.kind, OutcomeKind::kOutOfFuel);
    files.push_back(*test::capture(*machine)->to_bytes());
  }
  EXPECT_EQ(files[1], files[0]);
  EXPECT_EQ(files[2], files[0]);
}

TEST(Snapshot, ResumesToTheSameEnd) {
  const auto snapshot = deep_snapshot(9);
  const std::string path = scratch_path("deep.snap");
  ASSERT_TRUE(snapshot->save(path).has_value());
  auto undisturbed = test::resume(*snapshot);
  ASSERT_TRUE(undisturbed.has_value()) << undisturbed.error().detail;
  const auto expected = finish(**undisturbed);
  for (const MemorySource source : {MemorySource::kCopy, MemorySource::kMapFile}) {
    for (const CodeKind kind : {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping}) {
      auto machine = test::resume(*load(path, source), kind);
      ASSERT_TRUE(machine.has_value()) << machine.error().detail;
      EXPECT_EQ(finish(**machine), expected);
      EXPECT_EQ(*state_hash(**machine), *state_hash(**undisturbed));
    }
  }
  EXPECT_EQ(differences(load(path)->state(), snapshot->state(), kMost), Lines{})
      << "a resumed machine wrote into its snapshot";
}

TEST(Snapshot, StateHashNeedsNoSnapshot) {
  const auto machine = test::guest_machine("scratch");
  const auto before = *state_hash(*machine);
  EXPECT_EQ(before, test::capture(*machine)->hash());
  ASSERT_TRUE(test::call(*machine, "mutate", std::vector{Value::i32(128)}).returned());
  EXPECT_NE(*state_hash(*machine), before);
}

TEST(Snapshot, ZerosAreHolesOfTheFile) {
  const auto machine = test::guest_machine("scratch");
  machine->memory(0).grow(5);
  const std::string path = scratch_path("sparse.snap");
  ASSERT_TRUE(test::capture(*machine)->save(path).has_value());
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_GE(static_cast<uint64_t>(info.st_size), 9 * kWasmPageBytes);
  if (info.st_blksize <= 4096) {
    EXPECT_LE(info.st_blocks * 512, 32 * 1024);
  }
}

TEST(Snapshot, LoadsFilesThatLostTheirHoles) {
  const auto snapshot = deep_snapshot(2);
  const std::string path = scratch_path("dense.snap");
  const auto bytes = *snapshot->to_bytes();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  for (const MemorySource source : {MemorySource::kCopy, MemorySource::kMapFile}) {
    const auto loaded = load(path, source);
    EXPECT_EQ(loaded->hash(), snapshot->hash());
    EXPECT_EQ(differences(loaded->state(), snapshot->state(), kMost), Lines{});
  }
}

TEST(Snapshot, SharesTheModuleOfTheSameProgram) {
  const auto snapshot = tiny_snapshot();
  const auto again = Snapshot::from_bytes(*snapshot->to_bytes());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ((*again)->state().modules[0], snapshot->state().modules[0]);
}

TEST(Snapshot, MapsMemoryForForksUnlessItIsTiny) {
  EXPECT_LT(tiny_snapshot()->state().memories[0].contents.fd, 0);
  const auto deep = deep_snapshot(1);
  EXPECT_GE(deep->state().memories[0].contents.fd, 0);
}

TEST(Snapshot, VerifyMemoryFindsDamage) {
  auto bytes = *deep_snapshot(1)->to_bytes();
  bytes.back() ^= 1;
  const auto loaded = Snapshot::from_bytes(bytes);
  ASSERT_TRUE(loaded.has_value()) << "any memory contents are legal";
  const auto verified = (*loaded)->verify_memory();
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().code, ErrorCode::kBadSnapshot);
  EXPECT_EQ(verified.error().byte_offset, bytes.size() - 3 * kWasmPageBytes);
}

TEST(Snapshot, SaysWhichFileItCannotRead) {
  const auto missing = Snapshot::load(scratch_path("missing.snap"));
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kIo);
  EXPECT_NE(missing.error().detail.find("missing.snap"), std::string::npos);
  const auto folder = Snapshot::load(testing::TempDir());
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace tine
