// Replay: every file of a folder against one snapshot, on all cores.
//
// Each thread has a fork of its own and takes the next file; results stand in the order of the
// file names, so the report is the same however many threads there are.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tine/delivery.h"
#include "tine/fork.h"

namespace tine {

struct ReplayOptions {
  ForkConfig fork;
  uint64_t fuel = kDefaultInputFuel;  // instructions a file
  uint32_t threads = 0;               // 0: as many as the machine runs at once
};

struct ReplayResult {
  std::string file;  // its name in the folder, with the sub-folders
  uint64_t size_bytes = 0;
  Outcome outcome;
  uint64_t instructions = 0;
  std::vector<std::string> backtrace;  // of a trap or an input that ran out of fuel
};

struct ReplayReport {
  std::vector<ReplayResult> results;  // sorted by file name
  [[nodiscard]] uint64_t count(OutcomeKind kind) const;
};

/// `path` may also name a single file. Errors: kIo (folder or file unreadable), those of
/// InputRunner::create. A guest that traps is a result, not an error.
[[nodiscard]] Result<ReplayReport> replay(const std::shared_ptr<const Snapshot>& snapshot,
                                          const std::string& path, const ReplayOptions& options);

}  // namespace tine
