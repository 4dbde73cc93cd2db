// Which numeric and memory instructions there are for a type, read off opcodes.def.
#pragma once

#include <array>
#include <vector>

#include "support/module_builder.h"
#include "tine/opcodes.h"
#include "tine/types.h"

namespace tine::test {

inline constexpr std::array kAllTypes{ValType::kI32,       ValType::kI64,   ValType::kF32,
                                      ValType::kF64,       ValType::kV128,  ValType::kFuncRef,
                                      ValType::kExternRef, ValType::kExnRef};

/// The type that a letter of an OpInfo's signature stands for.
[[nodiscard]] ValType type_of_letter(char letter);

/// Instructions that need no more than their operands, and a lane index or indices.
struct PlainOps {
  std::vector<Op> numeric;  // push the type
  std::vector<Op> loads;    // push the type
  std::vector<Op> stores;   // take the type
};
[[nodiscard]] const PlainOps& plain_ops(ValType type);

/// Instructions that push two values.
[[nodiscard]] const std::vector<Op>& pair_ops();

/// `T.const` or `ref.null` with this value.
[[nodiscard]] Code const_instruction(const Value& value);

/// Division and checked truncation: most random operands of theirs end the run.
[[nodiscard]] bool often_traps(Op op);

}  // namespace tine::test
