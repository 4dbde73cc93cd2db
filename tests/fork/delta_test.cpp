// Deltas: a file with what changed, a chain that loads as one snapshot, and nothing lost between
// the two readers of the dirty cards.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "changes.h"
#include "fork/guest.h"
#include "hash.h"
#include "snapshot_file.h"
#include "tine/fork.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

using test::scratch_path;
using Bytes = std::vector<uint8_t>;
using Lines = std::vector<std::string>;
using SnapshotRef = std::shared_ptr<const Snapshot>;

void save(const SnapshotRef& snapshot, const std::string& name, const SaveOptions& options = {}) {
  const auto saved = snapshot->save(scratch_path(name), options);
  ASSERT_TRUE(saved.has_value()) << saved.error().to_line(name);
}

void save_delta(const SnapshotRef& snapshot, const std::string& name, const SnapshotRef& parent,
                const std::string& parent_name) {
  save(snapshot, name, {.parent = parent, .parent_file = parent_name});
}

/// Loads a file that must hold the state of `expected`, byte for byte.
void expect_loads_as(const std::string& name, const SnapshotRef& expected) {
  for (const MemorySource source : {MemorySource::kCopy, MemorySource::kMapFile}) {
    const auto loaded = Snapshot::load(scratch_path(name), source);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().to_line(name);
    EXPECT_EQ(differences((*loaded)->state(), expected->state(), 10), Lines{}) << name;
    EXPECT_EQ(*(*loaded)->to_bytes(), *expected->to_bytes()) << name;
  }
}

/// What a delta's file says of memory 0.
Changes changes_in(const std::string& name) {
  auto plain = PlainFile::open(scratch_path(name), kDefaultMaxUnpackedBytes);
  const auto file = SnapshotFile::read(std::move(*plain));
  EXPECT_TRUE(file.has_value() && file->header().is_delta());
  EXPECT_TRUE(file->check_all().has_value());
  return *read_changes(file->plain(), file->memories()[0]);
}

void mutate(Machine& machine, int32_t what) {
  ASSERT_TRUE(test::call(machine, "mutate", std::vector{Value::i32(what)}).returned());
}
void scribble(Machine& machine, int32_t seed, int32_t count) {
  const std::vector args = {Value::i32(seed), Value::i32(count)};
  ASSERT_TRUE(test::call(machine, "scribble", args).returned());
}

TEST(Delta, LoadsAsTheStateThatWasSaved) {
  const auto machine = test::guest_machine("scratch");
  const auto first = test::capture(*machine);
  mutate(*machine, 0xff);
  const auto second = test::capture(*machine);
  save(first, "first.snap");
  save_delta(second, "second.snap", first, "first.snap");
  expect_loads_as("second.snap", second);
  expect_loads_as("first.snap", first);
}

TEST(Delta, HoldsWhatDiffersAndNothingElse) {
  const auto machine = test::guest_machine("scratch");
  Memory& memory = machine->memory(0);
  memory.write(5 * 4096, Bytes(4096, 7));
  memory.write(9 * 4096, Bytes(10, 7));
  const auto first = test::capture(*machine);
  memory.write(3 * 4096 + 5, Bytes{1});        // new contents
  memory.write(9 * 4096, Bytes(10, 7));        // written, but as before
  memory.write(5 * 4096, Bytes(4096, 0));      // became zeros
  memory.write(20 * 4096, Bytes{0, 0, 0, 0});  // zeros as before
  const auto second = test::capture(*machine);
  save(first, "first.snap");
  save_delta(second, "second.snap", first, "first.snap");
  const Changes changes = changes_in("second.snap");
  EXPECT_EQ(changes.data, std::vector<uint64_t>{3});
  EXPECT_EQ(changes.zeros, std::vector<uint64_t>{5});
  expect_loads_as("second.snap", second);
}

TEST(Delta, KnowsStoresThatCrossIntoTheNextBlock) {
  const auto machine = test::guest_machine("scratch");
  const auto first = test::capture(*machine);
  // As a handler does it: the card of the first byte is marked, the value crosses into block 2.
  Memory& memory = machine->memory(0);
  const uint64_t at = 2 * 4096 - 1;
  mark_dirty(memory.base(), at);
  std::fill_n(memory.base() + at, 8, 0xee);
  const auto second = test::capture(*machine);
  save(first, "first.snap");
  save_delta(second, "second.snap", first, "first.snap");
  EXPECT_EQ(changes_in("second.snap").data, (std::vector<uint64_t>{1, 2}));
  expect_loads_as("second.snap", second);
}

TEST(Delta, LooksOnlyAtCardsThatWereWritten) {
  const auto machine = test::guest_machine("scratch");
  const auto first = test::capture(*machine);
  machine->memory(0).write(4096, Bytes{1});
  machine->memory(0).base()[8 * 4096] = 1;  // behind the barrier's back: nobody can know
  const auto second = test::capture(*machine);
  save(first, "first.snap");
  save_delta(second, "second.snap", first, "first.snap");
  EXPECT_EQ(changes_in("second.snap").data, std::vector<uint64_t>{1});
}

TEST(Delta, ComparesEverythingWhereNobodyKnows) {
  const auto machine = test::guest_machine("scratch");
  scribble(*machine, 3, 40);
  const auto first = test::capture(*machine);
  const auto other = test::guest_machine("scratch");
  scribble(*other, 4, 40);
  mutate(*other, 0xff);
  const auto second = test::capture(*other);
  save(first, "first.snap");
  save_delta(second, "second.snap", first, "first.snap");
  expect_loads_as("second.snap", second);
}

TEST(Delta, FollowsAMachineThatGoesOnFromAFile) {
  save(test::deep_snapshot(4), "first.snap");
  const auto first = Snapshot::load(scratch_path("first.snap"), MemorySource::kMapFile);
  ASSERT_TRUE(first.has_value());
  auto machine = test::resume(**first);
  ASSERT_TRUE(machine.has_value());
  (void)(*machine)->run(30);
  (*machine)->memory(0).base()[40 * 4096] ^= 1;  // unmarked: shows that cards are what is read
  const auto second = test::capture(**machine);
  save_delta(second, "second.snap", *first, "first.snap");
  for (const uint64_t block : changes_in("second.snap").data) EXPECT_NE(block, 40u);
}

TEST(Delta, GrowsAndShrinksWithItsMemory) {
  const auto fork = test::make_fork(test::deep_snapshot(3));
  Machine& machine = fork->machine();
  const auto base = test::capture(machine);
  save(base, "base.snap");
  ASSERT_EQ(machine.memory(0).grow(2), 3);
  machine.memory(0).write(4 * kWasmPageBytes + 17, Bytes{1, 2, 3});
  const auto grown = test::capture(machine);
  save_delta(grown, "grown.snap", base, "base.snap");
  fork->reset();
  const auto shrunk = test::capture(machine);
  save_delta(shrunk, "shrunk.snap", grown, "grown.snap");
  ASSERT_EQ(machine.memory(0).grow(2), 3);
  const auto again = test::capture(machine);
  save_delta(again, "again.snap", grown, "grown.snap");    // what grew is zeros now
  save_delta(again, "later.snap", shrunk, "shrunk.snap");  // likewise, but was gone between
  EXPECT_EQ(changes_in("again.snap").zeros, std::vector<uint64_t>{4 * 16});
  expect_loads_as("grown.snap", grown);
  expect_loads_as("shrunk.snap", shrunk);
  expect_loads_as("again.snap", again);
  expect_loads_as("later.snap", again);
}

TEST(Delta, SurvivesResetsBetweenCaptures) {
  const uint64_t seed = 20261121;
  test::Random random(seed);
  SCOPED_TRACE(seed);
  const auto fork = test::make_fork(test::deep_snapshot(3));
  Machine& machine = fork->machine();
  std::vector<SnapshotRef> taken = {test::capture(machine)};
  save(taken[0], "0.snap");
  for (uint32_t i = 1; i < 40; ++i) {
    for (uint32_t step = random.below(4); step > 0; --step) {
      if (random.below(3) == 0)
        fork->reset();
      else if (random.below(3) == 0)
        (void)machine.memory(0).grow(1);
      machine.memory(0).write(random.below(3 * 65536 - 600), Bytes(random.below(600), i & 1));
    }
    taken.push_back(test::capture(machine));
    const uint32_t parent = random.below(i);
    save_delta(taken[i], std::to_string(i) + ".snap", taken[parent],
               std::to_string(parent) + ".snap");
    expect_loads_as(std::to_string(i) + ".snap", taken[i]);
    if (random.below(4) == 0) {
      fork->reset();
      ASSERT_EQ(fork->verify(Fork::Scope::kEveryByte), Lines{}) << i;
    }
  }
}

TEST(Delta, IsTheSameBytesHoweverTheChangesWereFound) {
  const auto machine = test::guest_machine("scratch");
  const auto first = test::capture(*machine);
  scribble(*machine, 5, 30);
  const auto second = test::capture(*machine);
  save(first, "first.snap");
  save_delta(second, "followed.snap", first, "first.snap");
  const auto stranger = Snapshot::from_bytes(*second->to_bytes());
  ASSERT_TRUE(stranger.has_value());
  save_delta(*stranger, "compared.snap", first, "first.snap");
  EXPECT_EQ(test::read_file(scratch_path("followed.snap")),
            test::read_file(scratch_path("compared.snap")));
}

TEST(Delta, MayBeDenseAndBuildOnDenseFiles) {
  const auto machine = test::guest_machine("scratch");
  const auto first = test::capture(*machine);
  scribble(*machine, 5, 30);
  const auto second = test::capture(*machine);
  save(first, "first.snap", {.form = SaveOptions::Form::kDense});
  save(second, "second.snap",
       {.form = SaveOptions::Form::kDense, .parent = first, .parent_file = "first.snap"});
  expect_loads_as("second.snap", second);
}

// --- captured against a parent -------------------------------------------------------------------

SnapshotRef capture_changes(Machine& machine, const SnapshotRef& parent) {
  auto snapshot = Snapshot::capture(machine, *parent);
  EXPECT_TRUE(snapshot.has_value()) << snapshot.error().to_line("capture");
  return snapshot ? *snapshot : nullptr;
}

bool is_layer(const SnapshotRef& snapshot) {
  return snapshot->state().memories[0].contents.patches != nullptr;
}

/// Same bytes as the long way, complete and as a delta, and the same machines and forks.
void expect_same(const SnapshotRef& layer, const SnapshotRef& whole, const SnapshotRef& parent) {
  EXPECT_EQ(differences(layer->state(), whole->state(), 10), Lines{});
  EXPECT_EQ(layer->hash(), whole->hash());
  EXPECT_EQ(*layer->to_bytes(), *whole->to_bytes());
  save(parent, "parent.snap");
  save_delta(layer, "layer.snap", parent, "parent.snap");
  save_delta(whole, "whole.snap", parent, "parent.snap");
  EXPECT_EQ(test::read_file(scratch_path("layer.snap")),
            test::read_file(scratch_path("whole.snap")));
  expect_loads_as("layer.snap", whole);
  const auto machine = test::resume(*layer);
  ASSERT_TRUE(machine.has_value());
  EXPECT_EQ(*state_hash(**machine), whole->hash());
  const auto fork = test::make_fork(layer);
  fork->machine().memory(0).write(5, Bytes(10'000, 9));
  fork->reset();
  EXPECT_EQ(fork->verify(Fork::Scope::kOwnPages), Lines{});
  EXPECT_EQ(fork->verify(Fork::Scope::kEveryByte), Lines{});
}

TEST(CapturedDelta, SharesWhatWasNotWritten) {
  const auto machine = test::resume(*test::deep_snapshot(3));
  ASSERT_TRUE(machine.has_value());
  Memory& memory = (*machine)->memory(0);
  const auto parent = test::capture(**machine);
  memory.write(3 * 4096 + 5, Bytes{1});
  memory.write(8 * 4096, Bytes(4096, 0));
  memory.base()[20 * 4096] ^= 1;  // behind the barrier's back: shows that it is not looked at
  const auto layer = capture_changes(**machine, parent);
  ASSERT_TRUE(is_layer(layer));
  memory.base()[20 * 4096] ^= 1;
  memory.base()[3 * 4096 + 5] = 2;  // later; the layer has its own copy
  memory.base()[3 * 4096 + 5] = 1;
  expect_same(layer, test::capture(**machine), parent);
}

TEST(CapturedDelta, IsWholeWhereNobodyKnowsWhatChanged) {
  const auto parent = test::deep_snapshot(3);
  const auto stranger = test::resume(*test::deep_snapshot(3));
  ASSERT_TRUE(stranger.has_value());
  (*stranger)->memory(0).write(4096, Bytes(100, 7));
  const auto layer = capture_changes(**stranger, parent);
  EXPECT_FALSE(is_layer(layer));
  expect_same(layer, test::capture(**stranger), parent);
}

/// Chains, trees, memories that grow and shrink, blocks that become zeros, resets between.
TEST(CapturedDelta, EqualsTheLongWay) {
  const uint64_t seed = 20261121;
  test::Random random(seed);
  SCOPED_TRACE(seed);
  const auto fork = test::make_fork(test::deep_snapshot(3));
  Machine& machine = fork->machine();
  std::vector<SnapshotRef> taken = {test::capture(machine)};
  uint32_t layers = 0;
  for (uint32_t i = 1; i < 60; ++i) {
    for (uint32_t step = random.below(4); step > 0; --step) {
      if (random.below(6) == 0) fork->reset();
      if (random.below(3) == 0) (void)machine.memory(0).grow(1);
      const uint64_t size = random.below(600);
      machine.memory(0).write(
          random.below(static_cast<uint32_t>(machine.memory(0).size_bytes() - size)),
          Bytes(size, random.below(3) == 0 ? 0 : i & 0xff));
    }
    const SnapshotRef parent = taken[taken.size() - 1 - random.below(std::min(i, 4u))];
    taken.push_back(capture_changes(machine, parent));
    if (is_layer(taken.back())) ++layers;
    expect_same(taken.back(), test::capture(machine), parent);
    if (HasFailure()) FAIL() << i;
    if (machine.memory(0).size_pages() > 20) fork->reset();
  }
  EXPECT_GT(layers, 20u);
}

TEST(CapturedDelta, OutlivesItsParents) {
  const auto machine = test::resume(*test::deep_snapshot(3));
  ASSERT_TRUE(machine.has_value());
  SnapshotRef last = test::capture(**machine);
  for (uint8_t i = 1; i < 5; ++i) {
    (*machine)->memory(0).write(i * 5000, Bytes(10, i));
    last = capture_changes(**machine, last);
  }
  ASSERT_TRUE(is_layer(last));
  EXPECT_EQ(last->hash(), test::capture(**machine)->hash());
}

/// A chain of `length` deltas, 0.snap … ; each writes a byte of its own.
std::vector<SnapshotRef> save_chain(size_t length) {
  const auto machine = test::guest_machine("scratch");
  std::vector<SnapshotRef> taken = {test::capture(*machine)};
  save(taken[0], "0.snap");
  for (size_t i = 1; i <= length; ++i) {
    machine->memory(0).write(i * 700, Bytes{static_cast<uint8_t>(i)});
    taken.push_back(test::capture(*machine));
    save_delta(taken[i], std::to_string(i) + ".snap", taken[i - 1],
               std::to_string(i - 1) + ".snap");
  }
  return taken;
}

TEST(Delta, HasAtMostSoManyParents) {
  const auto taken = save_chain(kMaxParents + 1);
  expect_loads_as(std::to_string(kMaxParents) + ".snap", taken[kMaxParents]);
  const auto refused = Snapshot::load(scratch_path(std::to_string(kMaxParents + 1) + ".snap"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kLimit);
  EXPECT_EQ(refused.error().detail, "a delta of more than 64 generations");
}

TEST(Delta, SaysWhichParentIsMissingOrDamaged) {
  const auto taken = save_chain(2);
  const std::string path = scratch_path("2.snap");
  const auto file = test::read_file(scratch_path("0.snap"));
  const auto load_detail = [&path] {
    const auto refused = Snapshot::load(path);
    EXPECT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().byte_offset, kNoOffset);
    return refused ? "" : refused.error().detail;
  };
  std::filesystem::remove(scratch_path("0.snap"));
  EXPECT_NE(load_detail().find("its parent 0.snap: cannot open"), std::string::npos);
  ASSERT_TRUE(taken[1]->save(scratch_path("0.snap")).has_value());
  EXPECT_EQ(load_detail(), "its parent 0.snap:0x18: another snapshot than the one it builds on");
  Bytes damaged = file;
  damaged[24] ^= 1;
  std::ofstream(scratch_path("0.snap"), std::ios::binary)
      .write(reinterpret_cast<const char*>(damaged.data()),
             static_cast<std::streamsize>(damaged.size()));
  EXPECT_EQ(load_detail(),
            "its parent 0.snap:0x18: header and section table are damaged (their hash differs)");
}

TEST(Delta, RefusesParentsThatCouldNotBeFoundAgain) {
  const auto taken = save_chain(1);
  for (const char* name : {"", "../0.snap", "a/b", "..", "missing.snap", "1.snap", "-"}) {
    const auto refused =
        taken[1]->save(scratch_path("x.snap"), {.parent = taken[0], .parent_file = name});
    ASSERT_FALSE(refused.has_value()) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kUsage) << name;
    EXPECT_FALSE(std::filesystem::exists(scratch_path("x.snap"))) << name;
  }
  const auto onto_itself =
      taken[1]->save(scratch_path("0.snap"), {.parent = taken[0], .parent_file = "0.snap"});
  EXPECT_FALSE(onto_itself.has_value());
}

TEST(Delta, NeedsAFolderForItsParents) {
  const auto taken = save_chain(1);
  const auto bytes = test::read_file(scratch_path("1.snap"));
  const auto refused = Snapshot::from_bytes(bytes);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().byte_offset, kNoOffset);
  LoadOptions options;
  options.parent_folder = std::filesystem::path(scratch_path("1.snap")).parent_path().string();
  const auto loaded = Snapshot::from_bytes(bytes, options);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().detail;
  EXPECT_EQ((*loaded)->hash(), taken[1]->hash());
}

}  // namespace
}  // namespace tine
