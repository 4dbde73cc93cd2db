// The values of a script: arguments of calls and patterns of results, `(i32.const 1)`,
// `(f32.const nan:canonical)`, `(ref.null func)`, `(either …)`.
// Spec: none (interpreter/README, "Scripts")
#pragma once

#include <vector>

#include "text/token_reader.h"
#include "tine/text.h"

namespace tine::text {

/// All values that follow. Errors: `constant out of range`, unexpected.
[[nodiscard]] Result<std::vector<ScriptValue>> read_values(TokenReader& in);

}  // namespace tine::text
