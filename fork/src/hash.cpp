// The hashes of hash.h over xxHash.
#include "hash.h"

#include <xxhash.h>

#include "blocks.h"
#include "little_endian.h"
#include "memory_image.h"
#include "tine/check.h"

namespace tine {

Hash128 hash_of(std::span<const uint8_t> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

Hash128 hash_of(const MemoryContents& memory) {
  MemoryHasher hasher;
  (void)for_each_data_run(memory, [&hasher](uint64_t offset, std::span<const uint8_t> run) {
    hasher.add(offset, run);
    return true;
  });
  return hasher.hash();
}

void MemoryHasher::add(uint64_t offset, std::span<const uint8_t> run) {
  constexpr uint64_t kEntryBytes = 8 + kHashBytes;
  for (uint64_t at = 0; at < run.size(); at += kBlockBytes) {
    list_.resize(list_.size() + kEntryBytes);
    uint8_t* const entry = list_.data() + list_.size() - kEntryBytes;
    store_le<uint64_t>(entry, (offset + at) / kBlockBytes);
    store_hash(entry + 8, hash_of(run.subspan(at, kBlockBytes)));
  }
}

struct ByteHasher::State {
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> xxh{XXH3_createState()};
};

ByteHasher::ByteHasher() : state_(std::make_unique<State>()) {
  TINE_CHECK(state_->xxh != nullptr);
  TINE_CHECK(XXH3_128bits_reset(state_->xxh.get()) == XXH_OK);
}
ByteHasher::~ByteHasher() = default;

void ByteHasher::add(std::span<const uint8_t> bytes) {
  TINE_CHECK(XXH3_128bits_update(state_->xxh.get(), bytes.data(), bytes.size()) == XXH_OK);
}

Hash128 ByteHasher::hash() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->xxh.get());
  return {hash.low64, hash.high64};
}

void store_hash(uint8_t* to, const Hash128& hash) {
  store_le(to, hash[0]);
  store_le(to + 8, hash[1]);
}

Hash128 load_hash(const uint8_t* from) {
  return {load_le<uint64_t>(from), load_le<uint64_t>(from + 8)};
}

}  // namespace tine
