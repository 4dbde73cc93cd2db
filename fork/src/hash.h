// XXH3-128, and the hash of a memory that costs what the memory holds.
//
// A memory's hash is the XXH3-128 of a list with one entry for every 4 KiB block that is not all
// zero, in order: the block's number (u64) and the XXH3-128 of its bytes (16 bytes, as stored).
// So holes are neither read nor hashed, and a delta can keep the entries of blocks it shares.
// These hashes guard against accidents, not malice: no safety rests on them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tine/snapshot.h"
#include "tine/state.h"

namespace tine {

inline constexpr uint64_t kHashBytes = 16;

[[nodiscard]] Hash128 hash_of(std::span<const uint8_t> bytes);
/// Cost: O(memory that is not a hole).
[[nodiscard]] Hash128 hash_of(const MemoryContents& memory);

/// Of a module's binary, which the module knows.
[[nodiscard]] inline Hash128 hash_of(const Module& module) {
  return {module.hash()[0], module.hash()[1]};
}

/// hash_of() of bytes that come in pieces.
class ByteHasher {
 public:
  ByteHasher();
  ~ByteHasher();
  ByteHasher(const ByteHasher&) = delete;
  ByteHasher& operator=(const ByteHasher&) = delete;
  void add(std::span<const uint8_t> bytes);
  [[nodiscard]] Hash128 hash() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// hash_of() of a memory that comes in pieces.
class MemoryHasher {
 public:
  /// `run`: blocks that are not all zeros, whole, from `offset` in the memory; in order.
  void add(uint64_t offset, std::span<const uint8_t> run);
  [[nodiscard]] Hash128 hash() const { return hash_of(list_); }

 private:
  std::vector<uint8_t> list_;
};

/// Low half first, each little-endian.
void store_hash(uint8_t* to, const Hash128& hash);
[[nodiscard]] Hash128 load_hash(const uint8_t* from);

}  // namespace tine
