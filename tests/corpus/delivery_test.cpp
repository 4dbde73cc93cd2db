#include "tine/delivery.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "corpus/support.h"
#include "support/temp_dir.h"
#include "tine/runner.h"

namespace tine::test {

namespace {

constexpr uint64_t kFuel = 100'000;

std::unique_ptr<InputRunner> runner_of(const std::string& name) {
  auto snapshot = target(name);
  EXPECT_TRUE(snapshot) << snapshot.error().detail;
  auto runner = InputRunner::create(*snapshot, fork_config());
  EXPECT_TRUE(runner) << runner.error().detail;
  return std::move(*runner);
}

std::string run(InputRunner& runner, std::string_view input, uint64_t fuel = kFuel) {
  const auto data = bytes(input);
  return to_string(runner.run(data, fuel));
}

TEST(DeliverByStdin, GivesTheInputToTheFirstRead) {
  auto runner = runner_of("reader");
  EXPECT_EQ(run(*runner, "abc"), "exited: 3");
  EXPECT_EQ(run(*runner, ""), "exited: 0");
  EXPECT_EQ(run(*runner, "Xbc"), "trapped: unreachable");
  EXPECT_EQ(run(*runner, "abcd"), "exited: 4");
}

TEST(DeliverByCall, PutsInputsAtTheEndOfMemoryWithoutMalloc) {
  auto runner = runner_of("at_end");
  EXPECT_EQ(run(*runner, ""), "returned");
  EXPECT_EQ(run(*runner, "abc"), "returned");
  EXPECT_EQ(run(*runner, std::string(65536, 'a')), "returned");
  EXPECT_EQ(run(*runner, std::string(2 * 65536, 'a')), "returned");
  EXPECT_EQ(run(*runner, "X"), "trapped: unreachable");
}

TEST(DeliverByCall, SaysWhereNoRoomIsLeft) {
  auto runner = runner_of("at_end");
  const Outcome outcome = runner->run(std::vector<uint8_t>(2 * 65536 + 1), kFuel);
  EXPECT_EQ(outcome.kind, OutcomeKind::kHostError);
  EXPECT_EQ(outcome.detail, "no room in guest memory for 131073 bytes of input");
}

/// A target's parameter has 32 bits.
TEST(DeliverByCall, HasNoRoomBeyondFourGibibytes) {
  const TempDir dir;
  const std::string file = dir.path("wide.wat");
  for (const auto& [pages, end] :
       {std::pair{65535, "returned"}, {65536, "no room in guest memory for 3 bytes of input"}}) {
    std::ofstream(file) << fmt::format(R"(
      (memory (export "memory") i64 {})
      (func (export "LLVMFuzzerTestOneInput") (param i32 i32) (result i32)
        (i32.load8_u (i64.extend_i32_u (local.get 0)))))",
                                       pages);
    const auto snapshot = open_target(file, closed_config("wide"));
    ASSERT_TRUE(snapshot) << snapshot.error().detail;
    const auto runner = InputRunner::create(*snapshot, fork_config());
    ASSERT_TRUE(runner) << runner.error().detail;
    EXPECT_TRUE(run(**runner, "abc").ends_with(end)) << pages;
  }
}

TEST(DeliverByCall, AsksTheGuestsMallocForTheExactSize) {
  auto runner = runner_of("by_malloc");
  for (const char* input : {"", "a", "abcdef"}) EXPECT_EQ(run(*runner, input), "returned");
  EXPECT_EQ(runner->run(std::vector<uint8_t>(13), kFuel).kind, OutcomeKind::kHostError);
}

TEST(DeliverByCall, FuelBoundsMallocAndCallTogether) {
  auto runner = runner_of("by_malloc");
  EXPECT_EQ(runner->run(bytes("L"), 1000).kind, OutcomeKind::kOutOfFuel);
  EXPECT_EQ(runner->instructions(), 1000u);
  EXPECT_EQ(runner->run(bytes("L"), 3).kind, OutcomeKind::kOutOfFuel);
  EXPECT_EQ(runner->instructions(), 3u);
}

TEST(DeliverByCall, RefusesATargetOfAnotherType) {
  const auto snapshot = target("wrong_type");
  ASSERT_TRUE(snapshot) << snapshot.error().detail;
  const auto runner = InputRunner::create(*snapshot, fork_config());
  ASSERT_FALSE(runner);
  EXPECT_EQ(runner.error().detail,
            "LLVMFuzzerTestOneInput has type [i64] -> [i32], expected [i32 i32] -> [i32]");
}

TEST(InputRunner, TakesTheSameTimeEachTime) {
  for (const char* name : {"reader", "by_malloc", "at_end"}) {
    auto runner = runner_of(name);
    (void)run(*runner, "abc");
    const uint64_t first = runner->instructions();
    EXPECT_GT(first, 0u);
    (void)run(*runner, "L", 50);
    (void)run(*runner, "abc");
    EXPECT_EQ(runner->instructions(), first) << name;
  }
}

TEST(InputRunner, LeavesNoTraceBehindAReset) {
  for (const char* name : {"reader", "by_malloc", "at_end"}) {
    auto runner = runner_of(name);
    (void)run(*runner, "Xabc");
    (void)run(*runner, std::string(60'000, 'q'));
    runner->fork().reset();
    EXPECT_EQ(runner->fork().verify(), std::vector<std::string>()) << name;
  }
}

TEST(OpenTarget, SaysHowAProgramEndedBeforeItsInput) {
  const auto snapshot = target("order");
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ErrorCode::kNotCapturable);
  EXPECT_EQ(snapshot.error().detail, "the program ended before it read standard input: returned");
}

TEST(OpenTarget, StandsBeforeTheFirstRead) {
  const auto snapshot = target("reader");
  ASSERT_TRUE(snapshot);
  EXPECT_EQ((*snapshot)->state().threads[0].frames.size(), 2u);
  EXPECT_EQ((*snapshot)->state().world.stdin_reads, 0u);
}

}  // namespace

}  // namespace tine::test
