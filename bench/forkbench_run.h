// What forkbench does: make the forks, run them over the cores, count.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "forkbench_options.h"
#include "histogram.h"
#include "process_memory.h"
#include "tine/fork.h"

namespace tine::bench {

using Input = std::vector<uint8_t>;
using Forks = std::vector<std::unique_ptr<Fork>>;

inline constexpr size_t kOutcomeKinds = static_cast<size_t>(OutcomeKind::kHostError) + 1;

/// What one thread counts; added up over threads.
struct RunCounts {
  uint64_t runs = 0;
  uint64_t instructions = 0;
  uint64_t dirty_cards = 0;
  std::array<uint64_t, kOutcomeKinds> outcomes{};  // by OutcomeKind
  Histogram reset_ns;                              // timer overhead subtracted

  void add(const RunCounts& other);
};

struct ForkbenchResult {
  uint32_t threads = 0;
  uint64_t memory_bytes = 0;
  uint64_t inputs = 0;
  double load_ns = 0;
  double create_ns = 0;  // of one fork
  double seconds = 0;    // wall clock of the runs
  RunCounts counts;
  double dirty_pages = 0;  // distinct 4 KiB pages of a run, mean over the inputs
  ProcessMemory per_fork;  // growth of the process from before the forks to after the runs
  double fork2_ns = 0;     // median of fork(2) + touch as many pages + exit + wait
  double memcpy_ns = 0;    // median of copying all memory
  uint64_t differing_forks = 0;
};

/// Errors: those of Snapshot::load and Fork::create.
[[nodiscard]] Result<ForkbenchResult> run_forkbench(const ForkbenchOptions& options,
                                                    std::span<const Input> inputs);

}  // namespace tine::bench
