// The last pass over the IR: which operands are read from an accumulator instead of their slot.
//
// Every result is written through, so this changes nothing but speed: a straight walk that
// remembers which slot each accumulator mirrors, and forgets it where control joins.
#pragma once

#include "ir.h"

namespace tine {

void assign_accumulators(FuncIr& ir);

}  // namespace tine
