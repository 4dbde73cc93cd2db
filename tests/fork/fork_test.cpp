// Forks: whatever a run does, reset brings back exactly the snapshot, and forks do not see each
// other.
#include "tine/fork.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "fork/guest.h"

namespace tine {
namespace {

using Lines = std::vector<std::string>;
using test::call;
using test::deep_snapshot;
using test::make_fork;
using test::Random;

constexpr CodeKind kKinds[] = {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

/// The scratch guest at rest: no frames, nothing pending, some memory written.
std::shared_ptr<const Snapshot> resting_snapshot() {
  const auto machine = test::guest_machine("scratch");
  EXPECT_TRUE(call(*machine, "scribble", std::vector{Value::i32(1), Value::i32(30)}).returned());
  return test::capture(*machine);
}

/// The scratch guest in the middle of its endless walk, at whatever depth it happens to be.
std::shared_ptr<const Snapshot> wandering_snapshot(uint64_t fuel) {
  const auto machine = test::guest_machine("scratch");
  const Outcome outcome = call(*machine, "wander", std::vector{Value::i32(5)}, fuel);
  EXPECT_EQ(outcome.kind, OutcomeKind::kOutOfFuel) << to_string(outcome);
  return test::capture(*machine);
}

TEST(Fork, IsItsSnapshotFromTheStart) {
  const auto fork = make_fork(deep_snapshot(4));
  EXPECT_EQ(fork->verify(), Lines{});
  EXPECT_EQ(fork->reset().dirty_cards, 0u);
  EXPECT_EQ(fork->verify(), Lines{});
}

TEST(Fork, ResetUndoesEveryKindOfChange) {
  const auto snapshot = resting_snapshot();
  for (const CodeKind kind : kKinds) {
    const auto fork = make_fork(snapshot, kind);
    for (uint32_t what = 0; what < 256; ++what) {
      const Outcome outcome = call(fork->machine(), "mutate", std::vector{Value::i32(what)});
      ASSERT_TRUE(outcome.returned()) << what << ' ' << to_string(outcome);
      if (what != 0) {
        EXPECT_NE(fork->verify(), Lines{}) << "the verifier misses change " << what;
      }
      fork->reset();
      ASSERT_EQ(fork->verify(), Lines{}) << "change " << what;
    }
  }
}

TEST(Fork, VerifyMissesNothingOfWhatEveryByteShows) {
  const auto fork = make_fork(resting_snapshot());
  Random random(31);
  for (int round = 0; round < 50; ++round) {
    ASSERT_TRUE(call(fork->machine(), "scribble",
                     std::vector{Value::i32(random.next()), Value::i32(1 + random.below(6))})
                    .returned());
    const Lines shown = fork->verify(Fork::Scope::kEveryByte);
    EXPECT_NE(shown, Lines{});
    EXPECT_EQ(fork->verify(), shown);
    fork->reset();
    EXPECT_EQ(fork->verify(Fork::Scope::kEveryByte), Lines{});
  }
}

TEST(Fork, ResetUndoesScatteredStores) {
  const auto fork = make_fork(resting_snapshot());
  Random random(2024);
  for (int round = 0; round < 300; ++round) {
    const uint32_t stores = 1 + random.below(200);
    ASSERT_TRUE(call(fork->machine(), "scribble",
                     std::vector{Value::i32(random.next()), Value::i32(stores)})
                    .returned());
    const ResetStats stats = fork->reset();
    EXPECT_GE(stats.dirty_cards, 1u);
    EXPECT_LE(stats.dirty_cards, stores);
    ASSERT_EQ(fork->verify(), Lines{}) << "round " << round;
  }
}

TEST(Fork, ResetUndoesTheSameStoreInEveryCycle) {
  const auto fork = make_fork(resting_snapshot());
  for (int cycle = 0; cycle < 3; ++cycle) {
    ASSERT_TRUE(call(fork->machine(), "mutate", std::vector{Value::i32(0xff)}).returned());
    const ResetStats stats = fork->reset();
    EXPECT_GE(stats.dirty_cards, 20000 / kCardBytes);
    ASSERT_EQ(fork->verify(), Lines{}) << "cycle " << cycle;
  }
}

TEST(Fork, ResetRebuildsFramesThatWereReturnedInto) {
  const auto snapshot = deep_snapshot(8);
  for (const CodeKind kind : kKinds) {
    const auto fork = make_fork(snapshot, kind);
    Outcome outcome = fork->machine().run();
    ASSERT_TRUE(outcome.returned()) << to_string(outcome);
    const uint64_t length = fork->machine().instructions() - snapshot->state().instructions;
    const Value result = fork->machine().results()[0];
    // Stop after every instruction on the way up, go back, and arrive at the same end.
    for (uint64_t fuel = 0; fuel < length; ++fuel) {
      fork->reset();
      ASSERT_EQ(fork->verify(), Lines{}) << fuel;
      outcome = fork->machine().run(fuel);
      ASSERT_EQ(outcome.kind, OutcomeKind::kOutOfFuel) << fuel;
    }
    fork->reset();
    ASSERT_TRUE(fork->machine().run().returned());
    EXPECT_EQ(fork->machine().results()[0], result);
  }
}

TEST(Fork, ResetWorksFromAnyDepthToAnyDepth) {
  Random random(7);
  for (const CodeKind kind : kKinds) {
    for (int base = 0; base < 10; ++base) {
      const auto fork = make_fork(wandering_snapshot(1000 + random.below(5000)), kind);
      for (int round = 0; round < 40; ++round) {
        const Outcome outcome = fork->machine().run(random.below(4000));
        ASSERT_EQ(outcome.kind, OutcomeKind::kOutOfFuel) << to_string(outcome);
        fork->reset();
        ASSERT_EQ(fork->verify(), Lines{}) << "base " << base << ", round " << round;
      }
    }
  }
}

TEST(Fork, RunsAlikeAfterEveryReset) {
  const auto fork = make_fork(wandering_snapshot(3000));
  (void)fork->machine().run(10'000);
  const auto first = *state_hash(fork->machine());
  for (int round = 0; round < 5; ++round) {
    fork->reset();
    (void)fork->machine().run(10'000);
    EXPECT_EQ(*state_hash(fork->machine()), first) << round;
  }
}

TEST(Fork, ResetUndoesATrap) {
  const auto fork = make_fork(resting_snapshot());
  ASSERT_TRUE(call(fork->machine(), "mutate", std::vector{Value::i32(16)}).returned());
  const Outcome outcome = call(fork->machine(), "mutate", std::vector{Value::i32(16)});
  ASSERT_EQ(outcome.kind, OutcomeKind::kTrapped) << "the segment is dropped by now";
  fork->reset();
  EXPECT_EQ(fork->verify(), Lines{});
  EXPECT_TRUE(call(fork->machine(), "mutate", std::vector{Value::i32(16)}).returned());
}

TEST(Fork, DoesNotSeeItsNeighbours) {
  const auto snapshot = resting_snapshot();
  const auto one = make_fork(snapshot);
  const auto two = make_fork(snapshot);
  ASSERT_TRUE(call(one->machine(), "mutate", std::vector{Value::i32(0xff)}).returned());
  EXPECT_EQ(two->verify(), Lines{});
  ASSERT_TRUE(
      call(two->machine(), "scribble", std::vector{Value::i32(3), Value::i32(9)}).returned());
  const auto changed = *state_hash(two->machine());
  one->reset();
  EXPECT_EQ(one->verify(), Lines{});
  EXPECT_EQ(*state_hash(two->machine()), changed);
  two->reset();
  EXPECT_EQ(two->verify(), Lines{});
  EXPECT_EQ(*state_hash(one->machine()), *state_hash(two->machine()));
}

TEST(Fork, CanBeCapturedAndForkedAgain) {
  const auto fork = make_fork(wandering_snapshot(2000));
  (void)fork->machine().run(1500);
  const auto child_snapshot = test::capture(fork->machine());
  (void)fork->machine().run(2500);
  const auto expected = *state_hash(fork->machine());

  const auto child = make_fork(child_snapshot);
  (void)child->machine().run(2500);
  EXPECT_EQ(*state_hash(child->machine()), expected);
  child->reset();
  EXPECT_EQ(child->verify(), Lines{});
  fork->reset();
  EXPECT_EQ(fork->verify(), Lines{}) << "the child's runs reached its parent";
}

TEST(Fork, KeepsItsSnapshotAlive) {
  auto snapshot = deep_snapshot(3);
  const auto fork = make_fork(snapshot);
  snapshot.reset();
  ASSERT_TRUE(fork->machine().run().returned());
  fork->reset();
  EXPECT_EQ(fork->verify(), Lines{});
}

TEST(Fork, WorksOnMemoryTooSmallToMap) {
  const auto fork = make_fork(test::tiny_snapshot());
  ASSERT_TRUE(fork->machine().run().returned());
  EXPECT_EQ(fork->machine().results()[0], Value::i64(5050));
  fork->reset();
  EXPECT_EQ(fork->verify(), Lines{});
}

}  // namespace
}  // namespace tine
