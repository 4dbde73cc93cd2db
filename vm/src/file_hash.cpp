// XXH3-128 over a file, a piece at a time.
#include "file_hash.h"

#include <xxhash.h>

#include <memory>

#include "tine/check.h"

namespace tine {

constexpr size_t kPieceBytes = size_t{1} << 18;

wasi::WasiResult<std::vector<uint8_t>> hash_of(const FileReader& read) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  TINE_CHECK(state != nullptr);
  XXH3_128bits_reset(state.get());
  std::vector<uint8_t> piece(kPieceBytes);
  for (uint64_t offset = 0;;) {
    const auto n = read(offset, piece);
    if (!n) return wasi::fail(n.error());
    if (*n == 0) break;
    XXH3_128bits_update(state.get(), piece.data(), *n);
    offset += *n;
  }
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state.get()));
  return std::vector<uint8_t>(canonical.digest, canonical.digest + sizeof canonical.digest);
}

}  // namespace tine
