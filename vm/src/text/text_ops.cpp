#include "text/text_ops.h"

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

}  // namespace

const TextOpInfo& info_of(TextOp op) { return kTextOps[static_cast<size_t>(op)]; }

std::optional<TextOp> find_op(std::string_view mnemonic) {
  static const OpMap map = ops_by_mnemonic();
  const auto found = map.find(mnemonic);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace tine::text
