// What `tine diff` finds, as JSON; the text for people is printed from the same JSON, so that the
// two never disagree. Names in it are raw; printing escapes them.
#pragma once

#include <cstdint>
#include <string>

#include "snapshot_view.h"

namespace tine::cli {

/// Everything that differs; `["equal"]` says whether nothing does. Rows of memory beyond
/// `most_rows`, and ranges all of whose rows are, are counted only. Cost: O(state + memory).
[[nodiscard]] Json diff_facts(const SnapshotView& a, const SnapshotView& b, uint64_t most_rows);

/// One object for each memory that differs. `rows_left` is what is left of the bound.
[[nodiscard]] Json diff_memories(const MachineState& a, const MachineState& b, uint64_t rows_left);
/// Frames of the first thread that differ, outermost first.
[[nodiscard]] Json diff_frames(const SnapshotView& a, const SnapshotView& b);

void print_diff(const Json& facts);

}  // namespace tine::cli
