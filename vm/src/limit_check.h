// limits.def as errors: `TINE_TRY(check_limit(limit::types, count, offset))`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tine/result.h"

namespace tine {

struct LimitInfo {
  uint32_t value;
  std::string_view text;
};

namespace limit {
#define TINE_LIMIT(name, value, text) inline constexpr LimitInfo name{(value), text};
#include "tine/limits.def"
}  // namespace limit

/// Errors: kLimit at `offset` where `count` is beyond the limit.
[[nodiscard]] inline Result<void> check_limit(const LimitInfo& limit, uint64_t count,
                                              uint64_t offset) {
  if (count <= limit.value) return {};
  return fail(ErrorCode::kLimit, offset,
              "beyond the limit of " + std::to_string(limit.value) + " for " +
                  std::string(limit.text) + ": " + std::to_string(count));
}

}  // namespace tine
