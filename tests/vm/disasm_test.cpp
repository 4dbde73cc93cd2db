// Listings: every cell belongs to one op, labels lead to segments, and what a few instructions
// become is what docs/threaded-code.md says.
#include "tine/disasm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "support/random_module.h"
#include "support/text_machine.h"

namespace tine {
namespace {

constexpr std::array kKinds{CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};
using Kind = CodeOperand::Kind;

FuncListing listing_of(std::string_view text, CodeKind kind = CodeKind::kPlain) {
  const auto module = test::text_module(text);
  return Disassembler(*module, kind).func(module->imported_funcs);
}

std::vector<std::string> ops_of(const FuncListing& listing) {
  std::vector<std::string> lines;
  for (const CodeOp& op : listing.ops) lines.push_back(to_string(op));
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Disasm, FoldsFourInstructionsIntoOneOp) {
  const FuncListing listing =
      listing_of("(func (local i32 i32) local.get 0 i32.const 5 i32.add local.set 1)");
  EXPECT_EQ(ops_of(listing), (Lines{"enter zero_from s0, return s2, cost (4)",
                                    "i32_add s1·acc ← s0, 5", "ret return s2"}));
  ASSERT_EQ(listing.instrs.size(), 5u);
  EXPECT_EQ(listing.instrs[1].text, "i32.const 5");
  EXPECT_EQ(listing.ops[1].offset, listing.instrs[2].offset);
  EXPECT_EQ(listing.segments[0].count, 4u);
}

TEST(Disasm, ShowsPinsAndFusedBranches) {
  const FuncListing listing = listing_of(
      "(func (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))");
  EXPECT_EQ(ops_of(listing),
            (Lines{"enter zero_from s1, return s1, cost (6)", "i32_sub s0·acc ← s0, 1",
                   "br_nonzero acc, → L0 (6), else (0)", "ret return s1"}));
}

TEST(Disasm, StepsBeforeEveryCountedInstruction) {
  const FuncListing listing = listing_of("(func nop nop)", CodeKind::kStepping);
  EXPECT_EQ(std::ranges::count(listing.ops, "step", &CodeOp::name), 2);
}

TEST(Disasm, CountsEdgesThroughTheModule) {
  const auto module = test::text_module("(func (if (i32.const 1) (then))) (func)");
  const FuncListing second = Disassembler(*module, CodeKind::kCovered).func(1);
  const auto edge = std::ranges::find(second.ops, "edge", &CodeOp::name);
  ASSERT_NE(edge, second.ops.end());
  EXPECT_EQ(edge->operands[0].number, 3) << "behind the entry and both ways of the if";
}

/// Labels and costs of a listing agree with its segments, and ops fill its cells.
void expect_sound(const FuncListing& listing) {
  uint32_t cell = 0;
  for (const CodeOp& op : listing.ops) {
    EXPECT_EQ(op.cell, cell);
    EXPECT_GT(op.cells, 0u);
    cell += op.cells;
    for (const CodeOperand& operand : op.operands) {
      if (operand.kind != Kind::kLabel) continue;
      ASSERT_LT(operand.number, static_cast<int64_t>(listing.segments.size()));
      EXPECT_EQ(operand.cost, listing.segments[static_cast<size_t>(operand.number)].count);
    }
    EXPECT_FALSE(to_string(op).empty());
  }
  EXPECT_EQ(cell, listing.cells);
  EXPECT_TRUE(std::ranges::is_sorted(listing.segments, {}, &CodeSegment::cell));
  const auto starts_op = [&](const CodeSegment& s) {
    return s.cell == listing.cells ||
           std::ranges::binary_search(listing.ops, s.cell, {}, &CodeOp::cell);
  };
  EXPECT_TRUE(std::ranges::all_of(listing.segments, starts_op));
}

TEST(Disasm, ShowsExceptionsAndWideArithmetic) {
  for (const CodeKind kind : kKinds) {
    const FuncListing listing = listing_of(
        R"((tag $t (param i32))
           (func (param i64 i64) (result i64 i64)
             (try (do (throw $t (i32.const 1))) (catch $t drop) (catch_all))
             (block $b (result i32)
               (try_table (result i32) (catch $t $b) (throw $t (i32.const 2))))
             drop
             (i64.add128 (local.get 0) (local.get 1) (local.get 1) (local.get 0))))",
        kind);
    expect_sound(listing);
    EXPECT_EQ(std::ranges::count(listing.ops, "throw_", &CodeOp::name), 2) << name_of(kind);
    const auto wide = std::ranges::find(listing.ops, "i64_add128", &CodeOp::name);
    ASSERT_NE(wide, listing.ops.end());
    EXPECT_EQ(wide->operands.size(), 5u);
    const auto caught = std::ranges::find(listing.instrs, "catch 0", &InstrText::text);
    ASSERT_NE(caught, listing.instrs.end());
    EXPECT_EQ(caught->depth, 0u);
    EXPECT_EQ((caught + 1)->depth, 1u);
  }
}

TEST(Disasm, IsSoundForRandomModulesInEveryKind) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const auto module = Module::create(test::random_module(seed));
    ASSERT_TRUE(module);
    for (const CodeKind kind : kKinds) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << name_of(kind));
      const Disassembler disassembler(**module, kind);
      for (FuncIdx f = (*module)->imported_funcs; f < (*module)->func_count(); ++f)
        expect_sound(disassembler.func(f));
    }
  }
}

}  // namespace
}  // namespace tine
