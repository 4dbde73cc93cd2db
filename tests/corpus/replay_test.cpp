#include "tine/replay.h"

#include <gtest/gtest.h>

#include "corpus/support.h"
#include "support/temp_dir.h"

namespace tine::test {

namespace {

ReplayOptions options(uint32_t threads) {
  ReplayOptions replay;
  replay.fork = fork_config();
  replay.fuel = 10'000;
  replay.threads = threads;
  return replay;
}

std::vector<std::string> lines(const ReplayReport& report) {
  std::vector<std::string> list;
  list.reserve(report.results.size());
  for (const ReplayResult& r : report.results)
    list.push_back(r.file + " " + to_string(r.outcome) + " " + std::to_string(r.instructions) +
                   (r.backtrace.empty() ? "" : r.backtrace[0]));
  return list;
}

TEST(Replay, IsInOrderOfNamesWhateverTheThreads) {
  const TempDir dir;
  for (int i = 0; i < 30; ++i)
    dir.write("f" + std::to_string(i), std::string(static_cast<size_t>(i), i % 3 == 0 ? 'X' : 'a'));
  const auto snapshot = *target("reader");
  const auto one = replay(snapshot, dir.path(), options(1));
  const auto many = replay(snapshot, dir.path(), options(8));
  ASSERT_TRUE(one && many);
  EXPECT_EQ(lines(*one), lines(*many));
  EXPECT_EQ(one->results.size(), 30u);
  EXPECT_EQ(one->results[1].file, "f1");
  EXPECT_EQ(one->results[2].file, "f10");
  EXPECT_EQ(one->count(OutcomeKind::kTrapped), 9u);  // f0 is empty
  EXPECT_EQ(one->count(OutcomeKind::kExited), 21u);
}

TEST(Replay, TakesASingleFile) {
  const TempDir dir;
  const auto report = replay(*target("reader"), dir.write("one", "abc"), options(0));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->results.size(), 1u);
  EXPECT_EQ(report->results[0].file, "one");
  EXPECT_EQ(report->results[0].size_bytes, 3u);
  EXPECT_EQ(report->results[0].outcome.exit_code, 3u);
}

TEST(Replay, TakesAnEmptyFolder) {
  const TempDir dir;
  const auto report = replay(*target("reader"), dir.path(), options(0));
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->results.empty());
}

TEST(Replay, RefusesAMissingFolder) {
  const TempDir dir;
  const auto report = replay(*target("reader"), dir.path("none"), options(0));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kIo);
}

}  // namespace

}  // namespace tine::test
