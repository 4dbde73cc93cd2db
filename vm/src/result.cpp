// How an Error reads, and what a command that meets one exits with.
#include "tine/result.h"

#include <cinttypes>
#include <cstdio>

#include "tine/check.h"

namespace tine {

std::string Error::to_line(std::string_view file) const {
  std::string line(file);
  line += ':';
  if (byte_offset != kNoOffset) {
    char offset[32];
    std::snprintf(offset, sizeof offset, "0x%" PRIx64 ":", byte_offset);
    line += offset;
  }
  line += ' ';
  line += detail;
  return line;
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
