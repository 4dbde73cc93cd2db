// What libFuzzer does beyond a plain run: children, merging, minimising, names; and that features
// mean the same in every process.
#include <gtest/gtest.h>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

/// The status lines, without what differs from run to run (addresses, memory, speed).
std::string features_of(const std::string& err) {
  std::string lines;
  size_t at = 0;
  while (at < err.size()) {
    const size_t end = std::min(err.find('\n', at), err.size());
    const std::string line = err.substr(at, end - at);
    if (line.starts_with('#'))
      if (const size_t speed = line.find(" exec/s:"); speed != line.npos)
        lines +=
            line.substr(0, speed) + line.substr(std::min(line.find(" L:"), line.size())) + "\n";
    at = end + 1;
  }
  return lines;
}

TEST(Engine, FeaturesAreTheSameInEveryProcess) {
  const TempDir dir;
  const std::vector<std::string> args = {"fuzz", guest("chain"), "-seed=7", "-runs=20000",
                                         "-max_len=32"};
  const ProcessResult first = tine(args, {.directory = dir.path()});
  const ProcessResult second = tine(args, {.directory = dir.path()});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_TRUE(contains(features_of(first.err), "NEW")) << first.err;
  EXPECT_EQ(features_of(first.err), features_of(second.err));
}

TEST(Engine, KnowsFunctionNames) {
#ifdef TINE_ADDRESS_SANITIZER
  GTEST_SKIP() << "AddressSanitizer brings its own symbolizer";
#endif
  const TempDir dir;
  dir.write("corpus/a", std::string(28, 'x'));
  const ProcessResult run = tine(
      {"fuzz", guest("switch"), "-runs=2", "-print_coverage=1", "-focus_function=choose", "corpus"},
      {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_TRUE(contains(run.err, " choose switch.wasm:0x")) << run.err;
  EXPECT_TRUE(contains(run.err, "1/1 inputs touch the focus function")) << run.err;
}

TEST(Engine, MergeKeepsOneInputAFeature) {
  const TempDir dir;
  for (const char* name : {"a", "b", "c"}) dir.write(std::string("from/") + name, "same");
  dir.make_dir("to");
  const ProcessResult run =
      tine({"fuzz", guest("compare4"), "-merge=1", "to", "from"}, {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path("to")))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1u) << run.err;
}

TEST(Engine, MinimizesACrash) {
  const TempDir dir;
  dir.write("big", "\xef\xbe\xad\xde and a long tail behind it");
  const ProcessResult run = tine({"fuzz", guest("compare4"), "-minimize_crash=1", "-runs=20000",
                                  "-seed=1", "-exact_artifact_path=small", "big"},
                                 {.directory = dir.path()});
  EXPECT_EQ(read_text(dir.path("small")), "\xef\xbe\xad\xde") << run.err;
}

TEST(Engine, ForkModeStartsChildrenWithTheSameProgramAndOptions) {
  const TempDir dir;
  dir.make_dir("corpus with space");
  const std::string program = dir.write("it's a.wasm", read_text(guest("hang")));
  const ProcessResult run =
      tine({"fuzz", "--fuel=20000000", program, "-fork=1", "-seed=1", "-runs=200000", "-max_len=16",
            "-ignore_timeouts=0", "-artifact_prefix=x-"},
           {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 70) << run.err;
  EXPECT_EQ(dir.names("x-timeout-").size(), 1u) << run.err;
}

TEST(Engine, JobsWriteTheirLogs) {
  const TempDir dir;
  const ProcessResult run =
      tine({"fuzz", "--seed=3", guest("leak"), "-jobs=2", "-workers=2", "-runs=100"},
           {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(read_text(dir.path("fuzz-0.log")), "Done 100 runs"));
  EXPECT_TRUE(contains(read_text(dir.path("fuzz-1.log")), "Done 100 runs"));
}

TEST(Engine, SnapshotIsFuzzedFromWhereItStands) {
  const TempDir dir;
  const ProcessResult taken = tine({"snapshot", "--at", "stdin", "-o", "s.snap", guest("switch")},
                                   {.directory = dir.path()});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  const ProcessResult run =
      tine({"fuzz", "s.snap", "-seed=1", "-runs=200000", "-max_len=16"}, {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 77) << run.err;
  EXPECT_TRUE(contains(run.err, "#1 choose+0x")) << run.err;
}

TEST(Engine, SolvesSumsOnlyWithMatchBits) {
  const TempDir dir;
  const ProcessResult run =
      tine({"fuzz", "--no-match-bits", guest("sum"), "-seed=1", "-runs=100000", "-max_len=64"},
           {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST(Engine, SolvesMagicOnlyWithCompares) {
  const TempDir dir;
  const ProcessResult run =
      tine({"fuzz", "--no-compares", guest("compare8"), "-seed=1", "-runs=100000", "-max_len=64"},
           {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

}  // namespace

}  // namespace tine::test
