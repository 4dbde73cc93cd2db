// The whole table of mutable state as JSON, field by field: what `tine inspect --json` has beyond
// the facts for people, so that nothing is left out.
#pragma once

#include "text.h"
#include "tine/state.h"

namespace tine::cli {

/// Values as text, byte strings as hex digits. Contents of memories and byte strings longer than
/// 256 bytes (overlay files) are told by their size, modules by name and size.
[[nodiscard]] Json state_json(const MachineState& state);

}  // namespace tine::cli
