#include "tine/program.h"

#include <gtest/gtest.h>

#include "corpus/support.h"
#include "support/temp_dir.h"

namespace tine::test {

namespace {

/// Runs order.wasm and reads the number that its entry points wrote.
Result<uint64_t> order_of(const ProgramConfig& config) {
  TINE_TRY_ASSIGN(Program program, load_program(guest("order"), config));
  if (!program.machine->run().returned()) return 0;
  const auto order = program.machine->find_export(program.instance, "order");
  return program.machine->global_value(order->address).lo;
}

TEST(LoadProgram, RunsStartThenInitializeThenTheEntry) {
  EXPECT_EQ(order_of(closed_config("order")), 123u);
}

TEST(LoadProgram, InvokesAnExportInsteadOfTheEntry) {
  ProgramConfig config = closed_config("order");
  config.entry = Entry::kInvoke;
  config.invoke = "other";
  config.invoke_args = {"7"};
  EXPECT_EQ(order_of(config), 127u);
}

TEST(LoadProgram, CallsNothingWhereTheEmbedderDoes) {
  ProgramConfig config = closed_config("order");
  config.entry = Entry::kNone;
  EXPECT_EQ(order_of(config), 12u);
}

TEST(LoadProgram, RefusesAModuleWithoutEntry) {
  const auto program = load_program(guest("library"), closed_config("library"));
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().code, ErrorCode::kUsage);
}

TEST(LoadProgram, ReportsFilesThatCannotBeRead) {
  const TempDir dir;
  EXPECT_EQ(load_program(dir.path("none"), {}).error().code, ErrorCode::kIo);
  EXPECT_EQ(load_program(dir.path(), {}).error().detail, "is a directory");
  EXPECT_EQ(load_program(dir.write("empty", ""), {}).error().code, ErrorCode::kMalformed);
}

TEST(ReadFile, ReadsFilesLongerThanABlock) {
  const TempDir dir;
  const std::string text(200'000, 'x');
  EXPECT_EQ(read_file(dir.write("long", text)), bytes(text));
  EXPECT_EQ(read_file(dir.write("empty", "")), bytes(""));
}

TEST(IsModule, LooksAtTheFirstBytesOnly) {
  EXPECT_TRUE(is_module(bytes(std::string_view("\0asm", 4))));
  EXPECT_FALSE(is_module(bytes(std::string_view("\0as", 3))));
  EXPECT_FALSE(is_module(bytes("tine")));
  EXPECT_FALSE(is_module(bytes("")));
  EXPECT_FALSE(is_module(bytes(" \n")));
  EXPECT_TRUE(is_module(bytes(" \n\t(module)")));
  EXPECT_TRUE(is_module(bytes(";; a comment")));
}

TEST(MakeModule, ReadsText) {
  const auto module = make_module(bytes("(module $m (func $f (export \"g\")))"));
  ASSERT_TRUE(module);
  EXPECT_EQ((*module)->name(), "m");
  EXPECT_EQ((*module)->func_name(0), "f");
}

TEST(MakeModule, TellsWhereATextIsWrong) {
  const auto line_of = [](std::string_view text) {
    const auto module = make_module(bytes(text));
    return module ? "valid" : module.error().to_line("a.wat");
  };
  EXPECT_EQ(line_of("(module\n  (func\n    i32.ad))"), "a.wat:3:5: unknown operator i32.ad");
  EXPECT_EQ(line_of("(module"), "a.wat:1:8: unexpected token: end of text");
  EXPECT_EQ(line_of("(func $f) (func $f)"), "a.wat:1:17: duplicate func $f");
  EXPECT_EQ(line_of("(func (result i32))"),
            "a.wat: type mismatch: expected i32, found nothing (at 0x18 of its binary form)");
}

TEST(ProgramName, IsTheLastPartOfThePath) {
  EXPECT_EQ(program_name("a/b/app.wasm"), "app.wasm");
  EXPECT_EQ(program_name("app.wasm"), "app.wasm");
}

TEST(ParseValue, TakesSignedAndUnsignedIntegers) {
  EXPECT_EQ(parse_value(ValType::kI32, "4294967295"), Value::i32(0xffffffff));
  EXPECT_EQ(parse_value(ValType::kI32, "-1"), Value::i32(0xffffffff));
  EXPECT_EQ(parse_value(ValType::kI32, "-2147483648"), Value::i32(0x80000000));
  EXPECT_EQ(parse_value(ValType::kI64, "0xffffffffffffffff"), Value::i64(~uint64_t{0}));
  EXPECT_EQ(parse_value(ValType::kI64, "-9223372036854775808"), Value::i64(uint64_t{1} << 63));
}

TEST(ParseValue, TakesFloats) {
  EXPECT_EQ(parse_value(ValType::kF32, "1.5"), Value::f32(1.5f));
  EXPECT_EQ(parse_value(ValType::kF64, "-2e3"), Value::f64(-2000));
  EXPECT_EQ(parse_value(ValType::kF64, "inf"), Value::f64(__builtin_inf()));
}

TEST(ParseValue, RefusesWhatDoesNotFit) {
  for (const char* text : {"", "-", "x", "1x", "0x", "4294967296", "-2147483649", "1.5", "--1"})
    EXPECT_FALSE(parse_value(ValType::kI32, text)) << text;
  EXPECT_FALSE(parse_value(ValType::kF64, "1.5x"));
  EXPECT_FALSE(parse_value(ValType::kFuncRef, "1"));
}

}  // namespace

}  // namespace tine::test
