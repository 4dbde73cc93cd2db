// The format stays what it is: a file of version 4, checked in, must load and must be what we write.
//
// When this fails because the format changed on purpose, bump kSnapshotVersion, and make a golden
// file of the new version with TINE_BLESS=1; the old one moves to a test that it is refused clearly.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "fork/bless.h"
#include "fork/guest.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

const char* const kGoldenPath = TINE_SOURCE_DIR "/tests/fork/golden/version-4.snap";
constexpr uint64_t kGoldenFuel = 500;

/// The state of the golden file, made anew from its own module.
std::shared_ptr<const Snapshot> make_golden(std::shared_ptr<const Module> module) {
  MachineConfig config;
  config.stack_limit_slots = 4096;
  const auto machine = Machine::create(config);
  EXPECT_TRUE(machine->instantiate(std::move(module), {}).has_value());
  const Outcome outcome = test::call(*machine, "sum", std::vector{Value::i32(100)}, kGoldenFuel);
  EXPECT_EQ(outcome.kind, OutcomeKind::kOutOfFuel);
  return test::capture(*machine);
}

TEST(GoldenSnapshot, IsWhatThisBuildWrites) {
  if (test::is_blessing()) {
    ASSERT_TRUE(make_golden(test::guest_module("tiny"))->save(kGoldenPath).has_value());
    GTEST_SKIP() << "wrote " << kGoldenPath;
  }
  const auto golden = Snapshot::load(kGoldenPath);
  ASSERT_TRUE(golden.has_value()) << golden.error().to_line(kGoldenPath);
  const auto file = test::read_file(kGoldenPath);
  EXPECT_EQ(*(*golden)->to_bytes(), file);
  const auto anew = make_golden((*golden)->state().modules.at(0));
  EXPECT_EQ(differences(anew->state(), (*golden)->state(), 10), std::vector<std::string>{});
  EXPECT_EQ(*anew->to_bytes(), file);
}

TEST(GoldenSnapshot, RunsOnToItsEnd) {
  const auto golden = Snapshot::load(kGoldenPath);
  ASSERT_TRUE(golden.has_value());
  ASSERT_TRUE((*golden)->verify_memory().has_value());
  const auto machine = test::resume(**golden);
  ASSERT_TRUE(machine.has_value()) << machine.error().detail;
  ASSERT_TRUE((*machine)->run().returned());
  EXPECT_EQ((*machine)->results()[0], Value::i64(5050));
}

}  // namespace
}  // namespace tine
