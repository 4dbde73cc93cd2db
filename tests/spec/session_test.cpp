// The rules by which the runner judges; if these are too soft, the suite proves nothing.
#include "spec/session.h"

#include <gtest/gtest.h>

#include "spec/script.h"

namespace tine::spec {
namespace {

using Nan = ScriptValue::Nan;

/// A number with every bit, or NaNs of a class.
ScriptValue expect(Value value, Nan nan = Nan::kNone) {
  ScriptValue out;
  out.type = value.type;
  out.lane_bits = value.type == ValType::kI64 || value.type == ValType::kF64 ? 64 : 32;
  out.lanes = {{nan, value.lo}};
  return out;
}
ScriptValue reference(ScriptValue::Kind kind, const char* heap_type) {
  ScriptValue out;
  out.kind = kind;
  out.heap_type = heap_type;
  return out;
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
  const auto f32 = expect(Value::zero(ValType::kF32), Nan::kCanonical);
  EXPECT_TRUE(matches(f32, f32_bits(0x7fc0'0000)));
  EXPECT_TRUE(matches(f32, f32_bits(0xffc0'0000)));
  EXPECT_FALSE(matches(f32, f32_bits(0x7fc0'0001)));
  EXPECT_FALSE(matches(f32, f32_bits(0x7f80'0000)));
  const auto f64 = expect(Value::zero(ValType::kF64), Nan::kCanonical);
  EXPECT_TRUE(matches(f64, f64_bits(0xfff8'0000'0000'0000)));
  EXPECT_FALSE(matches(f64, f64_bits(0x7ff8'0000'0000'0001)));
}

TEST(Expected, TakesAnyQuietNanAsArithmetic) {
  const auto f32 = expect(Value::zero(ValType::kF32), Nan::kArithmetic);
  EXPECT_TRUE(matches(f32, f32_bits(0x7fc0'1234)));
  EXPECT_TRUE(matches(f32, f32_bits(0xffff'ffff)));
  EXPECT_FALSE(matches(f32, f32_bits(0x7fa0'0000)));
  const auto f64 = expect(Value::zero(ValType::kF64), Nan::kArithmetic);
  EXPECT_TRUE(matches(f64, f64_bits(0x7ff8'0000'0000'1234)));
  EXPECT_FALSE(matches(f64, f64_bits(0x7ff4'0000'0000'0000)));
}

TEST(Expected, TellsNullFromOtherReferences) {
  const auto any = reference(ScriptValue::Kind::kRefAny, "func");
  EXPECT_TRUE(matches(any, Value::ref(ValType::kFuncRef, 1)));
  EXPECT_FALSE(matches(any, Value::ref(ValType::kFuncRef, kNullRef)));
  EXPECT_FALSE(matches(any, Value::ref(ValType::kExternRef, 1)));
  const auto null = reference(ScriptValue::Kind::kRefNull, "");
  EXPECT_TRUE(matches(null, Value::ref(ValType::kExternRef, kNullRef)));
  EXPECT_FALSE(matches(null, Value::ref(ValType::kExternRef, 1)));
  EXPECT_FALSE(matches(null, Value::i32(0)));
}

TEST(Expected, ComparesVectorsLaneByLane) {
  ScriptValue expected;
  expected.type = ValType::kV128;
  expected.lane_bits = 32;
  expected.lanes = {{Nan::kNone, 1}, {Nan::kCanonical, 0}, {Nan::kNone, 3}, {Nan::kNone, 4}};
  EXPECT_TRUE(matches(expected, {ValType::kV128, 0xffc0'0000'0000'0001, 0x0000'0004'0000'0003}));
  EXPECT_FALSE(matches(expected, {ValType::kV128, 0xffc0'0001'0000'0001, 0x0000'0004'0000'0003}));
  EXPECT_FALSE(matches(expected, {ValType::kV128, 0xffc0'0000'0000'0001, 0x0000'0005'0000'0003}));
}

TEST(Expected, TakesEitherChoice) {
  ScriptValue either;
  either.kind = ScriptValue::Kind::kEither;
  either.choices = {expect(Value::i32(1)), expect(Value::i32(2))};
  EXPECT_TRUE(matches(either, Value::i32(2)));
  EXPECT_FALSE(matches(either, Value::i32(3)));
}

TEST(TextMatches, AcceptsAPrefixEitherWay) {
  EXPECT_TRUE(text_matches("unknown import", "unknown import: spectest.x"));
  EXPECT_TRUE(text_matches("uninitialized element 2", "uninitialized element"));
  EXPECT_FALSE(text_matches("type mismatch", "unknown type"));
  EXPECT_FALSE(text_matches("type mismatch", ""));
  EXPECT_TRUE(text_matches("type mismatch: requires [i32]", "type mismatch: expected i32"));
  EXPECT_FALSE(text_matches("type mismatch: requires [i32]", "unknown type: expected i32"));
}

}  // namespace
}  // namespace tine::spec
