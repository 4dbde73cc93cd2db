// The snapshots that a command takes along the way: `--snapshot-on`, `--snapshot-to`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli11_fwd.h"
#include "tine/fd_policy.h"
#include "tine/machine.h"
#include "tine/result.h"
#include "tine/snapshot.h"
#include "triggers.h"

namespace tine::cli {

/// `path` with the number in place of each `%n`.
[[nodiscard]] std::string numbered(std::string path, uint64_t number);

struct SnapshotsOptions {
  std::vector<std::string> on;
  std::string to;
  bool stop_after = false;
  SaveOptions save;
  std::optional<FdPolicy> fd_policy;  // nothing: FdPolicy::kError

  /// --snapshot-on, --snapshot-to, --stop-after-snapshot, --no-module. Returns the first.
  CLI::Option* add(CLI::App& command);
  void add_no_module(CLI::App& command);
};

/// How a run with snapshots ended.
struct RunEnd {
  Outcome outcome;
  bool has_stopped = false;  // after a snapshot, as --stop-after-snapshot wants
};

/// Runs the machine with these options. Says on stderr what is written, and once each what a snapshot
/// could not take along. Errors: kUsage, and those of Snapshot::capture and save.
[[nodiscard]] Result<RunEnd> run_with_snapshots(Machine& machine, const SnapshotsOptions& options,
                                                uint64_t fuel);

}  // namespace tine::cli
