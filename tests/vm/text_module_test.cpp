// Fields of modules: every abbreviation means what it stands for.
#include <gtest/gtest.h>

#include <string>

#include "support/text_expect.h"
#include "tine/module.h"

namespace tine {
namespace {

using test::Bytes;
using test::encoded;
using test::expect_same;

TEST(TextModule, NeedsNoWrapping) {
  EXPECT_EQ(encoded(""), (Bytes{0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00}));
  expect_same("", "(module)");
  expect_same("(func) (memory 1)", "(module $m (func) (memory 1))");
}

TEST(TextModule, FindsNamesThatComeLater) {
  expect_same("(func call $g) (func $g)", "(func call 1) (func)");
  expect_same("(export \"e\" (func $f)) (func $f (type $t)) (type $t (func))",
              "(type (func)) (func (type 0)) (export \"e\" (func 0))");
  expect_same("(func $\"a b\") (start $\"a\\20b\")", "(func) (start 0)");
}

TEST(TextModule, WritesImplicitTypesBehindExplicitOnes) {
  expect_same("(func (param i32)) (type (func)) (func (param i32)) (func)",
              "(type (func)) (type (func (param i32)))"
              "(func (type 1) (param i32)) (func (type 1)) (func (type 0))");
  expect_same("(func (block (param i32 i64) (drop) (drop)))",
              "(type (func)) (type (func (param i32 i64)))"
              "(func (type 0) (block (type 1) (drop) (drop)))");
}

// New types are numbered in the order of the binary: operands stand in front.
TEST(TextModule, NumbersImplicitTypesOfFoldedCodeBehindThoseOfItsOperands) {
  expect_same("(func (call_indirect (param f32) (block (param i64 i64))))",
              "(type (func)) (type (func (param i64 i64))) (type (func (param f32)))"
              "(func block (type 1) end call_indirect (type 2))");
  expect_same("(func (if (param f32) (block (param i64 i64)) (then (loop (param i32)))))",
              "(type (func)) (type (func (param i64 i64))) (type (func (param f32)))"
              "(type (func (param i32)))"
              "(func block (type 1) end if (type 2) loop (type 3) end end)");
}

// A type in a larger group, or one that may have subtypes, is another type.
TEST(TextModule, TakesOnlyPlainTypesForImplicitOnes) {
  expect_same("(rec (type (func)) (type (func))) (func)",
              "(rec (type (func)) (type (func))) (type (func)) (func (type 2))");
  expect_same("(type (sub (func))) (func)", "(type (sub (func))) (type (func)) (func (type 1))");
  expect_same("(type (sub final (func))) (func)", "(type (func)) (func (type 0))");
}

TEST(TextModule, CountsParametersAsLocals) {
  expect_same("(func (param $a i32) (param i64) (local $b f32) local.get $b local.get $a)",
              "(func (param i32 i64) (local f32) local.get 2 local.get 0)");
  expect_same("(type $t (func (param i32))) (func (type $t) (local $x i32) local.get $x)",
              "(type (func (param i32))) (func (type 0) (local i32) local.get 1)");
  expect_same("(func (local i32) (local i32 i64) (local))", "(func (local i32 i32 i64))");
}

TEST(TextModule, ImportsAndExportsInline) {
  expect_same("(func $f (export \"a\") (export \"b\") (import \"m\" \"n\") (param i32))",
              "(import \"m\" \"n\" (func (param i32)))"
              "(export \"a\" (func 0)) (export \"b\" (func 0))");
  expect_same("(memory (import \"m\" \"n\") 1 2)", "(import \"m\" \"n\" (memory 1 2))");
  expect_same("(table (import \"m\" \"n\") 1 funcref)", "(import \"m\" \"n\" (table 1 funcref))");
  expect_same("(global (import \"m\" \"n\") (mut i32))", "(import \"m\" \"n\" (global (mut i32)))");
  expect_same("(tag (import \"m\" \"n\") (param i32))", "(import \"m\" \"n\" (tag (param i32)))");
  expect_same("(global (export \"g\") i32 (i32.const 1))",
              "(global i32 (i32.const 1)) (export \"g\" (global 0))");
}

TEST(TextModule, SizesMemoriesAndTablesByTheirContents) {
  expect_same("(memory (data \"ab\" \"c\"))", "(memory 1 1) (data (i32.const 0) \"abc\")");
  expect_same("(memory (data))", "(memory 0 0) (data (i32.const 0))");
  expect_same("(memory i64 (data \"a\"))", "(memory i64 1 1) (data (i64.const 0) \"a\")");
  expect_same("(func $f) (table funcref (elem $f $f))",
              "(func) (table 2 2 funcref) (elem (i32.const 0) 0 0)");
  expect_same("(table externref (elem (ref.null extern)))",
              "(table 1 1 externref) (elem (i32.const 0) externref (item ref.null extern))");
}

TEST(TextModule, CountsSegmentsOfMemoriesAndTables) {
  expect_same("(memory (data \"a\")) (data $d \"b\") (func data.drop $d)",
              "(memory (data \"a\")) (data \"b\") (func data.drop 1)");
  expect_same("(table funcref (elem)) (elem $e func) (func elem.drop $e)",
              "(table funcref (elem)) (elem func) (func elem.drop 1)");
}

TEST(TextModule, AbbreviatesSegments) {
  expect_same("(memory 1) (data (i32.const 1) \"a\")",
              "(memory 1) (data (memory 0) (offset i32.const 1) \"a\")");
  expect_same("(table 1 funcref) (func $f) (elem (i32.const 0) $f)",
              "(table 1 funcref) (func) (elem (table 0) (offset (i32.const 0)) func 0)");
  expect_same("(func $f) (elem funcref (ref.func $f))", "(func) (elem func 0)");
  expect_same("(func $f) (elem declare func $f)",
              "(func) (elem declare funcref (item (ref.func 0)))");
  expect_same("(table 1 funcref) (elem 0 (i32.const 0))", "(table 1 funcref) (elem (i32.const 0))");
}

TEST(TextModule, AnnouncesDataWhereCodeNamesIt) {
  const Bytes plain = encoded("(memory 1) (data \"a\")");
  const Bytes named = encoded("(memory 1) (data \"a\") (func data.drop 0)");
  EXPECT_EQ(std::count(plain.begin(), plain.end(), 0x0c), 0);
  EXPECT_EQ(std::count(named.begin(), named.end(), 0x0c), 1);
  EXPECT_TRUE(Module::create(named).has_value());
}

TEST(TextModule, WritesPlainFunctionTypesAsEver) {
  const Bytes expected = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
                          0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x70};
  EXPECT_EQ(encoded("(type (func (param i32) (result (ref null func))))"), expected);
  EXPECT_EQ(encoded("(rec (type (func (param $x i32) (result funcref))))"), expected);
}

TEST(TextModule, WritesTypesOfGarbageCollection) {
  const Bytes binary = encoded(
      "(rec (type $a (sub (struct (field $x (mut i8)) (field (ref null $b)))))"
      "     (type $b (sub final $a (array (ref any)))))");
  const Bytes expected = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01,  //
                          0x13, 0x01, 0x4e, 0x02,                                // a group of two
                          0x50, 0x00, 0x5f, 0x02, 0x78, 0x01, 0x63, 0x01, 0x00,  //
                          0x4f, 0x01, 0x00, 0x5e, 0x64, 0x6e, 0x00};
  EXPECT_EQ(binary, expected);
}

TEST(TextModule, WritesNamesOnDemand) {
  constexpr std::string_view kText =
      "(module $app (func $main (param $argc i32)) (global $g i32 (i32.const 0)) (memory 1)"
      " (data $bytes \"x\"))";
  const auto module = Module::create(encoded(kText, {.names = true}));
  ASSERT_TRUE(module.has_value());
  EXPECT_EQ((*module)->name(), "app");
  EXPECT_EQ((*module)->func_name(0), "main");
  EXPECT_EQ((*module)->global_name(0), "g");
  EXPECT_EQ((*module)->data_name(0), "bytes");
  EXPECT_EQ(encoded("(func)", {.names = true}), encoded("(func)"));
}

}  // namespace
}  // namespace tine
