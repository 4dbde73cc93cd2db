// LEB128 as it stands in code: sizes, ranges and the two ways to be wrong.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/module_builder.h"
#include "tine/instr.h"

namespace tine {
namespace {

using test::Bytes;
using test::WasmBytes;

/// Reads one instruction: `opcode`, then `immediate`.
Result<Instr> read(Op op, const Bytes& immediate) {
  Bytes code = {static_cast<uint8_t>(op_info(op).code)};
  code.insert(code.end(), immediate.begin(), immediate.end());
  InstrReader reader(code, 0, static_cast<WasmOffset>(code.size()));
  return reader.next();
}

void expect_error(Op op, const Bytes& immediate, std::string_view text, uint64_t offset) {
  const auto instr = read(op, immediate);
  ASSERT_FALSE(instr.has_value());
  EXPECT_EQ(instr.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(instr.error().detail, text);
  EXPECT_EQ(instr.error().byte_offset, offset);
}

uint64_t bits(Op op, const Bytes& immediate) {
  const auto instr = read(op, immediate);
  EXPECT_TRUE(instr.has_value()) << instr.error().detail;
  return instr ? instr->bits : 0;
}

uint32_t index(const Bytes& immediate) {
  const auto instr = read(Op::local_get, immediate);
  EXPECT_TRUE(instr.has_value()) << instr.error().detail;
  return instr ? instr->index : 0;
}

TEST(Leb128, ReadsUnsignedNumbersOfEverySize) {
  EXPECT_EQ(index({0x00}), 0u);
  EXPECT_EQ(index({0x7f}), 127u);
  EXPECT_EQ(index({0x80, 0x01}), 128u);
  EXPECT_EQ(index({0xff, 0xff, 0xff, 0xff, 0x0f}), 0xffffffffu);
}

TEST(Leb128, AllowsPaddingUpToTheLastPossibleByte) {
  EXPECT_EQ(index({0x82, 0x80, 0x80, 0x80, 0x00}), 2u);
  EXPECT_EQ(bits(Op::i32_const, {0xff, 0xff, 0xff, 0xff, 0x7f}), 0xffffffffu);
  EXPECT_EQ(bits(Op::i64_const, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), 0u);
}

TEST(Leb128, ReadsSignedNumbers) {
  EXPECT_EQ(bits(Op::i32_const, {0x7f}), 0xffffffffu);
  EXPECT_EQ(bits(Op::i32_const, {0x40}), static_cast<uint32_t>(-64));
  EXPECT_EQ(bits(Op::i32_const, {0xc0, 0x00}), 64u);
  EXPECT_EQ(bits(Op::i32_const, {0x80, 0x80, 0x80, 0x80, 0x78}), 0x80000000u);
  EXPECT_EQ(bits(Op::i64_const, {0x7f}), ~uint64_t{0});
  EXPECT_EQ(bits(Op::i64_const, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}),
            uint64_t{1} << 63);
}

TEST(Leb128, RoundTripsThroughTheEncoder) {
  for (int shift = 0; shift < 64; ++shift) {
    for (const int64_t near : {-1, 0, 1}) {
      const uint64_t value = (uint64_t{1} << shift) + static_cast<uint64_t>(near);
      for (const uint64_t v : {value, ~value}) {
        WasmBytes encoded;
        encoded.s64(static_cast<int64_t>(v));
        EXPECT_EQ(bits(Op::i64_const, encoded.bytes()), v);
      }
    }
  }
}

TEST(Leb128, RejectsOneByteTooMany) {
  expect_error(Op::local_get, {0x82, 0x80, 0x80, 0x80, 0x80, 0x00},
               "integer representation too long", 6);
  expect_error(Op::i32_const, {0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
               "integer representation too long", 6);
  expect_error(Op::i64_const, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00},
               "integer representation too long", 11);
}

TEST(Leb128, RejectsUnusedBitsThatAreNotTheSign) {
  expect_error(Op::local_get, {0x80, 0x80, 0x80, 0x80, 0x10}, "integer too large", 5);
  expect_error(Op::i32_const, {0x80, 0x80, 0x80, 0x80, 0x70}, "integer too large", 5);
  expect_error(Op::i32_const, {0xff, 0xff, 0xff, 0xff, 0x0f}, "integer too large", 5);
  expect_error(Op::i64_const, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
               "integer too large", 10);
}

TEST(Leb128, RejectsTruncation) {
  expect_error(Op::local_get, {}, "unexpected end of section or function", 1);
  expect_error(Op::i32_const, {0x80, 0x80}, "unexpected end of section or function", 3);
}

}  // namespace
}  // namespace tine
