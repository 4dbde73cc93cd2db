// Result<T>: how every fallible function of tine reports bad input or a refusal of the OS.
//
// An Error carries a code, the byte offset in the input at which the trouble starts, and one line
// of text (the spec's own wording where the spec has one). The earliest error in the input wins.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace tine {

enum class ErrorCode : uint8_t {
#define TINE_ERROR(name, exit_code) name,
#include "tine/errors.def"
};

/// `byte_offset` of errors that have no place in a file.
inline constexpr uint64_t kNoOffset = ~uint64_t{0};

struct Error {
  ErrorCode code = ErrorCode::kMalformed;
  uint64_t byte_offset = kNoOffset;
  std::string detail;
  // Where the input is text; from 1, 0 where it is not. Columns count bytes.
  uint32_t line = 0;
  uint32_t column = 0;

  /// One line: `FILE:0xOFFSET: detail`, or `FILE:LINE:COLUMN: detail`, or neither.
  [[nodiscard]] std::string to_line(std::string_view file) const;
};

/// The exit code of a command that ends with this error (1 bad data, 2 usage).
[[nodiscard]] int exit_code(ErrorCode code);

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for the failing side of a Result.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, uint64_t byte_offset,
                                                 std::string detail) {
  return std::unexpected<Error>(Error{code, byte_offset, std::move(detail)});
}

}  // namespace tine

#define TINE_CONCAT_INNER(a, b) a##b
#define TINE_CONCAT(a, b) TINE_CONCAT_INNER(a, b)

/// `TINE_TRY(expr);` returns the error of a Result<void> (or drops its value).
#define TINE_TRY(expr)                                                           \
  do {                                                                           \
    if (auto tine_try_result = (expr); !tine_try_result)                         \
      return std::unexpected<::tine::Error>(std::move(tine_try_result).error()); \
  } while (0)

/// `TINE_TRY_ASSIGN(auto x, expr);` binds the value or returns the error.
#define TINE_TRY_ASSIGN(decl, expr) \
  TINE_TRY_ASSIGN_INNER(TINE_CONCAT(tine_try_, __COUNTER__), decl, expr)
#define TINE_TRY_ASSIGN_INNER(tmp, decl, expr)                             \
  auto tmp = (expr);                                                       \
  if (!tmp) return std::unexpected<::tine::Error>(std::move(tmp).error()); \
  decl = std::move(*tmp)
