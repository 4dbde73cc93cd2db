// Puzzles: small targets that are solved by one input, which the fuzzer must find within a number
// of runs. Seeds are fixed and limits count runs and instructions, so nothing depends on time.
#include <gtest/gtest.h>

#include "support/tine_process.h"

namespace tine::test {

namespace {

struct Puzzle {
  const char* name;
  const char* runs;
  std::vector<std::string> flags;  // beyond the common ones
  int exit_code;
  const char* artifact;  // prefix of the file that holds the solution; empty: there is none
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest's name.
void PrintTo(const Puzzle& puzzle, std::ostream* out) { *out << puzzle.name; }

const Puzzle kPuzzles[] = {
    {"compare4", "200000", {}, 77, "crash-"},
    {"compare8", "200000", {}, 77, "crash-"},
    {"memory_compare", "200000", {}, 77, "crash-"},
    {"string_compare", "200000", {}, 77, "crash-"},
    {"switch", "200000", {}, 77, "crash-"},
    {"chain", "2000000", {"-use_value_profile=1"}, 77, "crash-"},
    {"sum", "2000000", {}, 77, "crash-"},
    {"initialize", "1000", {}, 77, "crash-"},
    {"overrun", "1000", {}, 77, "crash-"},
    {"hang", "200000", {}, 70, "timeout-"},
    {"deep", "200000", {}, 77, "crash-"},
    {"leak", "2000", {}, 0, ""},
};

class PuzzleTest : public testing::TestWithParam<Puzzle> {};

ProcessResult fuzz(const std::string& puzzle, std::vector<std::string> flags, const TempDir& dir) {
  flags.insert(flags.begin(), {"fuzz", "--fuel=20000000", guest(puzzle), "-seed=2", "-max_len=64"});
  return tine(flags, {.directory = dir.path()});
}

TEST_P(PuzzleTest, IsSolved) {
  const Puzzle& puzzle = GetParam();
  const TempDir dir;
  std::vector<std::string> flags = puzzle.flags;
  flags.push_back(std::string("-runs=") + puzzle.runs);
  const ProcessResult found = fuzz(puzzle.name, flags, dir);
  EXPECT_EQ(found.exit_code, puzzle.exit_code) << found.err;
  const std::vector<std::string> files = dir.names();
  if (*puzzle.artifact == '\0') {
    EXPECT_TRUE(files.empty()) << files[0];
    return;
  }
  ASSERT_EQ(files.size(), 1u);
  EXPECT_TRUE(files[0].starts_with(puzzle.artifact)) << files[0];
  EXPECT_EQ(files[0].size(), std::string(puzzle.artifact).size() + 40);
  EXPECT_NE(found.err.find("Test unit written to ./" + files[0]), found.err.npos) << found.err;
}

INSTANTIATE_TEST_SUITE_P(All, PuzzleTest, testing::ValuesIn(kPuzzles),
                         [](const auto& info) { return std::string(info.param.name); });

/// The lines from `ERROR: tine:` on to SUMMARY, without the process id.
std::string report_of(const std::string& err) {
  const size_t begin = err.find("ERROR: tine:");
  const size_t summary = err.find("SUMMARY:", begin);
  if (begin == err.npos || summary == err.npos) return "";
  return err.substr(begin, err.find('\n', summary) - begin);
}

TEST(Crash, ReplaysFromItsFileWithTheSameReport) {
  const TempDir dir;
  const ProcessResult found = fuzz("compare4", {"-runs=200000"}, dir);
  ASSERT_EQ(found.exit_code, 77) << found.err;
  const ProcessResult again = fuzz("compare4", {dir.names()[0]}, dir);
  EXPECT_EQ(again.exit_code, 77);
  EXPECT_NE(report_of(found.err), "");
  EXPECT_EQ(report_of(again.err), report_of(found.err));
  EXPECT_EQ(dir.names().size(), 1u);  // a replay writes nothing
}

TEST(Crash, ReportNamesFunctionsAndOffsets) {
  const TempDir dir;
  dir.write("input", std::string("\xef\xbe\xad\xde", 4));
  const ProcessResult run = fuzz("compare4", {"input"}, dir);
  const std::string report = report_of(run.err);
  EXPECT_NE(report.find("unreachable"), report.npos) << run.err;
  EXPECT_NE(report.find("#0 solved+0x0 (compare4.wasm:0x"), report.npos) << report;
  EXPECT_NE(report.find("#1 LLVMFuzzerTestOneInput+0x"), report.npos) << report;
  EXPECT_NE(report.find("SUMMARY: tine: unreachable solved+0x0"), report.npos) << report;
}

TEST(Crash, StackExhaustionIsOne) {
  const TempDir dir;
  dir.write("input", "DEEP");
  const ProcessResult run = fuzz("deep", {"input"}, dir);
  EXPECT_EQ(run.exit_code, 77);
  EXPECT_NE(run.err.find("stack-overflow"), run.err.npos) << run.err;
  EXPECT_NE(run.err.find("more frames"), run.err.npos) << run.err;
}

TEST(Crash, ExitCodeCanBeChosen) {
  const TempDir dir;
  dir.write("crash", std::string("\xef\xbe\xad\xde", 4));
  dir.write("hang", "HANG");
  EXPECT_EQ(fuzz("compare4", {"-error_exitcode=5", "crash"}, dir).exit_code, 5);
  EXPECT_EQ(fuzz("hang", {"-timeout_exitcode=6", "hang"}, dir).exit_code, 6);
}

TEST(Timeout, CountsInstructions) {
  const TempDir dir;
  dir.write("hang", "HANG");
  const ProcessResult run = fuzz("hang", {"hang"}, dir);
  EXPECT_EQ(run.exit_code, 70);
  EXPECT_NE(run.err.find("timeout: out of fuel (use --fuel=N to change) at instruction 20000000\n"),
            run.err.npos)
      << run.err;
  EXPECT_NE(run.err.find("#0 spin+0x"), run.err.npos) << run.err;
  EXPECT_EQ(dir.names().size(), 1u);
}

TEST(Timeout, ArtifactGoesWhereFlagsSay) {
  const TempDir dir;
  dir.write("corpus/hang", "HANG");
  EXPECT_EQ(fuzz("hang", {"-artifact_prefix=x-", "corpus"}, dir).exit_code, 70);
  EXPECT_EQ(dir.names("x-timeout-").size(), 1u);
  EXPECT_EQ(fuzz("hang", {"-exact_artifact_path=exact", "corpus"}, dir).exit_code, 70);
  EXPECT_EQ(read_text(dir.path("exact")), "HANG");
}

}  // namespace

}  // namespace tine::test
