// The snapshots that a command takes along the way: `--snapshot-on`, `--snapshot-to`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tine/machine.h"
#include "tine/result.h"
#include "tine/snapshot.h"
#include "triggers.h"

namespace tine::cli {

struct SnapshotsOptions {
  std::vector<std::string> on;
  std::string to;
  bool stop_after = false;
  SaveOptions save;

  /// --snapshot-on, --snapshot-to, --stop-after-snapshot, --no-module.
  void add(CLI::App& command);
  void add_no_module(CLI::App& command);
};

/// How a run with snapshots ended.
struct RunEnd {
  Outcome outcome;
  bool has_stopped = false;  // after a snapshot, as --stop-after-snapshot wants
};

/// Runs the machine with these options. Errors: kUsage, and those of Snapshot::capture and save.
[[nodiscard]] Result<RunEnd> run_with_snapshots(Machine& machine, const SnapshotsOptions& options,
                                                uint64_t fuel);

}  // namespace tine::cli
