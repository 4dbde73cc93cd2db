// Which instructions branch, for the numbering of coverage edges.
#pragma once

#include <cstdint>

#include "tine/instr.h"

namespace tine {

/// Every function has one edge for its entry, before those of its instructions.
inline constexpr uint32_t kEntryEdges = 1;

/// Coverage edges that leave an instruction: both ways of br_if and if, each label of br_table, each
/// clause of try_table; a legacy catch has one, which leads to it.
[[nodiscard]] inline uint32_t edges_of(const Instr& instr) {
  switch (instr.op) {
    case Op::br_if:
    case Op::if_: return 2;
    case Op::br_table: return static_cast<uint32_t>(instr.labels.size());
    case Op::try_table: return static_cast<uint32_t>(instr.catches.size());
    case Op::catch_:
    case Op::catch_all: return 1;
    default: return 0;
  }
}

}  // namespace tine
