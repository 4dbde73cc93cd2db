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
constexpr uint8_t kPrefixFd = 0xfd;
constexpr uint16_t kNoOp = 0xffff;

constexpr size_t kCodes = 0x120;  // beyond the last one of any prefix

using CodeTable = std::array<uint16_t, kCodes>;

constexpr CodeTable table_of(uint8_t prefix) {
  CodeTable table;
  table.fill(kNoOp);
  for (uint16_t i = 0; i < kOpCount; ++i)
    if (kOps[i].prefix == prefix) table[kOps[i].code] = i;
  return table;
}

constexpr CodeTable kOneByteOps = table_of(0);
constexpr CodeTable kFcOps = table_of(kPrefixFc);
constexpr CodeTable kFdOps = table_of(kPrefixFd);

constexpr const CodeTable* ops_of(uint8_t prefix) {
  switch (prefix) {
    case 0: return &kOneByteOps;
    case kPrefixFc: return &kFcOps;
    case kPrefixFd: return &kFdOps;
    default: return nullptr;
  }
}

}  // namespace

const OpInfo& op_info(Op op) { return kOps[static_cast<size_t>(op)]; }

std::optional<Op> op_of(uint8_t prefix, uint32_t code) {
  const CodeTable* const ops = ops_of(prefix);
  if (ops == nullptr || code >= ops->size()) return std::nullopt;
  const uint16_t index = (*ops)[code];
  if (index == kNoOp) return std::nullopt;
  return static_cast<Op>(index);
}

}  // namespace tine
