// Triggers on the command line: each one stops where it says, and the run goes on unharmed.
#include <filesystem>

#include <gtest/gtest.h>

#include "support/tine_process.h"

namespace tine::test {

namespace {

const std::string kInput = "one\ntwo\n";

ProcessResult run_moments(std::vector<std::string> options, std::vector<std::string> args = {}) {
  options.insert(options.begin(), "run");
  options.push_back(guest("moments"));
  options.insert(options.end(), args.begin(), args.end());
  return tine(options, {.stdin_text = kInput});
}

std::string undisturbed() { return run_moments({}).out; }

struct Moment {
  const char* trigger;
  size_t snapshots;       // in one run
  const char* next_line;  // what the program prints next behind the first one
};

void PrintTo(const Moment& moment, std::ostream* out) {  // NOLINT: GoogleTest's name
  *out << moment.trigger;
}

class Moments : public testing::TestWithParam<Moment> {};

/// The snapshots `s-1`, `s-2`, … of a folder.
size_t count_snapshots(const TempDir& dir) {
  size_t n = 0;
  while (std::filesystem::exists(dir.path("s-" + std::to_string(n + 1)))) ++n;
  return n;
}

TEST_P(Moments, IsCaughtAndGoesOn) {
  const TempDir dir;
  const ProcessResult run =
      run_moments({"--snapshot-on", GetParam().trigger, "--snapshot-to", dir.path("s-%n")});
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(run.out, undisturbed());
  EXPECT_EQ(count_snapshots(dir), GetParam().snapshots) << run.err;

  const ProcessResult resumed = tine({"resume", dir.path("s-1")}, {.stdin_text = kInput});
  EXPECT_EQ(resumed.exit_code, 3) << resumed.err;
  EXPECT_TRUE(run.out.ends_with(resumed.out)) << resumed.out;
  EXPECT_TRUE(resumed.out.starts_with(GetParam().next_line)) << resumed.out;
}

INSTANTIATE_TEST_SUITE_P(
    Triggers, Moments,
    testing::Values(Moment{"environ", 1, "environment\n"}, Moment{"nondet", 3, "clock\n"},
                    Moment{"before=clock_time_get", 1, "clock\n"},
                    Moment{"after=wasi_snapshot_preview1.clock_time_get", 1, "clock\n"},
                    Moment{"before=random_get", 1, "chance\n"}, Moment{"func=work", 1, "work 499"},
                    Moment{"func=work#3", 1, "work 4498500\n"},
                    Moment{"at=work+0x0#2", 1, "work 1999000\n"},
                    Moment{"explicit", 1, "explicit\n"}, Moment{"idle", 1, "slept\n"},
                    Moment{"stdin", 1, "read one\n"}, Moment{"exit", 1, ""},
                    Moment{"instr=100", 1, "environment\n"},
                    Moment{"environ,explicit,exit", 3, "environment\n"}),
    [](const testing::TestParamInfo<Moment>& info) {
      std::string name;
      for (const char c : std::string(info.param.trigger)) name += std::isalnum(c) != 0 ? c : '_';
      return name;
    });

TEST(Trigger, EveryNInstructions) {
  const TempDir dir;
  const ProcessResult run =
      run_moments({"--snapshot-on", "every=10000", "--snapshot-to", dir.path("s-%n")});
  EXPECT_EQ(run.out, undisturbed());
  ASSERT_GE(count_snapshots(dir), 3u) << run.err;
  EXPECT_NE(run.err.find("s-2 at instruction 20000\n"), std::string::npos) << run.err;
  EXPECT_EQ(tine({"resume", dir.path("s-3")}, {.stdin_text = kInput}).exit_code, 3);
}

TEST(Trigger, ATrapIsKeptBeforeItHappens) {
  const TempDir dir;
  const ProcessResult run =
      run_moments({"--snapshot-on", "trap", "--snapshot-to", dir.path("trap.snap")}, {"trap"});
  EXPECT_EQ(run.exit_code, 134);
  const ProcessResult again = tine({"resume", dir.path("trap.snap")});
  EXPECT_EQ(again.exit_code, 134) << again.err;
  EXPECT_NE(again.err.find("unreachable"), std::string::npos) << again.err;
  const ProcessResult seen = tine({"inspect", dir.path("trap.snap")});
  EXPECT_NE(seen.out.find("  reason        trapped: unreachable\n"), std::string::npos) << seen.out;
}

TEST(Trigger, StopsAfterTheSnapshotOnRequest) {
  const TempDir dir;
  const ProcessResult run = run_moments(
      {"--snapshot-on", "explicit", "--snapshot-to", dir.path("x.snap"), "--stop-after-snapshot"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(run.out.ends_with("work 4498500\n")) << run.out;
}

TEST(Trigger, ResumedProgramsHaveTriggersToo) {
  const TempDir dir;
  run_moments({"--snapshot-on", "explicit", "--snapshot-to", dir.path("a.snap")});
  const ProcessResult first = tine({"resume", "--snapshot-on", "explicit,stdin", "--snapshot-to",
                                    dir.path("s-%n"), dir.path("a.snap")},
                                   {.stdin_text = kInput});
  EXPECT_EQ(first.exit_code, 3) << first.err;
  EXPECT_EQ(count_snapshots(dir), 1u) << "only stdin: a run does not pause where it starts";
}

TEST(Trigger, WritesDeltasAgainstWhatIsResumed) {
  const TempDir dir;
  run_moments({"--snapshot-on", "explicit", "--snapshot-to", dir.path("a.snap")});
  const auto resume_to = [&](const char* file, std::vector<std::string> more) {
    more.insert(more.begin(),
                {"resume", "--snapshot-on", "stdin", "--snapshot-to", dir.path(file)});
    more.push_back(dir.path("a.snap"));
    return tine(more, {.stdin_text = kInput});
  };
  ASSERT_EQ(resume_to("delta.snap", {"--parent", dir.path("a.snap")}).exit_code, 3);
  ASSERT_EQ(resume_to("whole.snap", {}).exit_code, 3);
  EXPECT_NE(tine({"verify", dir.path("delta.snap")}).out.find("a delta, parents 1"),
            std::string::npos);
  EXPECT_EQ(tine({"flatten", dir.path("delta.snap"), dir.path("flat.snap")}).exit_code, 0);
  EXPECT_EQ(run_process({"/usr/bin/cmp", dir.path("flat.snap"), dir.path("whole.snap")}).exit_code,
            0);
  EXPECT_EQ(tine({"resume", dir.path("delta.snap")}, {.stdin_text = kInput}).out,
            tine({"resume", dir.path("whole.snap")}, {.stdin_text = kInput}).out);
  EXPECT_EQ(resume_to("other.snap", {"--parent", dir.path("whole.snap")}).exit_code, 2);
}

TEST(Trigger, ASnapshotMayLeaveTheModuleOut) {
  const TempDir dir;
  run_moments({"--snapshot-on", "stdin", "--no-module", "--snapshot-to", dir.path("bare.snap")});
  EXPECT_EQ(tine({"resume", dir.path("bare.snap")}).exit_code, 1);
  EXPECT_EQ(
      tine({"resume", "--module", guest("moments"), dir.path("bare.snap")}, {.stdin_text = "x\n"})
          .out,
      "read x\n");
}

TEST(Trigger, BadOnesAreUsageErrors) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"sometimes", "sometimes is no trigger"},
      {"every=0", "every=0: expected every=N"},
      {"stdin=3", "stdin=3: expected stdin"},
      {"func=", "func=: expected func=NAME#N"},
      {"func=work#0", "func=work#0: expected func=NAME#N"},
      {"func=nothing", "no function is called nothing"},
      {"func=work,x", "no function is called work,x"},
      {"at=work", "at=work: expected at=FUNC+0xOFFSET#N"},
      {"at=work+0x1", "no instruction to pause at starts at work+0x1"},
      {"timer=10", "timer=10: expected timer=TIME"},
      {"timer=0s", "timer=0s: expected timer=TIME"}};
  for (const auto& [trigger, message] : bad) {
    const ProcessResult run = run_moments({"--snapshot-on", trigger, "--snapshot-to", "never"});
    EXPECT_EQ(run.exit_code, 2) << trigger;
    EXPECT_NE(run.err.find(message), std::string::npos) << run.err;
    EXPECT_EQ(run.out, "") << trigger;
  }
  EXPECT_EQ(run_moments({"--snapshot-on", "stdin"}).exit_code, 2) << "where to?";
  EXPECT_EQ(run_moments({"--stop-after-snapshot"}).exit_code, 2) << "which?";
}

}  // namespace

TEST(Trigger, HooksRunBeforeASnapshotAtAHostCallAndFirstOfAllBehindIt) {
  const TempDir dir;
  const auto run_hooks = [&](const char* trigger) {
    return tine(
        {"run", "--snapshot-on", trigger, "--snapshot-to", dir.path("s-%n"), guest("hooks")},
        {.stdin_text = "x\n"});
  };
  const auto resumed = [&](const char* file) {
    const ProcessResult result = tine({"resume", dir.path(file)}, {.stdin_text = "x\n"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  EXPECT_EQ(run_hooks("explicit,stdin").out,
            "begin\n1 snapshots, 0 restores\nread x\n2 snapshots, 0 restores\ngoodbye\n");
  EXPECT_EQ(resumed("s-1"),
            "restored\n1 snapshots, 1 restores\nread x\n1 snapshots, 1 restores\ngoodbye\n");
  EXPECT_EQ(resumed("s-2"),  // the first line was still in the program's buffer
            "1 snapshots, 0 restores\nrestored\nread x\n2 snapshots, 1 restores\ngoodbye\n");
  const std::string none =
      "begin\n0 snapshots, 0 restores\nread x\n0 snapshots, 0 restores\ngoodbye\n";
  EXPECT_EQ(run_hooks("instr=100,exit").out, none);
  EXPECT_EQ(resumed("s-1"), none);
}

TEST(Trigger, HooksDoNotShiftCounts) {
  const TempDir dir;
  const ProcessResult taken =
      tine({"snapshot", "--at", "explicit", "-o", dir.path("a.snap"), guest("hooks")});
  const size_t digits = taken.err.rfind(' ') + 1;
  const std::string later = std::to_string(std::stoul(taken.err.substr(digits)) + 1000);
  const ProcessResult again =
      tine({"resume", "--snapshot-on", "instr=" + later, "--snapshot-to", dir.path("b.snap"),
            "--stop-after-snapshot", dir.path("a.snap")});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.err.find(" at instruction " + later + "\n"), std::string::npos) << again.err;
}

}  // namespace tine::test
