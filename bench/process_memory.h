// What this process takes for itself, as the kernel counts it.
#pragma once

#include <cstdint>

namespace tine::bench {

struct ProcessMemory {
  uint64_t anonymous_bytes = 0;  // private pages: copied on write, cards, stacks, heap
  uint64_t page_table_bytes = 0;
};

/// Zeros where /proc does not tell.
[[nodiscard]] ProcessMemory process_memory();

}  // namespace tine::bench
