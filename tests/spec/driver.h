// Driver: how the pending root calls of a machine are brought to their end.
//
// The session (session.h) decides what is called and what must come out; a driver decides what
// happens to the machine on the way. All drivers must lead to the same outcomes, results, memory
// and instruction counts as simply running:
//
//   straight   run(), nothing else
//   chain      after every instruction: capture, write as file bytes, load, go on in the new machine;
//              on demand in another kind of code at each link, and in another build
//   mix        small random slices of fuel, another kind of code after each
//   fork       first in a fork of the machine, twice, with a reset and a verification after each
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "spec/link_peer.h"
#include "tine/machine.h"

namespace tine::spec {

class Driver {
 public:
  virtual ~Driver() = default;
  /// Runs until the pending calls have returned, the guest has trapped, or it has executed `fuel`
  /// instructions. May put another machine in the place of `machine`. What went wrong besides goes
  /// to `problems`, one line each.
  virtual Outcome drive(std::unique_ptr<Machine>& machine, uint64_t fuel,
                        std::vector<std::string>& problems) = 0;
};

[[nodiscard]] std::unique_ptr<Driver> make_straight_driver();

/// What a chain does. A sampled one, of a script that makes `calls` calls, goes through every k-th,
/// so that about `most_calls` are gone through, and `most_links` links into a call the slices begin
/// to double.
struct ChainOptions {
  uint64_t calls = 0;
  uint64_t most_calls = ~uint64_t{0};
  uint64_t most_links = ~uint64_t{0};
  bool changes_kind = false;  // at every link, with slices of several lengths; else single steps
};
/// `peer`: runs every link as well; null: nobody does.
[[nodiscard]] std::unique_ptr<Driver> make_chain_driver(const MachineConfig& config,
                                                        const ChainOptions& options,
                                                        std::unique_ptr<LinkPeer> peer);

[[nodiscard]] std::unique_ptr<Driver> make_mix_driver(uint64_t seed);

/// `every`: in front of every so-manieth call (1: of each).
[[nodiscard]] std::unique_ptr<Driver> make_fork_driver(const MachineConfig& config, uint64_t every);

}  // namespace tine::spec
