// The rules by which the runner judges; if these are too soft, the suite proves nothing.
#include "spec/session.h"

#include <gtest/gtest.h>

#include "spec/script.h"

namespace tine::spec {
namespace {

Expected expect(Value value, Expected::Match match = Expected::Match::kBits) {
  return {match, value};
}
Value f32_bits(uint32_t bits) { return {ValType::kF32, bits, 0}; }
Value f64_bits(uint64_t bits) { return {ValType::kF64, bits, 0}; }

TEST(Expected, WantsTypeAndEveryBit) {
  EXPECT_TRUE(matches(expect(Value::i32(7)), Value::i32(7)));
  EXPECT_FALSE(matches(expect(Value::i32(7)), Value::i32(8)));
  EXPECT_FALSE(matches(expect(Value::i32(7)), Value::i64(7)));
  EXPECT_FALSE(matches(expect(Value::f32(0.0F)), Value::f32(-0.0F)));
  EXPECT_FALSE(matches(expect(f32_bits(0x7fc0'0000)), f32_bits(0x7fc0'0001)));
}

TEST(Expected, KnowsTheCanonicalNans) {
  const auto f32 = expect(Value::zero(ValType::kF32), Expected::Match::kCanonicalNan);
  EXPECT_TRUE(matches(f32, f32_bits(0x7fc0'0000)));
  EXPECT_TRUE(matches(f32, f32_bits(0xffc0'0000)));
  EXPECT_FALSE(matches(f32, f32_bits(0x7fc0'0001)));
  EXPECT_FALSE(matches(f32, f32_bits(0x7f80'0000)));
  const auto f64 = expect(Value::zero(ValType::kF64), Expected::Match::kCanonicalNan);
  EXPECT_TRUE(matches(f64, f64_bits(0xfff8'0000'0000'0000)));
  EXPECT_FALSE(matches(f64, f64_bits(0x7ff8'0000'0000'0001)));
}

TEST(Expected, TakesAnyQuietNanAsArithmetic) {
  const auto f32 = expect(Value::zero(ValType::kF32), Expected::Match::kArithmeticNan);
  EXPECT_TRUE(matches(f32, f32_bits(0x7fc0'1234)));
  EXPECT_TRUE(matches(f32, f32_bits(0xffff'ffff)));
  EXPECT_FALSE(matches(f32, f32_bits(0x7fa0'0000)));
  const auto f64 = expect(Value::zero(ValType::kF64), Expected::Match::kArithmeticNan);
  EXPECT_TRUE(matches(f64, f64_bits(0x7ff8'0000'0000'1234)));
  EXPECT_FALSE(matches(f64, f64_bits(0x7ff4'0000'0000'0000)));
}

TEST(Expected, TellsNullFromOtherReferences) {
  const auto any = expect(Value::zero(ValType::kFuncRef), Expected::Match::kAnyRef);
  EXPECT_TRUE(matches(any, Value::ref(ValType::kFuncRef, 1)));
  EXPECT_FALSE(matches(any, Value::ref(ValType::kFuncRef, kNullRef)));
  EXPECT_FALSE(matches(any, Value::ref(ValType::kExternRef, 1)));
}

TEST(TextMatches, AcceptsAPrefixEitherWay) {
  EXPECT_TRUE(text_matches("unknown import", "unknown import: spectest.x"));
  EXPECT_TRUE(text_matches("uninitialized element 2", "uninitialized element"));
  EXPECT_FALSE(text_matches("type mismatch", "unknown type"));
  EXPECT_FALSE(text_matches("type mismatch", ""));
}

}  // namespace
}  // namespace tine::spec
