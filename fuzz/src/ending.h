// How a campaign ends: one report in libFuzzer's style, the artifact, the exit code.
//
// A trap is a crash, call stack exhaustion included. Running out of fuel is a timeout: libFuzzer's
// own alarm counts seconds, ours counts instructions, so that a timeout reproduces everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine_flags.h"
#include "tine/machine.h"

namespace tine {

struct Finding {
  const Machine& machine;  // standing where the run ended
  const Outcome& outcome;
  uint64_t instructions;  // of this input
  std::span<const uint8_t> input;
  std::string label;  // of the program, escaped
};

/// A trap or a host error: saves crash-<sha1> and exits with 77 (-error_exitcode).
[[noreturn]] void end_with_crash(const Finding& finding, const EngineFlags& flags);
/// Out of fuel: saves timeout-<sha1> and exits with 70 (-timeout_exitcode).
[[noreturn]] void end_with_timeout(const Finding& finding, const EngineFlags& flags);

}  // namespace tine
