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
  EXPECT_EQ(tine({"run", "--env", "=x", guest("show")}).exit_code, 2);
  EXPECT_EQ(tine({"run", "--stack-limit", "99999999999", guest("show")}).exit_code, 2);
  const ProcessResult seed = tine({"run", "--seed", "7", guest("show")});
  EXPECT_EQ(seed.exit_code, 2) << "a real world has no seed";
  EXPECT_TRUE(contains(seed.err, "--seed requires --closed")) << seed.err;
}

TEST(Run, TakesOverVariablesByName) {
  const auto shown = [](const char* grant) {
    return tine({"run", "--env", grant, guest("show"), "env", "TINE_TEST_VARIABLE"},
                {.environ = {{"TINE_TEST_VARIABLE", "of mine"}}});
  };
  EXPECT_EQ(shown("TINE_TEST_VARIABLE").out, "of mine\n");
  EXPECT_EQ(shown("TINE_TEST_VARIABLE=other").out, "other\n");
  EXPECT_FALSE(contains(shown("TINE_TEST_OTHER").out, "mine")) << "nothing comes by itself";
}

TEST(Run, NamesTheProgramAsTold) {
  EXPECT_EQ(tine({"run", "--argv0", "tool", guest("show"), "args"}).out, "0: tool\n1: args\n");
  EXPECT_EQ(tine({"run", "--", guest("show"), "args", "--"}).out, "0: show.wasm\n1: args\n2: --\n");
  EXPECT_EQ(tine({"run", "--argv0", "--", "--fuel=1000000", "--", guest("show"), "args"}).out,
            "0: --\n1: args\n");
  EXPECT_EQ(tine({"run", "--"}).exit_code, 2);
}

/// Runs text of a module that exports what --invoke calls.
ProcessResult invoke(std::string_view text, std::vector<std::string> args,
                     std::vector<std::string> options = {}) {
  const TempDir dir;
  std::vector<std::string> command{"run"};
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(), {"--invoke", "f", dir.write("m.wat", text)});
  command.insert(command.end(), args.begin(), args.end());
  return tine(command);
}

TEST(Run, ChecksTheArgumentsOfAnExport) {
  const std::string text = R"((func (export "f") (param i32 v128 funcref externref f32)
    (result f32 externref funcref v128 i32)
    local.get 4 local.get 3 local.get 2 local.get 1 local.get 0))";
  EXPECT_EQ(invoke(text, {"-1", "0x10000000000000002", "null", "7", "nan"}).out,
            "f32:nan:0x400000\nexternref:7\nfuncref:null\n"
            "v128:0x00000000000000010000000000000002\ni32:-1\n");
  const auto refused = [&](std::vector<std::string> args, std::string_view why) {
    const ProcessResult run = invoke(text, std::move(args));
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_TRUE(contains(run.err, why)) << run.err;
  };
  refused({"1"},
          "f has type [i32 v128 funcref externref f32] -> [f32 externref funcref v128 i32], "
          "but 1 argument is given");
  refused({"4294967296", "0x0", "null", "null", "0"}, "argument 1 of f: '4294967296' is no i32");
  refused({"1", "2", "null", "null", "0"}, "argument 2 of f: '2' is no v128");
  refused({"1", "0x2", "3", "null", "0"}, "argument 3 of f: '3' is no funcref");
  refused({"1", "0x2", "null", "null", "x"}, "argument 5 of f: 'x' is no f32");
}

TEST(Run, RunsText) {
  EXPECT_EQ(invoke("(func (export \"f\") (result i64) i64.const 42)", {}).out, "i64:42\n");
  const TempDir dir;
  dir.write("bad.wat", "(module\n  (func i32.ad))");
  for (const char* command : {"run", "validate", "inspect", "disasm", "fuzz"}) {
    const ProcessResult run = tine({command, "bad.wat"}, {.directory = dir.path()});
    EXPECT_EQ(run.exit_code, 1) << command;
    EXPECT_EQ(run.err, "bad.wat:2:9: unknown operator i32.ad\n") << command;
  }
}

TEST(Run, TracesEveryEndThatIsNone) {
  const std::string_view text = R"((func $deep (loop (br 0)))
    (func $f (export "f") call $deep))";
  const ProcessResult fuel = invoke(text, {}, {"--fuel", "1000"});
  EXPECT_EQ(fuel.exit_code, 124);
  EXPECT_TRUE(contains(fuel.err, "m.wat: out of fuel at instruction 1000\n    #0 deep+0x"))
      << fuel.err;
  EXPECT_TRUE(contains(fuel.err, "\n    #1 f+0x0 (m.wat:0x")) << fuel.err;
  const ProcessResult stack =
      invoke("(func $f (export \"f\") call $f)", {}, {"--stack-limit", "30"});
  EXPECT_EQ(stack.exit_code, 134);
  EXPECT_TRUE(contains(stack.err, "trapped: call stack exhausted\n    #0 f+0x0")) << stack.err;
  EXPECT_EQ(std::count(stack.err.begin(), stack.err.end(), '\n'), 1 + 7);
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
