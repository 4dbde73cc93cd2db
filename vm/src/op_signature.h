// The signature column of opcodes.def, parsed at compile time, and the natural alignment that the
// mnemonics of loads and stores tell.
#pragma once

#include <array>
#include <cstdint>

#include "tine/opcodes.h"
#include "tine/types.h"

namespace tine {

/// Among operands and results: the address type of the memory or table that the instruction names.
inline constexpr ValType kAddressOperand{1};

struct OpSignature {
  bool is_special = false;  // "*": the operands depend on more than the opcode
  uint8_t operand_count = 0;
  std::array<ValType, 4> operands{};
  uint8_t result_count = 0;
  std::array<ValType, 2> results{};
  uint8_t natural_align_log2 = 0;  // loads and stores: log2 of the bytes they access
  uint8_t lane_count = 0;          // kLane, kMemargLane: of the lanes that the immediate counts
};

[[nodiscard]] const OpSignature& op_signature(Op op);

}  // namespace tine
