// Instructions: folding, blocks, labels, immediates.
#include <gtest/gtest.h>

#include <string>

#include "access_width.h"
#include "support/text_expect.h"

namespace tine {
namespace {

using test::Bytes;
using test::code_of;
using test::encoded;
using test::expect_same;

void expect_same_code(const std::string& folded, const std::string& flat) {
  EXPECT_EQ(code_of(folded), code_of(flat)) << folded << "\n" << flat;
}

TEST(TextCode, UnfoldsOperandsFirst) {
  expect_same_code("(i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3)))",
                   "i32.const 1 i32.const 2 i32.const 3 i32.mul i32.add");
  expect_same_code("i32.const 1 (i32.add (i32.const 2)) drop",
                   "i32.const 1 i32.const 2 i32.add drop");
}

TEST(TextCode, UnfoldsBlocks) {
  expect_same_code("(block (result i32) (nop) i32.const 1)",
                   "block (result i32) nop i32.const 1 end");
  expect_same_code("(loop $l (br $l))", "loop $l br $l end $l");
  expect_same_code("(if (i32.const 1) (then nop) (else (drop)))",
                   "i32.const 1 if nop else drop end");
  expect_same_code("(if (i32.const 1) (then) (else))", "i32.const 1 if else end");
  expect_same_code("(if (i32.const 1) (then))", "i32.const 1 if end");
}

TEST(TextCode, UnfoldsBothFormsOfExceptions) {
  expect_same_code("(try_table (catch_all 0) nop)", "try_table (catch_all 0) nop end");
  expect_same_code("(try (do nop) (catch 0 drop) (catch_all))",
                   "try nop catch 0 drop catch_all end");
  expect_same_code("(try $a (do (try (do) (delegate $a))))", "try try delegate 0 end");
  EXPECT_EQ(code_of("(block $l (try_table $t (catch 1 $l) (catch_all_ref 0)))"),
            (Bytes{0x02, 0x40, 0x1f, 0x40, 0x02, 0x00, 0x01, 0x00, 0x03, 0x00, 0x0b, 0x0b}));
}

TEST(TextCode, CountsLabelsFromInside) {
  expect_same_code("(block $a (block $b (br $a) (br $b)))", "block block br 1 br 0 end end");
  expect_same_code("(block $a (block $a (br $a)) (br $a))", "block block br 0 end br 0 end");
  // The condition stands outside of the label.
  expect_same_code("(block $a (if $a (br_if $a (i32.const 1)) (then (br $a))))",
                   "block i32.const 1 br_if 0 if br 0 end end");
  expect_same_code("(block $a (br_table 0 $a 0 (i32.const 1)))",
                   "block i32.const 1 br_table 0 0 0 end");
}

TEST(TextCode, WritesBlockTypesAsShortAsPossible) {
  EXPECT_EQ(encoded("(type $t (func)) (func (block (type $t)))"), encoded("(func (block))"));
  EXPECT_EQ(encoded("(type (func)) (type $t (func (result i32))) (func block (type $t) end)"),
            encoded("(type (func)) (type (func (result i32))) (func block (result i32) end)"));
}

TEST(TextCode, FillsInMemargs) {
  expect_same_code("i64.load32_u", "i64.load32_u offset=0 align=4");
  expect_same_code("v128.load8x8_s", "v128.load8x8_s align=8");
  expect_same_code("v128.load16_lane 3", "v128.load16_lane offset=0 align=2 3");
  expect_same_code("v128.load16_lane 0 3", "v128.load16_lane 3");
  expect_same_code("i64.atomic.rmw16.xchg_u", "i64.atomic.rmw16.xchg_u align=2");
  EXPECT_EQ(code_of("i32.load 1 offset=0x80 align=1"), (Bytes{0x28, 0x40, 0x01, 0x80, 0x01}));
}

TEST(TextCode, KnowsTheWidthOfEveryAccess) {
  EXPECT_EQ(accessed_bits("i32.load8_s"), 8u);
  EXPECT_EQ(accessed_bits("i64.store16"), 16u);
  EXPECT_EQ(accessed_bits("f64.store"), 64u);
  EXPECT_EQ(accessed_bits("v128.load"), 128u);
  EXPECT_EQ(accessed_bits("v128.load32x2_u"), 64u);
  EXPECT_EQ(accessed_bits("v128.load64_zero"), 64u);
  EXPECT_EQ(accessed_bits("memory.atomic.notify"), 32u);
  EXPECT_EQ(accessed_bits("memory.atomic.wait64"), 64u);
  EXPECT_EQ(accessed_bits("i64.atomic.rmw32.cmpxchg_u"), 32u);
  EXPECT_EQ(accessed_bits("i32.atomic.rmw.add"), 32u);
}

TEST(TextCode, LeavesOutIndicesThatAreZero) {
  expect_same_code("memory.size memory.grow memory.fill memory.copy",
                   "memory.size 0 memory.grow 0 memory.fill 0 memory.copy 0 0");
  expect_same_code("table.get table.copy call_indirect",
                   "table.get 0 table.copy 0 0 call_indirect 0");
  EXPECT_EQ(code_of("table.init 2 1"), (Bytes{0xfc, 0x0c, 0x01, 0x02}));
  EXPECT_EQ(code_of("table.init 1"), (Bytes{0xfc, 0x0c, 0x01, 0x00}));
}

TEST(TextCode, ChoosesTheOpcodeByWhatFollows) {
  EXPECT_EQ(code_of("select"), (Bytes{0x1b}));
  EXPECT_EQ(code_of("(select (result i32) (result))"), (Bytes{0x1c, 0x01, 0x7f}));
  EXPECT_EQ(code_of("ref.test (ref any) ref.test anyref"),
            (Bytes{0xfb, 0x14, 0x6e, 0xfb, 0x15, 0x6e}));
  EXPECT_EQ(code_of("br_on_cast 0 anyref (ref i31)"), (Bytes{0xfb, 0x18, 0x01, 0x00, 0x6e, 0x6c}));
}

TEST(TextCode, WritesVectors) {
  EXPECT_EQ(code_of("v128.const i16x8 1 -1 0x7fff 0 0 0 0 65535"),
            (Bytes{0xfd, 0x0c, 1, 0, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}));
  EXPECT_EQ(code_of("i32x4.relaxed_dot_i8x16_i7x16_add_s"), (Bytes{0xfd, 0x93, 0x02}));
}

TEST(TextCode, NamesFieldsByTheirStruct) {
  expect_same(
      "(type $a (struct (field $x i32) (field $y i32)))"
      "(type $b (struct (field $y i32))) (func struct.get $a $y struct.get $b $y)",
      "(type (struct (field i32 i32))) (type (struct (field i32)))"
      "(func struct.get 0 1 struct.get 1 0)");
}

}  // namespace
}  // namespace tine
