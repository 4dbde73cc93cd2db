// Texts that are cut, broken or deeper than any program: an answer, and no more than that.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/random_source.h"
#include "support/spec_suite.h"
#include "tine/text.h"

namespace tine {
namespace {

constexpr std::string_view kSmallTexts[] = {
    "(module $m (import \"a\" \"b\" (func $f (param $x i32) (result i32))) (memory (data "
    "\"x\\41\"))"
    " (table $t funcref (elem $f)) (func (export \"g\") (local $l f64) (if (i32.eqz (i32.const 1))"
    " (then (drop (call_indirect $t (param i32) (result i32) (i32.const 0) (i32.const 1)))) (else))"
    " block $b br_table $b 0 end (v128.store offset=4 align=1 (v128.const f32x4 1 nan 0x1p3 "
    "-inf))))",
    "(rec (type $s (sub (struct (field $a (mut i8)) (field (ref null $s))))) (type (func)))"
    " (elem $e declare funcref (item ref.null func)) (tag (param i32)) (func (try_table (result "
    "i32)"
    " (catch 0 0) (struct.get $s $a (ref.null $s))) (try (do) (catch 0) (catch_all)))",
    "(module quote \"(func)\") (assert_return (invoke \"f\" (ref.extern 1)) (either (f32.const"
    " nan:canonical) (ref.null))) (; (; ;) ;) (@note \"a\" (b)) ;; end\n(module $\"q r\" binary "
    "\"\")",
};

/// A binary or commands, or an error that says something.
void read_both_ways(std::string_view text) {
  constexpr size_t kEmptyModuleBytes = 8;
  const auto binary = encode_text_module(text, {.names = true});
  if (binary) {
    ASSERT_GE(binary->size(), kEmptyModuleBytes);
  } else {
    ASSERT_FALSE(binary.error().detail.empty());
  }
  const auto script = read_script(text);
  if (!script) {
    ASSERT_FALSE(script.error().detail.empty());
  }
}

TEST(TextHostile, SurvivesTruncationAtEveryByte) {
  for (const std::string_view text : kSmallTexts)
    for (size_t size = 0; size <= text.size(); ++size)
      read_both_ways(std::string(text.substr(0, size)));  // a copy: sanitizers see its end
}

std::string mutated(std::string text, test::RandomSource& random) {
  static constexpr std::string_view kPieces[] = {"(",     ")",    "\"",   "$x",    " 0 ",
                                                 "(then", "end ", "(;",   "else ", "(type 9)",
                                                 "\\",    "\xff", "(ref", "0x",    "@"};
  for (uint32_t i = random.between(1, 4); i > 0 && !text.empty(); --i) {
    const uint32_t at = random.below(text.size());
    switch (random.below(4)) {
      case 0: text.erase(at, random.between(1, 8)); break;
      case 1: text.insert(at, random.pick(kPieces)); break;
      case 2: text[at] = static_cast<char>(random.bits()); break;
      default: text.insert(at, text.substr(random.below(text.size()), random.between(1, 30)));
    }
  }
  return text;
}

TEST(TextHostile, SurvivesMutations) {
  constexpr uint64_t kSeed = 1;
  test::RandomSource random(kSeed);
  for (int i = 0; i < 20'000; ++i)
    read_both_ways(mutated(std::string(random.pick(kSmallTexts)), random));
}

TEST(TextHostile, SurvivesMutationsOfTheSuite) {
  if (test::spec_suite().empty()) GTEST_SKIP() << "SPEC SUITE SKIPPED: set TINE_SPEC_SUITE";
  constexpr uint64_t kSeed = 2;
  constexpr size_t kLargestText = 20'000;
  test::RandomSource random(kSeed);
  for (const std::string& file : test::spec_suite_files()) {
    const std::string text = test::read_text((test::spec_suite() / file).string());
    if (text.size() > kLargestText) continue;
    for (int i = 0; i < 20; ++i) read_both_ways(mutated(text, random));
  }
}

std::string repeated(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(TextHostile, FoldsAsDeepAsTheLimit) {
  const auto nested = [](size_t depth) {
    return "(func " + repeated("(drop ", depth) + repeated(")", depth) + ")";
  };
  EXPECT_TRUE(encode_text_module(nested(65'000)).has_value());
  const auto too_deep = encode_text_module(nested(65'001));
  ASSERT_FALSE(too_deep.has_value());
  EXPECT_EQ(too_deep.error().code, ErrorCode::kLimit);
  EXPECT_FALSE(encode_text_module("(func " + repeated("block ", 1'000'000)).has_value());
}

TEST(TextHostile, NestsCommentsAndParenthesesWithoutTheStack) {
  constexpr size_t kDeep = 1'000'000;
  EXPECT_FALSE(encode_text_module(repeated("(", kDeep)).has_value());
  EXPECT_FALSE(encode_text_module(repeated("(;", kDeep)).has_value());
  EXPECT_TRUE(encode_text_module(repeated("(;", kDeep) + repeated(";)", kDeep)).has_value());
  EXPECT_TRUE(
      encode_text_module("(@a " + repeated("(", kDeep) + repeated(")", kDeep) + ")").has_value());
}

}  // namespace
}  // namespace tine
