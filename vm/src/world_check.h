// Whether a WorldState makes sense: the gate through which every restored World goes.
#pragma once

#include "tine/result.h"
#include "tine/state.h"

namespace tine {

/// Errors: kBadSnapshot. From then on every index, number, path and kind in the state is safe.
[[nodiscard]] Result<void> check_state(const WorldState& state);

}  // namespace tine
