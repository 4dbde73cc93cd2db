// The table of opcodes.def, and the way back from an encoded opcode to its Op.
#include "tine/opcodes.h"

#include <array>

namespace tine {
namespace {

constexpr OpInfo kOps[kOpCount] = {
#define TINE_OPCODE(prefix, code, name, text, immediate, signature) \
  {prefix, code, text, Immediate::immediate, signature},
#include "tine/opcodes.def"
};

constexpr uint8_t kPrefixFc = 0xfc;
constexpr uint16_t kNoOp = 0xffff;

using CodeTable = std::array<uint16_t, 256>;

constexpr CodeTable table_of(uint8_t prefix) {
  CodeTable table;
  table.fill(kNoOp);
  for (uint16_t i = 0; i < kOpCount; ++i)
    if (kOps[i].prefix == prefix) table[kOps[i].code] = i;
  return table;
}

constexpr CodeTable kOneByteOps = table_of(0);
constexpr CodeTable kFcOps = table_of(kPrefixFc);

}  // namespace

const OpInfo& op_info(Op op) { return kOps[static_cast<size_t>(op)]; }

std::optional<Op> op_of(uint8_t prefix, uint32_t code) {
  if (code >= 256 || (prefix != 0 && prefix != kPrefixFc)) return std::nullopt;
  const uint16_t index = prefix == 0 ? kOneByteOps[code] : kFcOps[code];
  if (index == kNoOp) return std::nullopt;
  return static_cast<Op>(index);
}

}  // namespace tine
