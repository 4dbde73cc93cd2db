// InputRunner: one fork that takes input after input, each from the very same state.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "tine/delivery.h"
#include "tine/fork.h"

namespace tine {

class InputRunner {
 public:
  /// Errors: those of Fork::create and delivery_for.
  [[nodiscard]] static Result<std::unique_ptr<InputRunner>> create(
      std::shared_ptr<const Snapshot> snapshot, const ForkConfig& config);

  /// Goes back to the snapshot and runs one input. Afterwards the machine stands where the run
  /// ended, so that backtrace() shows it. Cost: the run, plus what the last one changed.
  [[nodiscard]] Outcome run(std::span<const uint8_t> input, uint64_t fuel);

  /// Instructions of the last input.
  [[nodiscard]] uint64_t instructions() const;
  [[nodiscard]] Machine& machine() { return fork_->machine(); }
  [[nodiscard]] Fork& fork() { return *fork_; }

 private:
  InputRunner(std::unique_ptr<Fork> fork, Delivery deliver);
  std::unique_ptr<Fork> fork_;
  Delivery deliver_;
  uint64_t base_instructions_;
};

}  // namespace tine
