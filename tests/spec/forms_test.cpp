#include "spec/forms.h"

#include <gtest/gtest.h>

namespace tine::spec {
namespace {

TEST(Forms, AreFoundAtDepthZeroAndOne) {
  const auto forms = find_forms("(module\n  (func (nop))\n)\n(assert_trap (invoke \"f\") \"x\")");
  ASSERT_EQ(forms.size(), 4U);
  EXPECT_EQ(forms[0].head, "module");
  EXPECT_EQ(forms[0].depth, 0U);
  EXPECT_EQ(forms[1].head, "func");
  EXPECT_EQ(forms[1].line, 2U);
  EXPECT_EQ(forms[1].depth, 1U);
  EXPECT_EQ(forms[2].head, "assert_trap");
  EXPECT_EQ(forms[2].line, 4U);
  EXPECT_EQ(forms[3].head, "invoke");
}

TEST(Forms, IgnoreParenthesesInStringsAndComments) {
  const auto forms = find_forms("(a \")\\\"(\") ;; (b)\n(; (c (; nested ;) ;) (d)");
  ASSERT_EQ(forms.size(), 2U);
  EXPECT_EQ(forms[0].head, "a");
  EXPECT_EQ(forms[1].head, "d");
  EXPECT_EQ(forms[1].line, 2U);
}

TEST(BlankForms, KeepsLineNumbers) {
  std::string wast = "(a\n 1)\n(b)\n(c)";
  std::vector<uint32_t> unmatched;
  EXPECT_EQ(blank_forms(wast, {1}, unmatched), 1U);
  EXPECT_EQ(wast, "  \n   \n(b)\n(c)");
  EXPECT_TRUE(unmatched.empty());
}

TEST(BlankForms, TakesTheCommandsOfAModuleWithIt) {
  std::string wast = "(module)\n(assert_return)\n(register)\n(module)\n(assert_return)";
  std::vector<uint32_t> unmatched;
  EXPECT_EQ(blank_forms(wast, {1}, unmatched), 3U);
  const auto left = find_forms(wast);
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].line, 4U);
}

TEST(BlankForms, TakesAFieldAlone) {
  std::string wast = "(module\n (func $a)\n (func $b)\n)\n(assert_return)";
  std::vector<uint32_t> unmatched;
  EXPECT_EQ(blank_forms(wast, {2}, unmatched), 0U);
  EXPECT_EQ(find_forms(wast).size(), 3U);
}

TEST(BlankForms, ReportsLinesWhereNothingStarts) {
  std::string wast = "(a\n1)";
  std::vector<uint32_t> unmatched;
  EXPECT_EQ(blank_forms(wast, {2}, unmatched), 0U);
  EXPECT_EQ(unmatched, std::vector<uint32_t>{2});
}

}  // namespace
}  // namespace tine::spec
