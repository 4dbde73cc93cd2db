// XXH3-128, and the hash of a memory that costs what the memory holds.
//
// A memory's hash is the XXH3-128 of a list with one entry for every 4 KiB block that is not all
// zero, in order: the block's number (u64) and the XXH3-128 of its bytes (16 bytes, as stored).
// So holes are neither read nor hashed, and a delta can keep the entries of blocks it shares.
// These hashes guard against accidents, not malice: no safety rests on them.
#pragma once

#include <cstdint>
#include <span>

#include "tine/snapshot.h"
#include "tine/state.h"

namespace tine {

inline constexpr uint64_t kHashBytes = 16;

[[nodiscard]] Hash128 hash_of(std::span<const uint8_t> bytes);
/// Cost: O(memory that is not a hole).
[[nodiscard]] Hash128 hash_of(const MemoryContents& memory);

/// Low half first, each little-endian.
void store_hash(uint8_t* to, const Hash128& hash);
[[nodiscard]] Hash128 load_hash(const uint8_t* from);

}  // namespace tine
