// Guests of the tests in this folder: modules from guests/*.wat, and machines that run them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tine/fork.h"
#include "tine/machine.h"
#include "tine/snapshot.h"

namespace tine::test {

[[nodiscard]] std::vector<uint8_t> read_file(const std::string& path);
/// The module compiled from guests/NAME.wat.
[[nodiscard]] std::shared_ptr<const Module> guest_module(const std::string& name);

/// A machine with one instance of a guest, nothing called yet, in a closed world.
[[nodiscard]] std::unique_ptr<Machine> guest_machine(const std::string& name,
                                                     CodeKind kind = CodeKind::kPlain);
/// Pushes a call of an exported function of instance 0.
void push(Machine& machine, const std::string& function, std::span<const Value> args);
/// Pushes and runs it.
Outcome call(Machine& machine, const std::string& function, std::span<const Value> args,
             uint64_t fuel = kUnlimitedFuel);

/// A machine that goes on from a snapshot, in the world that was captured with it.
[[nodiscard]] Result<std::unique_ptr<Machine>> resume(const Snapshot& snapshot,
                                                      CodeKind kind = CodeKind::kPlain);
/// A fork of a snapshot.
[[nodiscard]] std::unique_ptr<Fork> make_fork(const std::shared_ptr<const Snapshot>& snapshot,
                                              CodeKind kind = CodeKind::kPlain);
/// capture() that has to work.
[[nodiscard]] std::shared_ptr<const Snapshot> capture(Machine& machine);

/// Paused in the scratch guest's $here, `depth` calls deep, after scribbling over memory.
[[nodiscard]] std::shared_ptr<const Snapshot> deep_snapshot(uint32_t depth);
/// The tiny guest in the middle of its loop.
[[nodiscard]] std::shared_ptr<const Snapshot> tiny_snapshot();

/// A path for a file of the running test, in a folder of the test run's own.
[[nodiscard]] std::string scratch_path(const std::string& name);

/// A small generator whose seed the tests print.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  [[nodiscard]] uint32_t next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state_ >> 33);
  }
  [[nodiscard]] uint32_t below(uint32_t bound) { return next() % bound; }

 private:
  uint64_t state_;
};

}  // namespace tine::test
