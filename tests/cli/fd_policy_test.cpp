// --fd-policy, as a user meets it: open files that a snapshot cannot leave where they are, and the
// report of what it could not take along.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

nlohmann::json inspect(const std::string& file) {
  return nlohmann::json::parse(tine({"inspect", "--json", file}).out);
}

/// A folder that programs see as /data, and snapshots beside it.
class FdPolicyOption : public testing::Test {
 protected:
  FdPolicyOption() : grant_(dir_.make_dir("data") + "::/data") {}

  [[nodiscard]] std::string snap(const std::string& name = "a") const {
    return dir_.path(name + ".snap");
  }
  /// `name` before its first read of standard input.
  ProcessResult freeze(const std::string& name, const std::vector<std::string>& options = {}) {
    std::vector<std::string> args = {"snapshot", "--dir", grant_, "--at", "stdin", "-o", snap()};
    args.insert(args.end(), options.begin(), options.end());
    args.push_back(guest(name));
    return tine(args);
  }
  ProcessResult resume(const std::vector<std::string>& options = {}) {
    std::vector<std::string> args = {"resume", "--dir", grant_};
    args.insert(args.end(), options.begin(), options.end());
    args.push_back(snap());
    return tine(args, {.stdin_text = "input\n"});
  }
  /// A program that has read the first half of /data/text, before the file changes.
  void freeze_reader(const std::vector<std::string>& options) {
    dir_.write("data/text", "first half, second half");
    const ProcessResult taken = freeze("world_midfile", options);
    ASSERT_EQ(taken.exit_code, 0) << taken.err;
    EXPECT_FALSE(contains(taken.err, "not in the snapshot")) << taken.err;
  }
  void expect_one_line(const ProcessResult& refused, const std::string& part) {
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_EQ(refused.out, "");
    EXPECT_TRUE(contains(refused.err, part)) << refused.err;
    EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1) << refused.err;
  }

  TempDir dir_;
  std::string grant_;
};

constexpr const char* kDiffers = "descriptor 4, /data/text: differs: its size was 23 bytes, now 18";

TEST_F(FdPolicyOption, RefusesByDefaultWhatDiffers) {
  freeze_reader({});
  dir_.write("data/text", "another text wholly");
  std::filesystem::resize_file(dir_.path("data/text"), 18);
  expect_one_line(resume(), kDiffers);
  expect_one_line(resume({"--fd-policy", "error"}), kDiffers);
  expect_one_line(resume({"--fd-policy", "embed"}), "does not have its contents");
}

TEST_F(FdPolicyOption, TakesWhatIsThereOrClosesIt) {
  freeze_reader({});
  dir_.write("data/text", "another text whole");
  const ProcessResult reopened = resume({"--fd-policy", "reopen"});
  EXPECT_TRUE(contains(reopened.out, "input:  whole")) << reopened.out;
  EXPECT_EQ(reopened.err, std::string("tine: ") + kDiffers + "; reopened\n");
  dir_.write("data/log", "before;");
  const ProcessResult closed = resume({"--fd-policy", "close"});
  EXPECT_EQ(closed.exit_code, 5) << closed.out;  // its read fails
  EXPECT_EQ(closed.err, std::string("tine: ") + kDiffers + "; closed\n");
}

TEST_F(FdPolicyOption, TakesEmbeddedContentsWithoutBeingTold) {
  freeze_reader({"--fd-policy", "embed"});
  std::filesystem::remove(dir_.path("data/text"));
  dir_.write("data/log", "of the host");
  const ProcessResult resumed = resume();
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "input: second half\nlog: before;input\n")) << resumed.out;
  EXPECT_TRUE(contains(resumed.err, "/data/text: the file is gone; goes on with the contents in"))
      << resumed.err;
  EXPECT_EQ(read_text(dir_.path("data/log")), "of the host");
  expect_one_line(resume({"--fd-policy", "error"}), "/data/text: the file is gone");
  EXPECT_EQ(tine({"verify", snap()}).exit_code, 0);
}

TEST_F(FdPolicyOption, IsHeededByForks) {
  freeze_reader({"--fd-policy", "embed"});
  std::filesystem::remove(dir_.path("data/text"));
  dir_.write("in/a", "input\n");
  const auto replay = [this](const std::vector<std::string>& options) {
    std::vector<std::string> args = {"replay", "--dir", grant_};
    args.insert(args.end(), options.begin(), options.end());
    args.insert(args.end(), {snap(), dir_.path("in")});
    return tine(args);
  };
  EXPECT_TRUE(contains(replay({}).out, "a: returned")) << replay({}).err;
  EXPECT_TRUE(contains(replay({"--fd-policy", "close"}).out, "a: exited: 5"));
  expect_one_line(replay({"--fd-policy", "error"}), "the file is gone");
  const ProcessResult fuzzed =
      tine({"fuzz", "--dir", grant_, "--fd-policy", "error", snap(), "-runs=1"});
  EXPECT_EQ(fuzzed.exit_code, 1);
  EXPECT_TRUE(contains(fuzzed.err, "the file is gone")) << fuzzed.err;
}

TEST_F(FdPolicyOption, MakesNoSnapshotOfARemovedFileByDefault) {
  expect_one_line(freeze("unlinked"), "descriptor 4, /data/scratch: a file that was removed");
  EXPECT_FALSE(std::filesystem::exists(snap()));
}

TEST_F(FdPolicyOption, EmbedsARemovedFile) {
  const ProcessResult taken = freeze("unlinked", {"--fd-policy", "embed"});
  EXPECT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_EQ(std::count(taken.err.begin(), taken.err.end(), '\n'), 1) << taken.err;
  EXPECT_EQ(resume().out, "scratch: kept\n");
  const auto facts = inspect(snap());
  EXPECT_EQ(facts["fds"][4]["path"], "(nameless file 0)");
  EXPECT_EQ(facts["fds"][4]["has_contents"], true);
  EXPECT_TRUE(contains(tine({"inspect", snap()}).out, "contents inside"));
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path("data")));
}

TEST_F(FdPolicyOption, ListsWhatWasLeftOut) {
  const std::string line =
      "descriptor 4, /data/scratch: its file could not be taken along; the program finds it closed";
  const ProcessResult taken = freeze("unlinked", {"--fd-policy", "close"});
  EXPECT_EQ(taken.exit_code, 0);
  EXPECT_TRUE(contains(taken.err, "\ntine: not in the snapshot: " + line + "\n")) << taken.err;
  const auto facts = inspect(snap());
  EXPECT_EQ(facts["not_included"].back(), line);
  EXPECT_EQ(facts["state"]["world"]["losses"],
            nlohmann::json::parse(R"([{"fd": 4, "what": 0, "path": "/data/scratch"}])"));
  EXPECT_TRUE(contains(tine({"inspect", snap()}).out, "not in the file\n"));
  EXPECT_TRUE(contains(tine({"inspect", snap()}).out, "  " + line + "\n"));
  EXPECT_EQ(resume().out, "scratch: closed\n");
}

TEST_F(FdPolicyOption, ListsWhatIsRecordedByItsPathOnly) {
  const ProcessResult taken = freeze("unlinked", {"--fd-policy", "reopen"});
  EXPECT_TRUE(contains(taken.err,
                       "tine: not in the snapshot: descriptor 4, /data/scratch: removed "
                       "or replaced"))
      << taken.err;
  expect_one_line(resume({"--fd-policy", "reopen"}), "/data/scratch: the file is gone");
  dir_.write("data/scratch", "found");
  EXPECT_EQ(resume({"--fd-policy", "reopen"}).out, "scratch: found\n");
}

TEST_F(FdPolicyOption, ListsEachThingOnceInARun) {
  const ProcessResult run =
      tine({"run", "--dir", grant_, "--fd-policy", "close", "--snapshot-on", "after=fd_read,exit",
            "--snapshot-to", dir_.path("%n.snap"), guest("unlinked")},
           {.stdin_text = "input\n"});
  EXPECT_EQ(run.out, "scratch: kept\n") << run.err;
  EXPECT_TRUE(std::filesystem::exists(dir_.path("2.snap")));
  const std::string scratch = "tine: not in the snapshot: descriptor 4, /data/scratch";
  const std::string input =
      "tine: not in the snapshot: standard input, a file that the program has read from\n";
  for (const std::string& line : {scratch, input}) {
    EXPECT_TRUE(contains(run.err, line)) << run.err;
    EXPECT_EQ(run.err.find(line), run.err.rfind(line)) << run.err;
  }
  // What this process's streams are is no part of the state.
  EXPECT_FALSE(contains(tine({"inspect", "--json", dir_.path("1.snap")}).out, "standard input, a"));
}

TEST_F(FdPolicyOption, GivesTheSameFileFromGenerationToGeneration) {
  ASSERT_EQ(freeze("unlinked", {"--fd-policy", "embed"}).exit_code, 0);
  const std::string here = "instr=" + inspect(snap())["instructions"].dump();
  for (const char* policy : {"error", "embed", "close", "reopen"}) {
    const ProcessResult again = resume({"--fd-policy", policy, "--snapshot-on", here,
                                        "--snapshot-to", snap("b"), "--stop-after-snapshot"});
    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_TRUE(read_text(snap()) == read_text(snap("b"))) << policy;
  }
}

TEST_F(FdPolicyOption, IsOneFlagForBothSidesOfResume) {
  freeze_reader({"--fd-policy", "embed"});
  std::filesystem::remove(dir_.path("data/text"));
  const std::string here = "instr=" + inspect(snap())["instructions"].dump();
  const auto embedded_after = [&](const std::vector<std::string>& policy) {
    std::vector<std::string> options = {"--snapshot-on", here, "--snapshot-to", snap("b"),
                                        "--stop-after-snapshot"};
    options.insert(options.end(), policy.begin(), policy.end());
    EXPECT_EQ(resume(options).exit_code, 0);
    return inspect(snap("b"))["state"]["world"]["overlay"].size();
  };
  EXPECT_EQ(embedded_after({}), 1u);                        // the text, which lives in memory now
  EXPECT_EQ(embedded_after({"--fd-policy", "embed"}), 2u);  // and the log, which is the host's
  EXPECT_EQ(embedded_after({"--fd-policy", "close"}), 0u);
}

TEST_F(FdPolicyOption, IsAPolicyOrAUsageError) {
  EXPECT_EQ(freeze("unlinked", {"--fd-policy", "keep"}).exit_code, 2);
  EXPECT_EQ(resume({"--fd-policy", ""}).exit_code, 2);
  EXPECT_EQ(tine({"run", "--fd-policy", "embed", guest("unlinked")}).exit_code, 2);
  const std::string help = tine({"resume", "--help"}).out;
  EXPECT_TRUE(contains(help, "--fd-policy error|reopen|embed|close")) << help;
}

TEST_F(FdPolicyOption, TellsOfInputThatAClosedWorldHasNotRead) {
  const ProcessResult run = tine({"run", "--closed", "--dir", grant_, "--snapshot-on",
                                  "after=fd_read", "--snapshot-to", snap(), guest("unlinked")},
                                 {.stdin_text = std::string(5000, 'x') + "\n"});
  EXPECT_TRUE(contains(run.err, "tine: not in the snapshot: the last ")) << run.err;
  EXPECT_TRUE(contains(run.err, " bytes of standard input, not read yet\n")) << run.err;
}

}  // namespace

}  // namespace tine::test
