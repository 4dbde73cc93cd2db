// The errors of decoding and validation in the spec's wording, each text in one place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tine/result.h"

namespace tine {

[[nodiscard]] inline std::unexpected<Error> malformed(uint64_t offset, std::string text) {
  return fail(ErrorCode::kMalformed, offset, std::move(text));
}
[[nodiscard]] inline std::unexpected<Error> invalid(uint64_t offset, std::string text) {
  return fail(ErrorCode::kInvalid, offset, std::move(text));
}

/// `type mismatch: expected i32, found f64`
[[nodiscard]] std::unexpected<Error> type_mismatch(uint64_t offset, std::string_view expected,
                                                   std::string_view found);

/// Errors: kInvalid, `unknown WHAT INDEX`, where there are not so many.
[[nodiscard]] Result<void> check_index(uint32_t index, size_t count, std::string_view what,
                                       uint64_t offset);

}  // namespace tine
