// How an Error reads, and what a command that meets one exits with.
#include "tine/result.h"

#include <cinttypes>
#include <cstdio>

#include "tine/check.h"

namespace tine {

std::string Error::to_line(std::string_view file) const {
  std::string text(file);
  text += ':';
  if (line != 0) {
    text += std::to_string(line) + ":" + std::to_string(column) + ":";
  } else if (byte_offset != kNoOffset) {
    char offset[32];
    std::snprintf(offset, sizeof offset, "0x%" PRIx64 ":", byte_offset);
    text += offset;
  }
  text += ' ';
  text += detail;
  return text;
}

int exit_code(ErrorCode code) {
  static constexpr int kExitCodes[] = {
#define TINE_ERROR(name, exit_code) exit_code,
#include "tine/errors.def"
  };
  const auto index = static_cast<size_t>(code);
  TINE_REQUIRE(index < std::size(kExitCodes));
  return kExitCodes[index];
}

}  // namespace tine
