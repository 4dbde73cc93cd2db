// Fork: a Machine made from a Snapshot that can go back to it in nanoseconds.
//
// Its memory is a private copy-on-write view of the snapshot's memfd. Pages it writes become
// private and stay private, so later runs fault no more; reset() copies dirty cards back and makes
// no system call and no allocation. A Fork always lives in a closed world.
// Threads: one thread at a time; any number of forks of one snapshot side by side.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tine/machine.h"
#include "tine/snapshot.h"

namespace tine {

struct ForkConfig {
  std::shared_ptr<const HostRegistry> hosts;
  CodeKind kind = CodeKind::kPlain;
  uint64_t seed = 0;                       // entropy of the closed world
  std::vector<Preopen> preopens;           // host directories that become read-only bases
  std::optional<FdPolicy> fd_policy = {};  // as WorldConfig::fd_policy
};

class Fork {
 public:
  /// The guest's output goes nowhere until machine().world() is told otherwise.
  /// Cost: microseconds and no memory per fork, apart from verifying the frames once a fork.
  /// Errors: those of World::close and Machine::restore.
  [[nodiscard]] static Result<std::unique_ptr<Fork>> create(
      std::shared_ptr<const Snapshot> snapshot, const ForkConfig& config);

  [[nodiscard]] Machine& machine() { return *machine_; }
  [[nodiscard]] const Machine& machine() const { return *machine_; }
  [[nodiscard]] const Snapshot& snapshot() const { return *snapshot_; }

  /// Back to the snapshot. Cost: O(what changed). Pre: not inside run().
  ResetStats reset() { return machine_->reset(); }

  /// What verify() looks at.
  enum class Scope : uint8_t {
    kOwnPages,   // memory pages that the kernel says are no longer the snapshot's own, and all else
    kEveryByte,  // all pages: O(memory), and fills the holes of the snapshot's memfd
  };
  /// Compares the whole machine with the snapshot, byte by byte and field by field. Pages that the
  /// fork never wrote to are the very pages of the snapshot, so leaving them out proves as much.
  /// Returns the differences (empty: none), at most kMostDifferences. Call after reset().
  /// Cost: O(state + pages ever written), and 8 bytes of /proc/self/pagemap a page.
  [[nodiscard]] std::vector<std::string> verify(Scope scope = Scope::kOwnPages) const;
  static constexpr size_t kMostDifferences = 20;

 private:
  Fork() = default;
  std::shared_ptr<const Snapshot> snapshot_;
  std::unique_ptr<Machine> machine_;
  MachineState base_state_;  // canonical state right after creation: the snapshot, world closed
};

}  // namespace tine
