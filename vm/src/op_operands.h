// Names of threaded ops, and what their operands mean (op_operands.def).
#pragma once

#include <string_view>

#include "ir.h"

namespace tine {

/// As ops.def and vector_ops.def write it.
[[nodiscard]] std::string_view name_of(IrOp op);
/// `role:place` for each operand, separated by spaces; see op_operands.def.
[[nodiscard]] std::string_view operand_roles(IrOp op);

}  // namespace tine
