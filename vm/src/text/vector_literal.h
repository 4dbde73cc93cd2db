// Vector literals: a shape and that many lanes, `i16x8 1 2 3 4 5 6 7 8`.
// spec: text/instructions#vector-instructions
#pragma once

#include <cstdint>
#include <string_view>

#include "text/byte_writer.h"
#include "text/number_literal.h"
#include "text/token_reader.h"
#include "tine/result.h"

namespace tine::text {

struct VectorShape {
  std::string_view name;
  uint32_t lane_count;
  uint32_t lane_bits;
  bool is_float;
};

/// Consumes the name of a shape. Errors: unexpected.
[[nodiscard]] Result<VectorShape> expect_shape(TokenReader& in);

/// Consumes a number of a type. Errors: `constant out of range`, unexpected.
[[nodiscard]] Result<uint64_t> expect_integer(TokenReader& in, uint32_t width);
[[nodiscard]] Result<uint64_t> expect_float(TokenReader& in, uint32_t width);
[[nodiscard]] Result<uint64_t> expect_lane(TokenReader& in, const VectorShape& shape);

/// How many numbers follow. A word that is nothing at all is an error.
[[nodiscard]] Result<uint32_t> count_numbers(TokenReader& in);

/// Writes the 16 bytes of a literal. Errors also: `wrong number of lane literals`.
[[nodiscard]] Result<void> encode_vector(TokenReader& in, ByteWriter& out);

}  // namespace tine::text
