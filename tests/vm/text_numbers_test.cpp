// Number literals: their grammar, ranges, and rounding at the boundaries.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include "support/random_source.h"
#include "text/number_literal.h"

namespace tine::text {
namespace {

using Fault = Literal::Fault;

uint32_t f32(std::string_view token) {
  const Literal literal = parse_f32(token);
  EXPECT_EQ(literal.fault, Fault::kNone) << token;
  return static_cast<uint32_t>(literal.bits);
}

uint64_t f64(std::string_view token) {
  const Literal literal = parse_f64(token);
  EXPECT_EQ(literal.fault, Fault::kNone) << token;
  return literal.bits;
}

TEST(TextNumbers, ReadIntegersOfBothSigns) {
  EXPECT_EQ(parse_integer("0", 32).bits, 0u);
  EXPECT_EQ(parse_integer("-1", 32).bits, 0xffffffffu);
  EXPECT_EQ(parse_integer("+4_294_967_295", 32).bits, 0xffffffffu);
  EXPECT_EQ(parse_integer("-0x8000_0000", 32).bits, 0x80000000u);
  EXPECT_EQ(parse_integer("-9223372036854775808", 64).bits, uint64_t{1} << 63);
  EXPECT_EQ(parse_integer("0xFFFFffffFFFFffff", 64).bits, ~uint64_t{0});
}

TEST(TextNumbers, RefuseIntegersOutOfRange) {
  for (const char* token : {"4294967296", "-2147483649", "0x1_0000_0000"})
    EXPECT_EQ(parse_integer(token, 32).fault, Fault::kRange) << token;
  for (const char* token : {"18446744073709551616", "-0x8000000000000001"})
    EXPECT_EQ(parse_integer(token, 64).fault, Fault::kRange) << token;
  EXPECT_EQ(parse_integer("256", 8).fault, Fault::kRange);
  EXPECT_EQ(parse_integer("-129", 8).fault, Fault::kRange);
}

TEST(TextNumbers, RefuseWhatIsNoNumber) {
  for (const char* token :
       {"", "-", "+", "_1", "1_", "1__0", "0x", "0x_1", "1x", "0xg", "0x1_", "--1"})
    EXPECT_EQ(parse_integer(token, 32).fault, Fault::kSyntax) << token;
  for (const char* token :
       {".0", "0e", "0e+", "0x.8", "0x1p", "1_.0", "1._0", "1e_1", "1e1_", "infinity",
        "nan:", "nan:0x", "nan:1", "nan:canonical", "1.0f", "0x1e+1p"})
    EXPECT_EQ(parse_f64(token).fault, Fault::kSyntax) << token;
  EXPECT_EQ(parse_unsigned("+1", 32).fault, Fault::kSyntax);
}

TEST(TextNumbers, ReadFloatsOfEveryForm) {
  EXPECT_EQ(f64("1"), std::bit_cast<uint64_t>(1.0));
  EXPECT_EQ(f64("1."), std::bit_cast<uint64_t>(1.0));
  EXPECT_EQ(f64("-1.5e+2"), std::bit_cast<uint64_t>(-150.0));
  EXPECT_EQ(f64("1_0.2_5E-1"), std::bit_cast<uint64_t>(1.025));
  EXPECT_EQ(f64("0x1.8p1"), std::bit_cast<uint64_t>(3.0));
  EXPECT_EQ(f64("0xA.P-1"), std::bit_cast<uint64_t>(5.0));
  EXPECT_EQ(f64("0xabc"), std::bit_cast<uint64_t>(2748.0));
  EXPECT_EQ(f32("-0"), 0x80000000u);
  EXPECT_EQ(f32("-0x0p999999999999999999999"), 0x80000000u);
  EXPECT_EQ(f64("0e999999999999999999999"), 0u);
}

TEST(TextNumbers, ReadInfinitiesAndNans) {
  EXPECT_EQ(f32("inf"), 0x7f800000u);
  EXPECT_EQ(f32("-inf"), 0xff800000u);
  EXPECT_EQ(f32("nan"), 0x7fc00000u);
  EXPECT_EQ(f32("-nan:0x1"), 0xff800001u);
  EXPECT_EQ(f64("nan:0xf_ffff_ffff_ffff"), 0x7fffffffffffffffu);
  EXPECT_EQ(parse_f32("nan:0x0").fault, Fault::kRange);
  EXPECT_EQ(parse_f32("nan:0x80_0000").fault, Fault::kRange);
  EXPECT_EQ(parse_f64("nan:0x10_0000_0000_0000").fault, Fault::kRange);
}

// Between the largest float and the next power of two the tie goes up, that is, out of range.
TEST(TextNumbers, RoundAtTheUpperEnd) {
  EXPECT_EQ(f32("0x1.fffffep127"), 0x7f7fffffu);
  EXPECT_EQ(f32("0x1.fffffeffffffffp127"), 0x7f7fffffu);
  EXPECT_EQ(parse_f32("0x1.ffffffp127").fault, Fault::kRange);
  EXPECT_EQ(parse_f32("0x1p128").fault, Fault::kRange);
  EXPECT_EQ(f32("340282356779733661637539395458142568447"), 0x7f7fffffu);
  EXPECT_EQ(parse_f32("340282356779733661637539395458142568448").fault, Fault::kRange);
  EXPECT_EQ(f64("0x1.fffffffffffff7ffffffp1023"), 0x7fefffffffffffffu);
  EXPECT_EQ(parse_f64("0x1.fffffffffffff8p1023").fault, Fault::kRange);
  EXPECT_EQ(parse_f64("1e309").fault, Fault::kRange);
}

TEST(TextNumbers, RoundAmongSubnormals) {
  EXPECT_EQ(f32("0x1p-149"), 1u);
  EXPECT_EQ(f32("0x1p-150"), 0u);  // a tie, to even
  EXPECT_EQ(f32("0x1.000001p-150"), 1u);
  EXPECT_EQ(f32("0x1.8p-149"), 2u);  // a tie, to even
  EXPECT_EQ(f32("0x1p-151"), 0u);
  EXPECT_EQ(f32("0x1.fffffdp-127"), 0x7fffffu);
  EXPECT_EQ(f32("0x1.ffffffp-127"), 0x800000u);  // up into the normal numbers
  EXPECT_EQ(f32("1e-46"), 0u);
  EXPECT_EQ(f64("4.9e-324"), 1u);
  EXPECT_EQ(f64("-1e-400"), uint64_t{1} << 63);
}

// Rounding to double first and to float then would round these twice.
TEST(TextNumbers, RoundFloatsOnce) {
  EXPECT_EQ(f32("0x1.00000100000000001p0"), 0x3f800001u);
  EXPECT_EQ(f32("1.00000005960464477539062500000000000000001"), 0x3f800001u);
  EXPECT_EQ(f32("1.000000059604644775390625"), 0x3f800000u);
  EXPECT_EQ(f32("0x1.000000fffffffffffffp0"), 0x3f800000u);
}

// What printf writes with enough digits must come back, in both notations.
TEST(TextNumbers, RoundTripRandomBits) {
  constexpr uint64_t kSeed = 20261121;
  test::RandomSource random(kSeed);
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t bits = random.bits();
    const auto value = std::bit_cast<double>(bits);
    const auto small = std::bit_cast<float>(static_cast<uint32_t>(bits));
    char text[64];
    if (std::isfinite(value)) {
      std::snprintf(text, sizeof text, "%a", value);
      ASSERT_EQ(f64(text), bits) << "seed " << kSeed;
      std::snprintf(text, sizeof text, "%.17g", value);
      ASSERT_EQ(f64(text), bits) << "seed " << kSeed;
    }
    if (std::isfinite(small)) {
      std::snprintf(text, sizeof text, "%.9g", static_cast<double>(small));
      ASSERT_EQ(f32(text), static_cast<uint32_t>(bits)) << "seed " << kSeed;
      // A double as a float, rounded once: as the CPU does it.
      std::snprintf(text, sizeof text, "%a", value);
      const auto rounded = static_cast<float>(value);
      if (std::isfinite(rounded) && std::isfinite(value)) {
        ASSERT_EQ(f32(text), std::bit_cast<uint32_t>(rounded)) << text << " seed " << kSeed;
      }
    }
  }
}

}  // namespace
}  // namespace tine::text
