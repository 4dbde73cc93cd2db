// Session: a script's commands carried out one after the other and judged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "spec/driver.h"
#include "spec/script.h"
#include "tine/code.h"

namespace tine::spec {

enum class Mode : uint8_t { kStraight, kChain, kMix, kFork };

struct SessionOptions {
  Mode mode = Mode::kStraight;
  CodeKind kind = CodeKind::kPlain;  // not in kChain, which steps, and kMix, which takes all
  ChainOptions chain;                // kChain; most_calls also kFork
  std::string peer;                  // kChain: command of another build's spec_runner, or empty
  uint64_t seed = 1;                 // kMix
};

/// What came of a script. Every command counts once.
struct Report {
  size_t passed = 0;
  size_t failed = 0;
  size_t skipped = 0;
  std::vector<std::string> failures;  // `file:line: command: expected …, got …`
};

/// Carries out all commands. In modes kChain and kMix a second, undisturbed machine in plain code
/// does the same, and both must agree in everything; in mode kChain in the bytes of their snapshots
/// after every command.
[[nodiscard]] Report run_script(const Script& script, const SessionOptions& options);

/// The driver of a mode, for a run that makes about `calls` calls. `seed`: of the run, for kMix.
[[nodiscard]] std::unique_ptr<Driver> make_driver(const SessionOptions& options,
                                                  const MachineConfig& config, uint64_t seed,
                                                  uint64_t calls);

/// Whether an error or trap text is the one that a script expects: either is a prefix of the other
/// (ours may go on with a detail; the suite's may go on with an index, "uninitialized element 2"), or
/// both go on with a detail of their own behind a colon ("type mismatch: instruction requires [i32] …").
[[nodiscard]] bool text_matches(const std::string& expected, const std::string& actual);

}  // namespace tine::spec
