// Expectations about the text reader: texts that mean the same binary, and errors with their place.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/module_builder.h"
#include "tine/text.h"

namespace tine::test {

/// The binary, or nothing and a failed expectation.
inline Bytes encoded(std::string_view text, const TextOptions& options = {}) {
  auto binary = encode_text_module(text, options);
  EXPECT_TRUE(binary.has_value()) << text << "\n" << binary.error().detail;
  return binary ? *binary : Bytes();
}

/// Two ways to write one module.
inline void expect_same(std::string_view abbreviated, std::string_view written_out) {
  EXPECT_EQ(encoded(abbreviated), encoded(written_out)) << abbreviated << "\n" << written_out;
}

/// `detail` is the whole error: wording, line and column.
inline void expect_text_error(std::string_view text, std::string_view detail) {
  const auto binary = encode_text_module(text);
  ASSERT_FALSE(binary.has_value()) << text << "\n expected: " << detail;
  EXPECT_EQ(binary.error().detail, detail) << text;
  EXPECT_EQ(binary.error().code, ErrorCode::kMalformed);
}

/// The bytes of the code of the only function, without locals and the final `end`.
inline Bytes code_of(std::string_view instructions) {
  const Bytes binary = encoded("(func " + std::string(instructions) + ")");
  const Bytes frame = encoded("(func)");
  // Both bodies are short: section size, count, body size and number of locals are a byte each.
  if (binary.size() < frame.size()) return {};
  return {binary.begin() + static_cast<std::ptrdiff_t>(frame.size()) - 1, binary.end() - 1};
}

}  // namespace tine::test
