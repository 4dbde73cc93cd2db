// The snapshots that a command takes along the way: `--snapshot-on`, `--snapshot-to`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tine/machine.h"
#include "tine/result.h"
#include "triggers.h"

namespace tine::cli {

/// Writes the machine's state to `path`, in which `%n` becomes `number`, and says so on stderr.
/// Errors: those of Snapshot::capture and Snapshot::save.
[[nodiscard]] Result<void> write_snapshot(const Machine& machine, const std::string& path,
                                          uint64_t number);

struct SnapshotsOptions {
  std::vector<std::string> on;
  std::string to;
  bool stop_after = false;

  void add(CLI::App& command);
};

/// How a run with snapshots ended.
struct RunEnd {
  Outcome outcome;
  bool has_stopped = false;  // after a snapshot, as --stop-after-snapshot wants
};

/// Runs the machine with these options. Errors: kUsage, and those of write_snapshot.
[[nodiscard]] Result<RunEnd> run_with_snapshots(Machine& machine, const SnapshotsOptions& options,
                                                uint64_t fuel);

}  // namespace tine::cli
