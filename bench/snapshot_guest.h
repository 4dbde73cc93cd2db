// The guest of snapshot_bench: a memory of any size with as many pages of data as wanted, in a
// machine that stands right before a load from it.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "tine/machine.h"
#include "tine/result.h"

namespace tine::bench {

inline constexpr uint64_t kPageBytes = 4096;

/// The binary of a module with a memory of so many Wasm pages and a function `load(address)`.
[[nodiscard]] std::vector<uint8_t> load_module(uint64_t wasm_pages);

/// Numbers of `count` different pages of a memory, in no order.
[[nodiscard]] std::vector<uint64_t> scattered_pages(uint64_t memory_bytes, uint64_t count,
                                                    std::mt19937_64& random);

/// Whose next instruction loads from page `pages[0]`, with random data in all of `pages`.
[[nodiscard]] Result<std::unique_ptr<Machine>> machine_before_load(
    const std::shared_ptr<const Module>& module, const std::vector<uint64_t>& pages);

/// One store in each of these pages, as a guest does it.
void dirty_pages(Memory& memory, const std::vector<uint64_t>& pages, uint64_t value);

}  // namespace tine::bench
