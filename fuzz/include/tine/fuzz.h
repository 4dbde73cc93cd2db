// fuzz(): a campaign from a snapshot, with libFuzzer as the engine.
//
// libFuzzer brings mutators, corpus, flags, output and exit codes. It asks for nothing but numbers:
// one counter an edge and the operands of compares, and both come from the interpreter at run time,
// so guest programs need no instrumentation. One process runs one campaign: the engine keeps its
// state in globals and leaves with exit().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tine/delivery.h"
#include "tine/fork.h"

namespace tine {

struct FuzzOptions {
  std::shared_ptr<const Snapshot> snapshot;
  ForkConfig fork;                    // its kind of code is always covered
  uint64_t fuel = kDefaultInputFuel;  // instructions an input may take: the timeout
  bool trace_compares = true;         // operands of compares and memcmp feed the mutator
  bool match_bits = true;             // how far operands agree counts as coverage; needs the above
  /// The command that starts this campaign again, quoted for the shell and without engine flags.
  /// -jobs, -fork, -merge and -minimize_crash start their children with it.
  std::string self_command;
  std::vector<std::string> engine_args;  // libFuzzer flags, corpus folders and files to replay
};

/// Runs the campaign. Normally leaves through exit(): 77 after a crash, 70 after a timeout, 0 at
/// the end of -runs.
/// Errors: those of InputRunner::create; kUsage where this build has no libFuzzer.
[[nodiscard]] Result<int> fuzz(const FuzzOptions& options);

}  // namespace tine
