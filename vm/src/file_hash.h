// The hash by which a snapshot knows a file of the host again: XXH3-128 against accident, not
// against malice.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "wasi_abi.h"

namespace tine {

/// Reads from an offset on; 0 bytes at the end.
using FileReader = std::function<wasi::WasiResult<uint64_t>(uint64_t offset, std::span<uint8_t>)>;

/// 16 bytes in canonical (big-endian) order. Cost: one pass over the file.
[[nodiscard]] wasi::WasiResult<std::vector<uint8_t>> hash_of(const FileReader& read);

}  // namespace tine
