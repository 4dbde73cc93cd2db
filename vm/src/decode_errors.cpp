#include "decode_errors.h"

namespace tine {

std::unexpected<Error> type_mismatch(uint64_t offset, std::string_view expected,
                                     std::string_view found) {
  std::string text = "type mismatch: expected ";
  text += expected;
  text += ", found ";
  text += found;
  return invalid(offset, std::move(text));
}

Result<void> check_index(uint32_t index, size_t count, std::string_view what, uint64_t offset) {
  if (index < count) return {};
  std::string text = "unknown ";
  text += what;
  text += ' ';
  text += std::to_string(index);
  return invalid(offset, std::move(text));
}

}  // namespace tine
