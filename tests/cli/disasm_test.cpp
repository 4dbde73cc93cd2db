// tine disasm, as a user runs it: the listing of a small module against golden texts, which are also
// what docs/threaded-code.md shows.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

ProcessResult disasm(std::vector<std::string> args) {
  args.insert(args.begin(), "disasm");
  return tine(args);
}

TEST(Disasm, ShowsInstructionsBesideTheirCells) {
  for (const char* kind : {"plain", "covered", "stepping"}) {
    const ProcessResult run = disasm({"--kind", kind, guest("count")});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.out, read_text(TINE_GOLDEN_DIR "/disasm_count_" + std::string(kind) + ".txt"));
  }
}

TEST(Disasm, IsWhatTheDocumentShows) {
  const std::string page = read_text(TINE_DOCS_DIR "/threaded-code.md");
  for (const char* func : {"down", "next"})
    EXPECT_TRUE(contains(page, "```text\n" + disasm({"--func", func, guest("count")}).out + "```"))
        << func;
}

TEST(Disasm, ChoosesFunctionsByNameOrIndex) {
  const std::string next = disasm({"--func", "next", guest("count")}).out;
  EXPECT_TRUE(next.starts_with("func 1 next  [i32] -> [i32]\n")) << next;
  EXPECT_EQ(disasm({"--func", "1", guest("count")}).out, next);
  EXPECT_EQ(disasm({"--func", "func[1]", guest("count")}).out, next);
  EXPECT_EQ(disasm({"--func", "2", guest("count")}).exit_code, 2);
  EXPECT_TRUE(
      contains(disasm({"--func", "none", guest("count")}).err, "there is no function none"));
  EXPECT_TRUE(contains(disasm({"--func", "proc_exit", guest("tiny")}).err,
                       "proc_exit is imported and has no instructions"));
}

TEST(Disasm, GivesTheSameAsJson) {
  const auto all = nlohmann::json::parse(disasm({"--json", guest("count")}).out);
  ASSERT_EQ(all.size(), 2u);
  const auto& down = all[0];
  EXPECT_EQ(down["name"], "down");
  EXPECT_EQ(down["kind"], "plain");
  EXPECT_EQ(down["instrs"][2]["text"], "i32.const 1");
  EXPECT_EQ(down["instrs"][2]["depth"], 1);
  EXPECT_EQ(down["ops"][1]["op"], "i32_sub");
  EXPECT_EQ(down["ops"][1]["operands"][0],
            nlohmann::json({{"role", "to"}, {"kind", "pin"}, {"pin", "acc"}, {"slot", 0}}));
  EXPECT_EQ(down["ops"][1]["operands"][2],
            nlohmann::json({{"role", "b"}, {"kind", "immediate"}, {"value", 1}}));
}

TEST(Disasm, ShowsEveryFunctionOfARealProgram) {
  for (const char* kind : {"plain", "covered", "stepping"}) {
    const ProcessResult run = disasm({"--kind", kind, guest("show")});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_TRUE(contains(run.out, " divide  ["));
    EXPECT_TRUE(contains(run.out, "i32.div_s"));
  }
}

}  // namespace

}  // namespace tine::test
