// Annotations: custom sections at their places, names, branch hints; and nothing of it anywhere else.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/text_expect.h"
#include "tine/module.h"

namespace tine {
namespace {

using test::Bytes;
using test::encoded;
using test::expect_same;
using test::expect_text_error;

constexpr std::string_view kHintSection = "metadata.code.branch_hint";

std::shared_ptr<const Module> decoded(std::string_view text, const TextOptions& options = {}) {
  auto module = Module::create(encoded(text, options));
  EXPECT_TRUE(module.has_value()) << text << "\n" << module.error().detail;
  return module ? *module : nullptr;
}

/// The numbers of all sections, `c:NAME` for custom ones.
std::vector<std::string> section_order(std::string_view text) {
  const auto module = decoded(text);
  std::vector<std::string> order;
  size_t customs = 0;
  for (size_t at = 8; at < module->bytes().size();) {
    const uint8_t id = module->bytes()[at];
    const size_t size = module->bytes()[at + 1];  // short sections: one byte
    order.push_back(id == 0 ? "c:" + module->customs[customs++].name : std::to_string(id));
    at += 2 + size;
  }
  return order;
}

std::string custom_contents(const Module& module, std::string_view name) {
  for (const CustomSection& custom : module.customs) {
    if (custom.name != name) continue;
    const auto bytes = module.contents(custom);
    return {bytes.begin(), bytes.end()};
  }
  return "no such section";
}

TEST(TextAnnotations, OfOtherKindsAreComments) {
  expect_same("((@a) module (@b \"c\") (func (@custom.x \"f\")) (@nam \"x\"))", "(module (func))");
  expect_same("(@name \"outside\") (module (func)) (@custom 5)", "(module (func))");
}

TEST(TextAnnotations, BecomeCustomSections) {
  const auto module = decoded("(@custom \"a\" \"x\" \"\\00y\") (func) (@\"custom\" \"b\")");
  ASSERT_EQ(module->customs.size(), 2u);
  EXPECT_EQ(custom_contents(*module, "a"), std::string("x\0y", 3));
  EXPECT_EQ(custom_contents(*module, "b"), "");
}

TEST(TextAnnotations, PutCustomSectionsWhereTheySay) {
  const std::vector<std::string> expected = {"c:first", "1", "c:t", "3",   "c:f1",
                                             "c:f2",    "6", "10",  "c:l", "c:end"};
  EXPECT_EQ(section_order("(@custom \"end\" (after last)) (@custom \"l\" (before data))"
                          "(@custom \"f1\" (after func)) (func) (@custom \"f2\" (before global))"
                          "(global i32 (i32.const 0)) (@custom \"first\" (before first))"
                          "(@custom \"t\" (after import))"),
            expected);
}

TEST(TextAnnotations, NameEverything) {
  constexpr std::string_view kText =
      "(module $ignored (@name \"m\\c3\\b6\")"
      " (func $f (@name \"the function\") (param $p (@name \"q\") i32) (local (@name \"r\") i32))"
      " (func (@name \"g\")) (func $h) (global $x (@name \"y\") i32 (i32.const 0))"
      " (memory 1) (data $d (@name \"bytes\") \"x\"))";
  const auto module = decoded(kText, {.names = true});
  EXPECT_EQ(module->name(), "m\xc3\xb6");
  EXPECT_EQ(module->func_name(0), "the function");
  EXPECT_EQ(module->func_name(1), "g");
  EXPECT_EQ(module->func_name(2), "h");
  EXPECT_EQ(module->global_name(0), "y");
  EXPECT_EQ(module->data_name(0), "bytes");
  const std::string names = custom_contents(*module, "name");
  EXPECT_NE(names.find(std::string("\x02\x00\x01q\x01\x01r", 7)), std::string::npos);
  EXPECT_EQ(encoded(kText), encoded("(func (param i32) (local i32)) (func) (func)"
                                    "(global i32 (i32.const 0)) (memory 1) (data \"x\")"));
}

TEST(TextAnnotations, HintBranchesByTheirOffsets) {
  const std::string flat =
      "(func (param i32) (local i64) local.get 0 (@metadata.code.branch_hint \"\\01\") if nop end"
      " local.get 0 (@metadata.code.branch_hint \"\\00\") br_if 0)";
  const auto module = decoded("(func)" + flat);
  // Function 1; offset 5 behind one run of locals (3 bytes) and local.get; offset 11.
  EXPECT_EQ(custom_contents(*module, kHintSection),
            std::string("\x01\x01\x02\x05\x01\x01\x0b\x01\x00", 9));
  expect_same(flat,
              "(func (param i32) (local i64)"
              " (@metadata.code.branch_hint \"\\01\") (if (local.get 0) (then nop))"
              " (@metadata.code.branch_hint \"\\00\") (br_if 0 (local.get 0)))");
  EXPECT_EQ(section_order(flat),
            (std::vector<std::string>{"1", "3", "c:metadata.code.branch_hint", "10"}));
}

TEST(TextAnnotations, AreRefusedWhereTheyMeanNothing) {
  expect_text_error("(func (@custom \"a\"))", "misplaced @custom annotation (line 1, column 7)");
  expect_text_error("(func)\n (@name \"a\")", "misplaced @name annotation (line 2, column 2)");
  expect_text_error("(func (@name \"a\") $f)", "misplaced @name annotation (line 1, column 7)");
  expect_text_error("(@metadata.code.branch_hint \"\\00\") (func)",
                    "@metadata.code.branch_hint annotation: not in a function (line 1, column 1)");
  expect_text_error("(global i32 (@metadata.code.branch_hint \"\\00\") i32.const 0)",
                    "@metadata.code.branch_hint annotation: not in a function (line 1, column 13)");
  expect_text_error("(func (local (@metadata.code.branch_hint \"\\00\") i32))",
                    "misplaced @metadata.code.branch_hint annotation (line 1, column 14)");
}

TEST(TextAnnotations, AreRefusedWhereTheySayNothingKnown) {
  expect_text_error("(@custom \"a\" (before last))",
                    "@custom annotation: malformed section kind (line 1, column 1)");
  expect_text_error("(@custom \"a\" (before code \"x\"))",
                    "@custom annotation: unexpected token (line 1, column 1)");
  expect_text_error("(@custom $)", "@custom annotation: missing section name (line 1, column 1)");
  expect_text_error("(func (@name))", "@name annotation: unexpected token (line 1, column 7)");
  expect_text_error("(func (@name \"\\ff\"))",
                    "@name annotation: malformed UTF-8 encoding (line 1, column 7)");
  expect_text_error("(func (@name \"a\") (@name \"b\"))",
                    "@name annotation: multiple function (line 1, column 19)");
  expect_text_error("(func i32.const 0 (@metadata.code.branch_hint \"\\02\") br_if 0)",
                    "@metadata.code.branch_hint annotation: invalid branch hint"
                    " (line 1, column 19)");
}

// The one thing that an annotation can say wrongly of a text that is in order.
TEST(TextAnnotations, HintOnlyBranches) {
  const auto binary = encode_text_module("(func (@metadata.code.branch_hint \"\\01\") nop)");
  ASSERT_FALSE(binary.has_value());
  EXPECT_EQ(binary.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(binary.error().detail,
            "@metadata.code.branch_hint annotation: invalid target (line 1, column 7)");
}

}  // namespace
}  // namespace tine
