// An instruction in the words of the text format, on a line of its own, with indices as numbers.
#pragma once

#include <string>

#include "tine/instr.h"

namespace tine {

/// `i32.load offset=8`, `call_indirect (type 2)`, `block (result i32)`, `f32.const 0x1.8p+1`: what
/// a reader of the text format makes the same instruction of. Defaults (memory 0, the natural
/// alignment) are left out. spec: text/instructions
[[nodiscard]] std::string to_string(const Instr& in);

}  // namespace tine
