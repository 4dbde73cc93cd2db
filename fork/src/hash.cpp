// The hashes of hash.h over xxHash.
#include "hash.h"

#include <xxhash.h>

#include <vector>

#include "blocks.h"
#include "little_endian.h"
#include "memory_image.h"

namespace tine {

Hash128 hash_of(std::span<const uint8_t> bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

Hash128 hash_of(const MemoryContents& memory) {
  constexpr uint64_t kEntryBytes = 8 + kHashBytes;
  std::vector<uint8_t> list;
  (void)for_each_data_run(memory, [&list](uint64_t offset, std::span<const uint8_t> run) {
    for (uint64_t at = 0; at < run.size(); at += kBlockBytes) {
      list.resize(list.size() + kEntryBytes);
      uint8_t* const entry = list.data() + list.size() - kEntryBytes;
      store_le<uint64_t>(entry, (offset + at) / kBlockBytes);
      store_hash(entry + 8, hash_of(run.subspan(at, kBlockBytes)));
    }
    return true;
  });
  return hash_of(list);
}

void store_hash(uint8_t* to, const Hash128& hash) {
  store_le(to, hash[0]);
  store_le(to + 8, hash[1]);
}

Hash128 load_hash(const uint8_t* from) {
  return {load_le<uint64_t>(from), load_le<uint64_t>(from + 8)};
}

}  // namespace tine
