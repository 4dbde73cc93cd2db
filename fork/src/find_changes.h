// What a delta has to hold: the blocks of a memory that differ from those of its parent.
#pragma once

#include <optional>
#include <vector>

#include "changes.h"
#include "tine/lineage.h"
#include "tine/state.h"

namespace tine {

/// The blocks of these cards, and of what a store can have crossed into behind them (memory.h), as
/// far as a memory of this size has them. Ascending.
[[nodiscard]] std::vector<uint64_t> blocks_of(const CardSet& cards, uint64_t size_bytes);

/// `parent`: the memory as the parent has it; one of 0 bytes where it has none. `cards`: which may
/// have changed since, if anybody knows.
/// Cost: O(blocks of those cards), one comparison each; without cards O(what both memories hold).
[[nodiscard]] Changes find_changes(const MemoryContents& memory, const MemoryContents& parent,
                                   const std::optional<CardSet>& cards);

}  // namespace tine
