#include "text/vector_literal.h"

namespace tine::text {
namespace {

constexpr VectorShape kShapes[] = {
    {"i8x16", 16, 8, false}, {"i16x8", 8, 16, false}, {"i32x4", 4, 32, false},
    {"i64x2", 2, 64, false}, {"f32x4", 4, 32, true},  {"f64x2", 2, 64, true},
};

Result<uint64_t> expect_literal(TokenReader& in, Literal literal) {
  if (literal.fault == Literal::Fault::kSyntax) return in.unexpected();
  if (!literal.ok()) return in.error_here("constant out of range");
  in.skip();
  return literal.bits;
}

}  // namespace

Result<VectorShape> expect_shape(TokenReader& in) {
  for (const VectorShape& shape : kShapes)
    if (in.take_word(shape.name)) return shape;
  return in.unexpected();
}

Result<uint64_t> expect_integer(TokenReader& in, uint32_t width) {
  if (!in.at(TokenKind::kWord)) return in.unexpected();
  return expect_literal(in, parse_integer(in.text(), width));
}

Result<uint64_t> expect_float(TokenReader& in, uint32_t width) {
  if (!in.at(TokenKind::kWord)) return in.unexpected();
  return expect_literal(in, width == 32 ? parse_f32(in.text()) : parse_f64(in.text()));
}

Result<uint64_t> expect_lane(TokenReader& in, const VectorShape& shape) {
  return shape.is_float ? expect_float(in, shape.lane_bits) : expect_integer(in, shape.lane_bits);
}

Result<uint32_t> count_numbers(TokenReader& in) {
  const uint32_t begin = in.position();
  while (in.at(TokenKind::kWord) && is_number(in.text())) in.skip();
  const uint32_t count = in.position() - begin;
  if (in.at_unknown_word()) return in.unexpected();
  in.seek(begin);
  return count;
}

Result<void> encode_vector(TokenReader& in, ByteWriter& out) {
  TINE_TRY_ASSIGN(const VectorShape shape, expect_shape(in));
  TINE_TRY_ASSIGN(const uint32_t count, count_numbers(in));
  if (count != shape.lane_count)
    return in.error_here("wrong number of lane literals: " + std::to_string(count));
  for (uint32_t i = 0; i < count; ++i) {
    TINE_TRY_ASSIGN(const uint64_t lane, expect_lane(in, shape));
    out.fixed(lane, shape.lane_bits / 8);
  }
  return {};
}

}  // namespace tine::text
