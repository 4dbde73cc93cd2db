// Driver: how the pending root calls of a machine are brought to their end.
//
// The session (session.h) decides what is called and what must come out; a driver decides what
// happens to the machine on the way. All drivers must lead to the same outcomes, results, memory
// and instruction counts as simply running:
//
//   straight   run(), nothing else
//   chain      after every instruction: capture, write as file bytes, load, go on in the new machine
//   mix        small random slices of fuel, another kind of code after each
//   fork       first in a fork of the machine, twice, with a reset and a verification after each
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tine/machine.h"

namespace tine::spec {

class Driver {
 public:
  virtual ~Driver() = default;
  /// Runs until the pending calls have returned or the guest has trapped. May put another machine
  /// in the place of `machine`. What went wrong besides goes to `problems`, one line each.
  virtual Outcome drive(std::unique_ptr<Machine>& machine, std::vector<std::string>& problems) = 0;
};

[[nodiscard]] std::unique_ptr<Driver> make_straight_driver();

/// What a sampled chain does: of a script that makes `calls` calls it steps through every k-th, so
/// that about `most_calls` are stepped through, and `most_hops` single steps into a call the slices
/// begin to double.
struct ChainSample {
  uint64_t calls = 0;
  uint64_t most_calls = ~uint64_t{0};
  uint64_t most_hops = ~uint64_t{0};
};
[[nodiscard]] std::unique_ptr<Driver> make_chain_driver(const MachineConfig& config,
                                                        const ChainSample& sample);

[[nodiscard]] std::unique_ptr<Driver> make_mix_driver(uint64_t seed);

/// `every`: in front of every so-manieth call (1: of each).
[[nodiscard]] std::unique_ptr<Driver> make_fork_driver(const MachineConfig& config, uint64_t every);

}  // namespace tine::spec
