// Errors of the text reader: the suite's words, with line and column.
#include <gtest/gtest.h>

#include <string>

#include "support/text_expect.h"

namespace tine {
namespace {

using test::expect_text_error;

TEST(TextErrors, SayLineAndColumn) {
  expect_text_error("(module\n  (func\n    frob))", "unknown operator frob (line 3, column 5)");
  expect_text_error("frob", "unknown operator frob (line 1, column 1)");
  const auto binary = encode_text_module("(module\n  (func\n    frob))");
  EXPECT_EQ(binary.error().byte_offset, 20u);
}

TEST(TextErrors, TellUnknownWordsFromMisplacedOnes) {
  expect_text_error("(func func)", "unexpected token func (line 1, column 7)");
  expect_text_error("(func (i32.const 1x))", "unknown operator 1x (line 1, column 18)");
  expect_text_error("(func (i32.const 1.0))", "unexpected token 1.0 (line 1, column 18)");
  expect_text_error("(func i32.load align=x)", "unknown operator align=x (line 1, column 16)");
  expect_text_error("(func", "unexpected token: end of text (line 1, column 6)");
  expect_text_error("(memory 1))", "unexpected token ) (line 1, column 11)");
  expect_text_error("(memory \"1\")", "unexpected token: a string (line 1, column 9)");
}

TEST(TextErrors, ComeWithTheEarliestToken) {
  expect_text_error("(func frob) (func \x01)", "unknown operator frob (line 1, column 7)");
  expect_text_error("(func nop \x01)", "illegal character (line 1, column 11)");
  expect_text_error("(func nop", "unexpected token: end of text (line 1, column 10)");
}

TEST(TextErrors, CheckIdentifiers) {
  expect_text_error("(func $f) (func $f)", "duplicate func $f (line 1, column 17)");
  expect_text_error("(func (param $x i32) (local $x i32))",
                    "duplicate local $x (line 1, column 29)");
  expect_text_error("(type (struct (field $x i32) (field $x i32)))",
                    "duplicate field $x (line 1, column 37)");
  expect_text_error("(func call $g)", "unknown function $g (line 1, column 12)");
  expect_text_error("(func br $l)", "unknown label $l (line 1, column 10)");
  expect_text_error("(func block $a end $b)", "mismatching label $b (line 1, column 20)");
  expect_text_error("(func (i32.const 0) if $a else $b end)",
                    "mismatching label $b (line 1, column 32)");
}

TEST(TextErrors, CheckTheOrderOfFields) {
  expect_text_error("(func) (import \"\" \"\" (func))",
                    "import after function (line 1, column 16)");
  expect_text_error("(memory 1) (global (import \"\" \"\") i32)",
                    "import after memory (line 1, column 12)");
  expect_text_error("(func) (start 0) (start 0)", "multiple start sections (line 1, column 18)");
  expect_text_error("(func (result i32) (param i32))",
                    "unexpected token param (line 1, column 21)");
}

TEST(TextErrors, CheckTypeUses) {
  const std::string type = "(type (func)) ";
  expect_text_error(
      type + "(func (type 0) (param i32))",
      "inline function type does not match the type that is named (line 1, column 21)");
  expect_text_error(type + "(func (type 1) (param i32))", "unknown type 1 (line 1, column 21)");
  expect_text_error("(func (block (param $x i32)))", "unexpected token $x (line 1, column 21)");
}

TEST(TextErrors, CheckNumbers) {
  expect_text_error("(func i32.const 0x1_0000_0000)", "constant out of range (line 1, column 17)");
  expect_text_error("(func f32.const 1e39)", "constant out of range (line 1, column 17)");
  expect_text_error("(func br 4294967296)", "i32 constant out of range (line 1, column 10)");
  expect_text_error("(func i8x16.extract_lane_s 256)",
                    "i8 constant out of range (line 1, column 28)");
  expect_text_error("(func i32.load align=3)",
                    "alignment must be a power of two (line 1, column 16)");
  expect_text_error("(func v128.const i32x4 1 2 3)",
                    "wrong number of lane literals: 3 (line 1, column 24)");
  expect_text_error("(func i8x16.shuffle 1)", "invalid lane length 1 (line 1, column 21)");
}

TEST(TextErrors, CheckStrings) {
  expect_text_error("(export \"\\ff\" (func 0))", "malformed UTF-8 encoding (line 1, column 9)");
  expect_text_error("(data \"\\xx\")", "illegal escape (line 1, column 8)");
}

TEST(TextErrors, WantFoldedOperands) {
  expect_text_error("(func (i32.add i32.const 1))",
                    "unexpected token i32.const (line 1, column 16)");
  expect_text_error("(func (if i32.const 1 (then)))",
                    "unexpected token i32.const (line 1, column 11)");
  expect_text_error("(func (if (i32.const 1)))", "unexpected token ) (line 1, column 24)");
  expect_text_error("(func (block nop)", "unexpected token: end of text (line 1, column 18)");
  expect_text_error("(func (nop block) end)", "unexpected token block (line 1, column 12)");
  expect_text_error("(func block)", "unexpected token ) (line 1, column 12)");
  expect_text_error("(func end)", "unexpected token end (line 1, column 7)");
  expect_text_error("(func (end))", "unexpected token end (line 1, column 8)");
  expect_text_error("(func i32.const 1 if else else end)",
                    "unexpected token else (line 1, column 27)");
}

}  // namespace
}  // namespace tine
