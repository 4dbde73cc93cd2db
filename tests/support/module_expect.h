// Expectations about decoding: a module that must be valid, and one that must be refused with the
// spec's words at a certain byte.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/module_builder.h"
#include "tine/module.h"
#include "tine/result.h"

namespace tine::test {

/// The module, or nullptr and a failed expectation.
inline std::shared_ptr<const Module> expect_valid(const Bytes& bytes) {
  auto module = Module::create(bytes);
  EXPECT_TRUE(module.has_value()) << module.error().to_line("module");
  return module ? *module : nullptr;
}

/// `text` is how the error's detail starts.
inline void expect_refused(const Bytes& bytes, ErrorCode code, std::string_view text,
                           std::optional<uint64_t> byte_offset = std::nullopt) {
  const auto module = Module::create(bytes);
  ASSERT_FALSE(module.has_value()) << "valid, expected: " << text;
  const Error& error = module.error();
  EXPECT_EQ(error.code, code) << error.detail;
  EXPECT_TRUE(error.detail.starts_with(text)) << error.detail << "\n expected: " << text;
  if (byte_offset) {
    EXPECT_EQ(error.byte_offset, *byte_offset) << error.detail;
  }
}

/// Where `part` stands in `whole`, which must contain it.
inline uint64_t offset_of(const Bytes& whole, const Bytes& part) {
  const auto found = std::search(whole.begin(), whole.end(), part.begin(), part.end());
  EXPECT_NE(found, whole.end());
  return static_cast<uint64_t>(found - whole.begin());
}

}  // namespace tine::test
