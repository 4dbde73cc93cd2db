#include "tine/runner.h"

namespace tine {

Result<std::unique_ptr<InputRunner>> InputRunner::create(std::shared_ptr<const Snapshot> snapshot,
                                                         const ForkConfig& config) {
  TINE_TRY_ASSIGN(auto fork, Fork::create(std::move(snapshot), config));
  TINE_TRY_ASSIGN(Delivery deliver, delivery_for(fork->machine()));
  return std::unique_ptr<InputRunner>(new InputRunner(std::move(fork), std::move(deliver)));
}

InputRunner::InputRunner(std::unique_ptr<Fork> fork, Delivery deliver)
    : fork_(std::move(fork)),
      deliver_(std::move(deliver)),
      base_instructions_(fork_->machine().instructions()) {}

Outcome InputRunner::run(std::span<const uint8_t> input, uint64_t fuel) {
  fork_->reset();
  return deliver_(fork_->machine(), input, fuel);
}

uint64_t InputRunner::instructions() const {
  return fork_->machine().instructions() - base_instructions_;
}

}  // namespace tine
