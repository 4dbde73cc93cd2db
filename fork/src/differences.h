// differences() of two states whose memories are known to be equal but for some parts.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "os.h"
#include "tine/snapshot.h"

namespace tine {

/// The parts of a memory that need looking at, as offsets in it.
using MemoryParts = std::vector<os::Extent>;

/// Like differences(), but looks only at `parts[m]` of memory m, which has the same number in both
/// states. Memories beyond `parts` are compared whole.
[[nodiscard]] std::vector<std::string> differences_within(const MachineState& a,
                                                          const MachineState& b, size_t most,
                                                          std::span<const MemoryParts> parts);

}  // namespace tine
