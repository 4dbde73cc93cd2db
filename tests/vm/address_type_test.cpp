// Address types of memories and tables: how limits say them, and what validation asks of operands,
// offsets, segments and imports because of them.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/module_expect.h"
#include "support/text_expect.h"
#include "support/text_guest.h"

namespace tine {
namespace {

using test::Bytes;
using test::encoded;
using test::expect_refused;
using test::expect_valid;
using test::text_module;

void expect_invalid_text(std::string_view text, std::string_view detail) {
  SCOPED_TRACE(text);
  expect_refused(encoded(text), ErrorCode::kInvalid, detail);
}

TEST(AddressType, IsReadFromTheFlagsOfLimits) {
  const auto module =
      text_module("(memory 1) (memory i64 2 3) (table 4 funcref) (table i64 5 6 externref)");
  const AddressType narrow = AddressType::kI32;
  const AddressType wide = AddressType::kI64;
  EXPECT_EQ(module->memories, (std::vector<MemoryType>{{{1, {}}, narrow}, {{2, 3}, wide}}));
  EXPECT_EQ(module->tables, (std::vector<TableType>{{ValType::kFuncRef, {4, {}}, narrow},
                                                    {ValType::kExternRef, {5, 6}, wide}}));
}

TEST(AddressType, IsMalformedWithOtherFlags) {
  Bytes bytes = encoded("(memory 0)");
  const size_t flags_at = bytes.size() - 2;
  for (const uint8_t flags : {0x02, 0x03, 0x06, 0x07, 0x0a, 0x10, 0x84}) {
    bytes[flags_at] = flags;
    expect_refused(bytes, ErrorCode::kMalformed, "malformed limits flags", flags_at);
  }
}

/// In a table's limits the flag of a page size means nothing.
TEST(AddressType, OfATableHasNoPages) {
  Bytes bytes = encoded("(table 0 funcref)");
  const size_t flags_at = bytes.size() - 2;
  bytes[flags_at] = 0x08;
  expect_refused(bytes, ErrorCode::kMalformed, "malformed limits flags", flags_at);
}

TEST(AddressType, BoundsSizes) {
  expect_valid(encoded("(memory i64 0x1_0000_0000_0000 0x1_0000_0000_0000)"));
  expect_valid(encoded("(table i64 0 0xffff_ffff_ffff_ffff funcref)"));
  expect_invalid_text("(memory i64 0x1_0000_0000_0001)", "memory size must be at most 2^48 pages");
  expect_invalid_text("(memory i64 0 0x1_0000_0000_0001)",
                      "memory size must be at most 2^48 pages");
  expect_invalid_text("(memory i64 2 1)", "size minimum must not be greater than maximum");
  expect_invalid_text("(table 0 0x1_0000_0000 funcref)", "table size must be at most 2^32-1");
}

TEST(AddressType, BoundsTheOffsetsOfAccesses) {
  expect_valid(encoded(
      "(memory i64 0) (func (drop (i32.load offset=0xffff_ffff_ffff_ffff (i64.const 0))))"));
  expect_invalid_text(
      "(memory i64 0) (memory 0) (func (drop (i32.load 1 offset=0x1_0000_0000 (i32.const 0))))",
      "offset out of range");
}

/// Every instruction with an address: valid with the types of memory or table $w, invalid with those
/// of $n, and the other way round.
TEST(AddressType, IsThatOfTheMemoryOrTableThatIsNamed) {
  const std::string frame =
      "(memory $n 0) (memory $w i64 0) (table $tn 0 funcref) (table $tw i64 0 funcref)"
      "(type $f (func)) (data $d \"\") (elem $e func)";
  const std::string_view templates[] = {
      "(drop (i64.load8_u $M (A)))",
      "(v128.store $M (A) (v128.const i64x2 0 0))",
      "(drop (v128.load8_lane $M 0 (A) (v128.const i64x2 0 0)))",
      "(v128.store64_lane $M 0 (A) (v128.const i64x2 0 0))",
      "(drop (A_EQZ (memory.size $M)))",
      "(drop (A_EQZ (memory.grow $M (A))))",
      "(memory.fill $M (A) (i32.const 0) (A))",
      "(memory.init $M $d (A) (i32.const 0) (i32.const 0))",
      "(memory.copy $M $M (A) (A) (A))",
      "(memory.copy $n $M (i32.const 0) (A) (i32.const 0))",
      "(memory.copy $w $M (i64.const 0) (A) (A))",
      "(drop (table.get $T (A)))",
      "(table.set $T (A) (ref.null func))",
      "(drop (A_EQZ (table.size $T)))",
      "(drop (A_EQZ (table.grow $T (ref.null func) (A))))",
      "(table.fill $T (A) (ref.null func) (A))",
      "(table.init $T $e (A) (i32.const 0) (i32.const 0))",
      "(table.copy $T $tn (A) (i32.const 0) (i32.const 0))",
      "(table.copy $T $tw (A) (i64.const 0) (A))",
      "(call_indirect $T (type $f) (A))",
      "(return_call_indirect $T (type $f) (A))",
  };
  const auto filled = [&](std::string_view text, bool is_wide, bool has_wide_operands) {
    std::string out = "(func " + std::string(text) + ")";
    const auto replace = [&out](std::string_view from, std::string_view to) {
      for (size_t at = 0; (at = out.find(from, at)) != std::string::npos; at += to.size())
        out.replace(at, from.size(), to);
    };
    replace("$M", is_wide ? "$w" : "$n");
    replace("$T", is_wide ? "$tw" : "$tn");
    replace("A_EQZ", has_wide_operands ? "i64.eqz" : "i32.eqz");
    replace("(A)", has_wide_operands ? "(i64.const 0)" : "(i32.const 0)");
    return frame + out;
  };
  for (const std::string_view text : templates) {
    for (const bool is_wide : {false, true}) {
      expect_valid(encoded(filled(text, is_wide, is_wide)));
      expect_invalid_text(filled(text, is_wide, !is_wide), "type mismatch");
    }
  }
}

TEST(AddressType, IsThatOfTheOffsetsOfSegments) {
  expect_valid(encoded("(memory i64 1) (data (i64.const 0) \"\")"));
  expect_valid(encoded("(table i64 1 funcref) (elem (i64.const 0))"));
  expect_invalid_text("(memory i64 1) (data (i32.const 0) \"\")", "type mismatch");
  expect_invalid_text("(memory 1) (data (i64.const 0) \"\")", "type mismatch");
  expect_invalid_text("(table i64 1 funcref) (elem (i32.const 0) func)", "type mismatch");
}

TEST(AddressType, MustBeThatOfTheImport) {
  const auto machine = Machine::create({});
  ASSERT_TRUE(machine
                  ->instantiate(text_module(R"(
    (memory (export "m") i64 1) (table (export "t") i64 1 funcref))"),
                                {})
                  .has_value());
  const ImportResolver exports = [&](const Import& import) {
    return machine->find_export(0, import.name);
  };
  EXPECT_TRUE(machine->instantiate(text_module(R"((import "a" "m" (memory i64 1)))"), exports));
  EXPECT_TRUE(
      machine->instantiate(text_module(R"((import "a" "t" (table i64 1 funcref)))"), exports));
  for (const char* text :
       {R"((import "a" "m" (memory 1)))", R"((import "a" "t" (table 1 funcref)))"}) {
    const auto made = machine->instantiate(text_module(text), exports);
    ASSERT_FALSE(made.has_value()) << text;
    EXPECT_EQ(made.error().code, ErrorCode::kUnlinkable);
    EXPECT_TRUE(made.error().detail.starts_with("incompatible import type")) << made.error().detail;
  }
}

TEST(TableInitialiser, IsAConstantOfTheElementTypeOverImportedGlobals) {
  expect_valid(
      encoded(R"((import "a" "g" (global externref)) (table 1 externref (global.get 0)))"));
  expect_invalid_text("(table 1 funcref (ref.null extern))", "type mismatch");
  expect_invalid_text("(global externref (ref.null extern)) (table 1 externref (global.get 0))",
                      "unknown global 0");
  expect_invalid_text("(table 1 funcref (ref.func 0))", "unknown function 0");
  Bytes bytes = encoded("(table 1 funcref (ref.null func))");
  const size_t zero_at = test::offset_of(bytes, {0x40, 0x00}) + 1;
  bytes[zero_at] = 1;
  expect_refused(bytes, ErrorCode::kMalformed, "malformed table", zero_at);
}

}  // namespace
}  // namespace tine
