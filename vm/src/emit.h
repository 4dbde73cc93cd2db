// The emitter: IR to threaded code. Chooses each op's handler by its operand sources, packs operands
// into cells, and fills in distances and costs of branches once every segment has its place.
#pragma once

#include <cstdint>
#include <vector>

#include "cell.h"
#include "ir.h"

namespace tine {

struct EmittedCode {
  std::vector<Cell> cells;
  std::vector<uint32_t> inst_cells;  // where each IR instruction starts, and one past the last
};

/// Pre: sources are assigned (accumulate.h).
[[nodiscard]] EmittedCode emit(const FuncIr& ir);

}  // namespace tine
