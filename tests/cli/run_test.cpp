// tine run and tine validate, as a user runs them.
#include <gtest/gtest.h>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

TEST(Run, PassesArgumentsBehindTheProgramToTheGuest) {
  const ProcessResult run = tine({"run", guest("show"), "args", "--fuel", "-x", "--", "run"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "0: show.wasm\n1: args\n2: --fuel\n3: -x\n4: --\n5: run\n");
}

TEST(Run, HandsOnTheExitCode) {
  EXPECT_EQ(tine({"run", guest("show"), "exit", "0"}).exit_code, 0);
  EXPECT_EQ(tine({"run", guest("show"), "exit", "41"}).exit_code, 41);
}

TEST(Run, ShowsABacktraceOfATrap) {
  for (const char* kind : {"plain", "covered", "stepping"}) {
    const ProcessResult run = tine({"run", "--kind", kind, guest("show"), "trap"});
    EXPECT_EQ(run.exit_code, 134) << kind;
    EXPECT_TRUE(contains(run.err, "show.wasm: trapped: integer divide by zero")) << run.err;
    EXPECT_TRUE(contains(run.err, "    #0 divide+0x")) << run.err;
    EXPECT_TRUE(contains(run.err, "    #3 parse+0x")) << run.err;
    EXPECT_TRUE(contains(run.err, " (show.wasm:0x")) << run.err;
  }
}

TEST(Run, StopsWhenFuelIsUsedUp) {
  const ProcessResult run = tine({"run", "--fuel", "100000", guest("show"), "spin"});
  EXPECT_EQ(run.exit_code, 124);
  EXPECT_TRUE(contains(run.err, "out of fuel at instruction 100000\n")) << run.err;
}

TEST(Run, CallsAnExportAndPrintsItsResults) {
  const ProcessResult run = tine({"run", "--invoke", "add", guest("tiny"), "2", "-5"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "i32:-3\n");
  EXPECT_EQ(tine({"run", "--invoke", "half", guest("tiny"), "3"}).out, "f64:0x1.8p+0\n");
}

TEST(Run, RefusesWrongArgumentsOfAnExport) {
  EXPECT_EQ(tine({"run", "--invoke", "add", guest("tiny"), "2"}).exit_code, 2);
  EXPECT_EQ(tine({"run", "--invoke", "add", guest("tiny"), "2", "x"}).exit_code, 2);
  EXPECT_EQ(tine({"run", "--invoke", "no", guest("tiny")}).exit_code, 2);
}

TEST(Run, ShowsOnlyGrantedDirectoriesAndVariables) {
  const TempDir dir;
  dir.write("data/file", "contents");
  const std::string grant = dir.path("data") + "::/d";
  EXPECT_EQ(tine({"run", "--dir", grant, guest("show"), "cat", "/d/file"}).out, "contents");
  EXPECT_EQ(tine({"run", guest("show"), "cat", dir.path("data/file")}).exit_code, 1);
  EXPECT_EQ(tine({"run", "--env", "A=1", "--env=B=2", guest("show"), "env", "B"}).out, "2\n");
}

TEST(Run, ReadsStandardInput) {
  const TempDir dir;
  const std::string file = dir.write("in", "from a file");
  EXPECT_EQ(tine({"run", guest("show")}, {.stdin_text = "from a pipe"}).out, "ready\nFROM A PIPE");
  EXPECT_EQ(tine({"run", "--stdin", file, guest("show")}).out, "ready\nFROM A FILE");
  EXPECT_EQ(tine({"run", "--closed", guest("show")}, {.stdin_text = "closed"}).out,
            "ready\nCLOSED");
}

TEST(Run, ClosedWorldIsAFunctionOfItsSeed) {
  const auto chance = [](const char* seed) {
    return tine({"run", "--closed", "--seed", seed, guest("show"), "chance"}).out;
  };
  EXPECT_NE(chance("1"), "");
  EXPECT_EQ(chance("1"), chance("1"));
  EXPECT_NE(chance("1"), chance("2"));
}

TEST(Run, ReportsBadDataInOneLineWithItsOffset) {
  const TempDir dir;
  dir.write("bad.wasm", std::string_view("\0asm\1\0\0\0\x0e", 9));
  const ProcessResult run = tine({"run", "bad.wasm"}, {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.err.starts_with("bad.wasm:0x8: ")) << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1);
  EXPECT_EQ(tine({"run", "none.wasm"}).exit_code, 1);
  EXPECT_EQ(tine({"run", "none.wasm"}).err, "none.wasm: No such file or directory\n");
}

TEST(Run, RefusesBadCommandLines) {
  EXPECT_EQ(tine({}).exit_code, 2);
  EXPECT_EQ(tine({"run"}).exit_code, 2);
  EXPECT_EQ(tine({"bogus"}).exit_code, 2);
  EXPECT_EQ(tine({"run", "--bogus", guest("show")}).exit_code, 2);
  EXPECT_EQ(tine({"run", "--fuel", "x", guest("show")}).exit_code, 2);
  EXPECT_EQ(tine({"run", "--kind", "x", guest("show")}).exit_code, 2);
  EXPECT_EQ(tine({"run", "--env", "x", guest("show")}).exit_code, 2);
}

TEST(Help, OfEveryCommandHasExamples) {
  EXPECT_EQ(tine({"--help"}).exit_code, 0);
  EXPECT_TRUE(contains(tine({"--help"}).out, "124 out of fuel"));
  for (const std::string command :
       {"run", "validate", "inspect", "snapshot", "resume", "fuzz", "replay"}) {
    const ProcessResult help = tine({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_TRUE(contains(help.out, "tine " + command)) << help.out;
    EXPECT_TRUE(contains(help.out, "Example")) << help.out;
  }
}

TEST(Validate, SaysNothingAboutGoodFiles) {
  const ProcessResult run = tine({"validate", guest("show"), guest("tiny")});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.out + run.err, "");
}

TEST(Validate, NamesEveryBadFile) {
  const TempDir dir;
  dir.write("a.wasm", "junk");
  dir.write("b.wasm", std::string_view("\0asm\2\0\0\0", 8));
  const ProcessResult run =
      tine({"validate", "a.wasm", guest("tiny"), "b.wasm"}, {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.err, "a.wasm:0x0: magic header not detected\nb.wasm:0x4: unknown binary version\n");
}

}  // namespace

}  // namespace tine::test
