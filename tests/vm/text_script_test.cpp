// Scripts: commands, their lines, values and patterns.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "tine/text.h"

namespace tine {
namespace {

using Kind = ScriptCommandKind;
using Form = ScriptModule::Form;

std::vector<ScriptCommand> script(std::string_view text) {
  auto commands = read_script(text);
  EXPECT_TRUE(commands.has_value()) << commands.error().detail;
  return commands ? std::move(*commands) : std::vector<ScriptCommand>();
}

std::vector<ScriptValue> expected(std::string_view values) {
  return script("(assert_return (invoke \"f\") " + std::string(values) + ")").at(0).expected;
}

TEST(TextScript, ListsCommandsWithTheirLines) {
  const auto commands = script(
      "(module $m (func))\n;; comment\n(register \"M\" $m)\n\n(invoke $m \"f\" (i32.const 1))\n"
      "(assert_trap (get \"g\") \"text\") (assert_exhaustion (invoke \"f\") \"deep\")");
  ASSERT_EQ(commands.size(), 5u);
  EXPECT_EQ(commands[0].kind, Kind::kModule);
  EXPECT_EQ(commands[0].module.name, "m");
  EXPECT_TRUE(commands[0].module.binary.has_value());
  EXPECT_EQ(commands[1].line, 3u);
  EXPECT_EQ(commands[1].register_as, "M");
  EXPECT_EQ(commands[1].register_name, "m");
  EXPECT_EQ(commands[2].line, 5u);
  EXPECT_EQ(commands[2].action.module, "m");
  EXPECT_EQ(commands[2].action.arguments.size(), 1u);
  EXPECT_EQ(commands[3].kind, Kind::kAssertTrap);
  EXPECT_TRUE(commands[3].action.is_get);
  EXPECT_EQ(commands[3].expected_text, "text");
  EXPECT_EQ(commands[4].line, 6u);
}

TEST(TextScript, KnowsEveryFormOfModule) {
  const auto commands = script(
      "(module binary \"\\00asm\" \"\\01\\00\\00\\00\") (module $q quote \"(func)\" \"(memory 1)\")"
      "(module definition $d (func)) (module instance $i $d) (module instance)"
      "(assert_trap (module (start 0)) \"unreachable\")");
  ASSERT_EQ(commands.size(), 6u);
  EXPECT_EQ(commands[0].module.form, Form::kBinary);
  EXPECT_EQ(commands[0].module.binary->size(), 8u);
  EXPECT_EQ(commands[1].module.form, Form::kQuote);
  EXPECT_EQ(commands[1].module.source, "(func)(memory 1)");
  EXPECT_TRUE(commands[2].module.is_definition);
  EXPECT_EQ(commands[3].module.form, Form::kInstance);
  EXPECT_EQ(commands[3].module.definition, "d");
  EXPECT_EQ(commands[5].kind, Kind::kAssertUninstantiable);
}

TEST(TextScript, MayBeOneModule) {
  const auto commands = script("(func) (memory 1)");
  ASSERT_EQ(commands.size(), 1u);
  EXPECT_TRUE(commands[0].module.binary.has_value());
  EXPECT_TRUE(script("").empty());
}

TEST(TextScript, KeepsErrorsOfModulesToTheirCommands) {
  const auto commands = script(
      "(assert_malformed (module quote \"(func frob)\") \"unknown operator\")\n"
      "(module (func (frob (nop))))\n(invoke \"f\")");
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_EQ(commands[0].module.binary.error().detail, "unknown operator frob (line 1, column 7)");
  EXPECT_EQ(commands[1].module.binary.error().detail, "unknown operator frob (line 2, column 16)");
  EXPECT_EQ(commands[2].kind, Kind::kAction);
}

TEST(TextScript, ReadsNumbersAndNanClasses) {
  const auto values = expected(
      "(i64.const -1) (f32.const nan:canonical) (f64.const nan:arithmetic)"
      "(v128.const f32x4 1 nan:canonical 0x1p-1 inf)");
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0].type, ValType::kI64);
  EXPECT_EQ(values[0].lanes[0].bits, ~uint64_t{0});
  EXPECT_EQ(values[1].lanes[0].nan, ScriptValue::Nan::kCanonical);
  EXPECT_EQ(values[2].lanes[0].nan, ScriptValue::Nan::kArithmetic);
  EXPECT_EQ(values[3].lane_bits, 32u);
  ASSERT_EQ(values[3].lanes.size(), 4u);
  EXPECT_EQ(values[3].lanes[1].nan, ScriptValue::Nan::kCanonical);
  EXPECT_EQ(values[3].lanes[2].bits, 0x3f000000u);
}

TEST(TextScript, ReadsReferencesAndChoices) {
  const auto values = expected(
      "(ref.null) (ref.null func) (ref.extern 7) (ref.extern) (ref.func) (ref.i31) (ref.host 1)"
      "(either (i32.const 1) (i32.const 2)) (ref.func 3)");
  ASSERT_EQ(values.size(), 9u);
  EXPECT_EQ(values[0].kind, ScriptValue::Kind::kRefNull);
  EXPECT_EQ(values[0].heap_type, "");
  EXPECT_EQ(values[1].heap_type, "func");
  EXPECT_EQ(values[2].kind, ScriptValue::Kind::kRefExtern);
  EXPECT_EQ(values[2].handle, 7u);
  EXPECT_EQ(values[3].kind, ScriptValue::Kind::kRefAny);
  EXPECT_EQ(values[4].type, ValType::kFuncRef);
  EXPECT_EQ(values[5].heap_type, "i31");
  EXPECT_EQ(values[6].kind, ScriptValue::Kind::kRefHost);
  EXPECT_EQ(values[7].choices.size(), 2u);
  EXPECT_EQ(values[8].kind, ScriptValue::Kind::kRefFunc);
}

TEST(TextScript, RefusesWhatIsNoCommand) {
  for (const char* text :
       {"(invoke)", "(assert_frob (invoke \"f\"))", "(module", "(invoke \"f\" (i32.const))",
        "(invoke \"f\") (func)", "module", "(frob)"})
    EXPECT_FALSE(read_script(text).has_value()) << text;
}

}  // namespace
}  // namespace tine
