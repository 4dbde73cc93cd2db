#include "text/text_ops.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

namespace tine::text {
namespace {

constexpr TextOpInfo kTextOps[] = {
#define TINE_OPCODE(prefix, code, name, text, immediate, signature) \
  {prefix, code, text, TextImmediate::immediate},
#include "tine/opcodes.def"
#define TINE_OPCODE(prefix, code, name, text, immediate, signature) \
  {prefix, code, text, TextImmediate::immediate},
#include "text/opcodes_pending.def"
};

using OpMap = std::unordered_map<std::string_view, TextOp>;

/// Of the two opcodes called `select` the first one stays.
OpMap ops_by_mnemonic() {
  OpMap map;
  uint16_t index = 0;
  for (const TextOpInfo& info : kTextOps) map.emplace(info.text, static_cast<TextOp>(index++));
  return map;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

uint32_t leading_number(std::string_view text) {
  uint32_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) break;
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  return value;
}

uint32_t accessed_bits(std::string_view mnemonic) {
  // An explicit width: `load8_u`, `rmw16.add_u`, `wait64`; `load32x2_s` extends 64 bits.
  for (const std::string_view verb : {".load", ".store", ".rmw", ".wait"}) {
    const size_t at = mnemonic.find(verb);
    if (at == std::string_view::npos || at + verb.size() == mnemonic.size()) continue;
    const std::string_view width = mnemonic.substr(at + verb.size());
    if (!is_digit(width[0])) continue;
    const size_t digits = std::min(width.find_first_not_of("0123456789"), width.size());
    const bool is_extending = width.substr(digits).starts_with('x');
    return is_extending ? 64 : leading_number(width);
  }
  // Otherwise that of the type: `f64.load`, `i32.atomic.rmw.add`.
  const size_t digits = mnemonic.find_first_of("0123456789");
  const bool starts_with_type = digits <= 1;
  return starts_with_type ? leading_number(mnemonic.substr(digits)) : 32;  // memory.atomic.notify
}

}  // namespace

const TextOpInfo& info_of(TextOp op) { return kTextOps[static_cast<size_t>(op)]; }

std::optional<TextOp> find_op(std::string_view mnemonic) {
  static const OpMap map = ops_by_mnemonic();
  const auto found = map.find(mnemonic);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

uint32_t natural_align_log2(std::string_view mnemonic) {
  return static_cast<uint32_t>(std::countr_zero(accessed_bits(mnemonic) / 8));
}

}  // namespace tine::text
