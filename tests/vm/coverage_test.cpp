// Coverage numbering: which edges there are, in which order.
#include <gtest/gtest.h>

#include "support/module_expect.h"
#include "tine/code.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;
using test::expect_valid;
using test::ModuleBuilder;

TEST(Coverage, CountsEntryAndBothWaysOfEveryBranch) {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({{ValType::kI32}, {}});
  b.import_func("env", "host", type);  // imported functions have no edges
  const Bytes code = Code()
                         .begin(Op::block)
                         .local_get(0)
                         .op(Op::br_if, 0)
                         .local_get(0)
                         .begin(Op::if_)
                         .op(Op::else_)
                         .end()
                         .local_get(0)
                         .br_table({0, 1}, 0)
                         .end()
                         .op(Op::unreachable)
                         .op(Op::br_if, 0)  // unreachable code counts
                         .op(Op::br, 0)     // has one way only
                         .end();
  const FuncIdx branchy = b.add_func(type, code);
  const FuncIdx straight = b.add_func(type, Code().end());
  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);

  EXPECT_EQ(module->body(branchy).edge_count, 1u + 2 + 2 + 3 + 2);
  EXPECT_EQ(module->body(straight).edge_count, 1u);
  EXPECT_EQ(edge_count(*module), 11u);

  const std::vector<EdgeInfo> edges = coverage_edges(*module);
  ASSERT_EQ(edges.size(), 11u);
  const WasmOffset begin = module->body(branchy).begin;
  const WasmOffset offsets[] = {0, 4, 4, 8, 8, 14, 14, 14, 21, 21};
  for (size_t i = 0; i < std::size(offsets); ++i) {
    EXPECT_EQ(edges[i].func, branchy);
    EXPECT_EQ(edges[i].offset, begin + offsets[i]) << i;
    EXPECT_EQ(edges[i].is_function_entry, i == 0);
  }
  EXPECT_EQ(edges[10].func, straight);
  EXPECT_TRUE(edges[10].is_function_entry);
}

TEST(Coverage, NamesKindsOfCode) {
  EXPECT_EQ(name_of(CodeKind::kPlain), "plain");
  EXPECT_EQ(name_of(CodeKind::kCovered), "covered");
  EXPECT_EQ(name_of(CodeKind::kStepping), "stepping");
}

}  // namespace
}  // namespace tine
