// tine snapshot, resume and replay, as a user runs them.
#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

/// Freezes `show upper` before its first read. Its `ready` line belongs to the past then.
ProcessResult freeze_upper(const TempDir& dir, std::vector<std::string> options = {}) {
  options.insert(options.begin(), "snapshot");
  options.insert(options.end(), {"--at", "stdin", "-o", dir.path("upper.snap"), guest("show")});
  return tine(options);
}

TEST(Snapshot, StopsBeforeTheFirstReadOfStdin) {
  const TempDir dir;
  const ProcessResult taken = freeze_upper(dir);
  EXPECT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_EQ(taken.out, "ready\n");
  const ProcessResult resumed = tine({"resume", dir.path("upper.snap")}, {.stdin_text = "later"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(resumed.out, "LATER");
}

TEST(Snapshot, ResumesFromAnotherDirectoryAndFile) {
  const TempDir dir;
  const TempDir elsewhere;
  ASSERT_EQ(freeze_upper(dir).exit_code, 0);
  std::filesystem::rename(dir.path("upper.snap"), elsewhere.path("moved.snap"));
  elsewhere.write("in", "moved");
  EXPECT_EQ(tine({"resume", "--stdin", "in", "moved.snap"}, {.directory = elsewhere.path()}).out,
            "MOVED");
}

TEST(Snapshot, ResumesInEveryKindOfCode) {
  const TempDir dir;
  ASSERT_EQ(freeze_upper(dir).exit_code, 0);
  for (const char* kind : {"plain", "covered", "stepping"})
    EXPECT_EQ(
        tine({"resume", "--kind", kind, dir.path("upper.snap")}, {.stdin_text = kind}).exit_code,
        0);
}

TEST(Snapshot, ResumesInAnotherBuild) {
  const char* other = std::getenv("TINE_OTHER_BINARY");
  if (other == nullptr) GTEST_SKIP() << "TINE_OTHER_BINARY does not name the tine of another build";
  const TempDir dir;
  ASSERT_EQ(freeze_upper(dir).exit_code, 0);
  const std::vector<std::string> args = {other, "resume", dir.path("upper.snap")};
  EXPECT_EQ(run_process(args, {.stdin_text = "other"}).out, "OTHER");
}

TEST(Snapshot, IsTheSameFileEachTime) {
  const TempDir first;
  const TempDir second;
  ASSERT_EQ(freeze_upper(first, {"--closed"}).exit_code, 0);
  ASSERT_EQ(freeze_upper(second, {"--closed"}).exit_code, 0);
  EXPECT_NE(read_text(first.path("upper.snap")), "");
  EXPECT_TRUE(read_text(first.path("upper.snap")) == read_text(second.path("upper.snap")));
}

TEST(Snapshot, StopsAtTheNthEntryOfAFunction) {
  const TempDir dir;
  const ProcessResult taken = tine(
      {"snapshot", "--at", "func=parse#2", "-o", dir.path("parse.snap"), guest("show"), "trap"});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  const auto facts = nlohmann::json::parse(tine({"inspect", "--json", dir.path("parse.snap")}).out);
  EXPECT_EQ(facts["frames"][0]["function"], "parse");
  EXPECT_EQ(facts["frames"][1]["function"], "parse");
  EXPECT_NE(facts["frames"][2]["function"], "parse");
  EXPECT_EQ(tine({"resume", dir.path("parse.snap")}).exit_code, 134);
}

TEST(Snapshot, StopsAfterAnExactNumberOfInstructions) {
  const TempDir dir;
  for (const char* count : {"0", "1", "1000"}) {
    ASSERT_EQ(tine({"snapshot", "--closed", "--at", std::string("instr=") + count, "-o",
                    dir.path("n.snap"), guest("show")})
                  .exit_code,
              0);
    const auto facts = nlohmann::json::parse(tine({"inspect", "--json", dir.path("n.snap")}).out);
    EXPECT_EQ(facts["instructions"].dump(), count);
    EXPECT_EQ(tine({"resume", dir.path("n.snap")}, {.stdin_text = "x"}).out, "ready\nX");
  }
}

TEST(Snapshot, SaysHowAProgramEndedBefore) {
  const TempDir dir;
  const auto at_stdin = [&dir](std::vector<std::string> guest_args) {
    std::vector<std::string> args = {"snapshot",         "--at",       "stdin", "-o",
                                     dir.path("x.snap"), guest("show")};
    args.insert(args.end(), guest_args.begin(), guest_args.end());
    return tine(args);
  };
  EXPECT_EQ(at_stdin({"exit", "3"}).exit_code, 1);
  EXPECT_TRUE(contains(at_stdin({"exit", "3"}).err, "ended before stdin: exited: 3"));
  EXPECT_EQ(at_stdin({"trap"}).exit_code, 134);
  EXPECT_TRUE(dir.names().empty());
}

TEST(Snapshot, RefusesUnknownTriggers) {
  const TempDir dir;
  for (const char* at : {"x", "func=none", "func=parse#0", "func=parse#x", "instr=-1", "instr="})
    EXPECT_EQ(tine({"snapshot", "--at", at, "-o", dir.path("x.snap"), guest("show")}).exit_code, 2)
        << at;
  EXPECT_EQ(tine({"snapshot", "-o", dir.path("x.snap"), guest("show")}).exit_code, 2);
}

TEST(Resume, GrantsOnlyItsOwnDirectories) {
  const TempDir dir;
  dir.write("data/file", "granted");
  const std::string snap = dir.path("cat.snap");
  const std::string grant = dir.path("data") + "::/d";
  ASSERT_EQ(tine({"snapshot", "--dir", grant, "--at", "func=copy_file", "-o", snap, guest("show"),
                  "cat", "/d/file"})
                .exit_code,
            0);
  EXPECT_EQ(tine({"resume", "--dir", grant, snap}).out, "granted");
  EXPECT_NE(tine({"resume", snap}).out, "granted");
}

TEST(Resume, RefusesDamagedFilesInOneLine) {
  const TempDir dir;
  ASSERT_EQ(freeze_upper(dir).exit_code, 0);
  std::string bytes = read_text(dir.path("upper.snap"));
  bytes[100] = static_cast<char>(bytes[100] ^ 1);
  dir.write("bad.snap", bytes);
  const ProcessResult run = tine({"resume", "bad.snap"}, {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.err.starts_with("bad.snap:0x")) << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
}

TEST(Resume, StopsWhenFuelIsUsedUp) {
  const TempDir dir;
  ASSERT_EQ(freeze_upper(dir).exit_code, 0);
  EXPECT_EQ(tine({"resume", "--fuel", "5", dir.path("upper.snap")}).exit_code, 124);
}

TEST(Replay, ReportsEveryFileInOrder) {
  const TempDir dir;
  dir.write("in/a", "good");
  dir.write("in/b", std::string("\xef\xbe\xad\xde", 4));
  dir.write("in/sub/c", "");
  const std::vector<std::string> args = {"replay", "--json", guest("compare4"), dir.path("in")};
  const ProcessResult run = tine(args);
  EXPECT_EQ(run.exit_code, 134) << run.err;
  const auto report = nlohmann::json::parse(run.out);
  EXPECT_EQ(report["files"], 3);
  EXPECT_EQ(report["counts"]["returned"], 2);
  EXPECT_EQ(report["results"][0]["file"], "a");
  EXPECT_EQ(report["results"][1]["trap"], "unreachable");
  EXPECT_TRUE(report["results"][1]["backtrace"][0].get<std::string>().starts_with("#0 solved+"));
  EXPECT_EQ(report["results"][2]["file"], "sub/c");
  EXPECT_EQ(tine(args).out, run.out);
}

TEST(Replay, OutputDoesNotDependOnThreads) {
  const TempDir dir;
  ASSERT_EQ(freeze_upper(dir).exit_code, 0);
  for (int i = 0; i < 40; ++i)
    dir.write("in/" + std::to_string(i), std::string(static_cast<size_t>(i * 7), 'x'));
  const auto replay = [&dir](const char* threads) {
    return tine({"replay", "--fuel=20000", "-j", threads, dir.path("upper.snap"), dir.path("in")})
        .out;
  };
  EXPECT_TRUE(contains(replay("1"), "40 files")) << replay("1");
  EXPECT_EQ(replay("1"), replay("5"));
}

TEST(Replay, ExitCodeTellsTheWorst) {
  const TempDir dir;
  dir.write("good/a", "x");
  dir.write("hang/a", "HANG");
  const auto replay = [&dir](const char* name, const char* inputs) {
    return tine({"replay", "--fuel=100000", guest(name), dir.path(inputs)}).exit_code;
  };
  EXPECT_EQ(replay("hang", "good"), 0);
  EXPECT_EQ(replay("hang", "hang"), 124);
  EXPECT_EQ(replay("hang", "none"), 1);
}

}  // namespace

}  // namespace tine::test
