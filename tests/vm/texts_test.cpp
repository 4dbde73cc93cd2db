// The texts that people and tests read: types, values, outcomes, errors, escaped names.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tine/module.h"
#include "tine/outcome.h"
#include "tine/result.h"
#include "tine/types.h"

namespace tine {
namespace {

TEST(Texts, WriteTypesInTheSpecsNotation) {
  EXPECT_EQ(name_of(ValType::kExternRef), "externref");
  EXPECT_EQ(to_string(FuncType{}), "[] -> []");
  EXPECT_EQ(to_string(FuncType{{ValType::kI32, ValType::kI64}, {ValType::kF32}}),
            "[i32 i64] -> [f32]");
}

TEST(Texts, WriteValuesExactly) {
  EXPECT_EQ(to_string(Value::i32(static_cast<uint32_t>(-42))), "i32:-42");
  EXPECT_EQ(to_string(Value::i64(uint64_t{1} << 63)), "i64:-9223372036854775808");
  EXPECT_EQ(to_string(Value::f64(3.0)), "f64:0x1.8p+1");
  EXPECT_EQ(to_string(Value::f32(-0.0f)), "f32:-0x0p+0");
  EXPECT_EQ(to_string(Value::f32(std::numeric_limits<float>::infinity())), "f32:inf");
  EXPECT_EQ(to_string(Value{ValType::kF32, 0x7fc00000, 0}), "f32:nan:0x400000");
  EXPECT_EQ(to_string(Value{ValType::kF64, 0xfff0000000000001, 0}), "f64:-nan:0x1");
  EXPECT_EQ(to_string(Value::ref(ValType::kFuncRef, kNullRef)), "funcref:null");
  EXPECT_EQ(to_string(Value::ref(ValType::kExternRef, 8)), "externref:7");
  EXPECT_EQ(to_string(Value{ValType::kV128, 2, 1}), "v128:0x00000000000000010000000000000002");
}

TEST(Texts, WriteOutcomes) {
  Outcome outcome;
  EXPECT_EQ(to_string(outcome), "returned");
  outcome.kind = OutcomeKind::kTrapped;
  outcome.trap = TrapKind::kIntegerDivideByZero;
  EXPECT_EQ(to_string(outcome), "trapped: integer divide by zero");
  EXPECT_EQ(trap_slug(outcome.trap), "integer-divide-by-zero");
  outcome.kind = OutcomeKind::kExited;
  outcome.exit_code = 3;
  EXPECT_EQ(to_string(outcome), "exited: 3");
  outcome.kind = OutcomeKind::kHostError;
  outcome.detail = "no such thing";
  EXPECT_EQ(to_string(outcome), "host error: no such thing");
}

TEST(Texts, WriteErrorsWithAndWithoutOffset) {
  EXPECT_EQ((Error{ErrorCode::kMalformed, 0x1f, "unexpected end"}).to_line("a.wasm"),
            "a.wasm:0x1f: unexpected end");
  EXPECT_EQ((Error{ErrorCode::kIo, kNoOffset, "no such file"}).to_line("a.wasm"),
            "a.wasm: no such file");
  EXPECT_EQ(exit_code(ErrorCode::kInvalid), 1);
  EXPECT_EQ(exit_code(ErrorCode::kUsage), 2);
}

TEST(Texts, EscapeWhateverCouldDriveATerminal) {
  EXPECT_EQ(escape_for_terminal("plain name_1"), "plain name_1");
  EXPECT_EQ(escape_for_terminal("caf\xc3\xa9 \xf0\x9f\x98\x80"), "caf\xc3\xa9 \xf0\x9f\x98\x80");
  EXPECT_EQ(escape_for_terminal("\x1b[31m\n\t"), "\\x1b[31m\\x0a\\x09");
  EXPECT_EQ(escape_for_terminal("a\"b'c\\d"), "a\\x22b\\x27c\\x5cd");
  EXPECT_EQ(escape_for_terminal("\x7f"), "\\x7f");
  EXPECT_EQ(escape_for_terminal("\xc2\x9b"), "\\xc2\\x9b");           // a C1 control in UTF-8
  EXPECT_EQ(escape_for_terminal("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // right-to-left override
  EXPECT_EQ(escape_for_terminal("\xff\xc3"), "\\xff\\xc3");           // not UTF-8
  EXPECT_EQ(escape_for_terminal(std::string_view("\0", 1)), "\\x00");
}

}  // namespace
}  // namespace tine
