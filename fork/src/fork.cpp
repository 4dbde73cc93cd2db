// Making a fork, and comparing it with what it was made from.
#include "tine/fork.h"

#include <utility>

#include "differences.h"
#include "os.h"

namespace tine {

Result<std::unique_ptr<Fork>> Fork::create(std::shared_ptr<const Snapshot> snapshot,
                                           const ForkConfig& config) {
  const MachineState& state = snapshot->state();
  TINE_TRY_ASSIGN(World world,
                  World::close(state.world, config.seed, config.preopens, config.fd_policy));
  world.set_stdout({});
  world.set_stderr({});
  std::unique_ptr<Fork> fork(new Fork());
  TINE_TRY_ASSIGN(fork->machine_, snapshot->machine(std::move(world),
                                                    {.hosts = config.hosts, .kind = config.kind}));
  // The state is the snapshot's but for the world, which is closed now; and its memories are the
  // snapshot's own, which stay as they are while the machine's change.
  TINE_TRY_ASSIGN(fork->base_state_, fork->machine_->capture());
  std::vector<std::span<const uint8_t>> pristine;
  for (size_t m = 0; m < state.memories.size(); ++m) {
    fork->base_state_.memories[m].contents = state.memories[m].contents;
    pristine.push_back(state.memories[m].contents.bytes);
  }
  fork->machine_->set_base(std::move(pristine));
  fork->snapshot_ = std::move(snapshot);
  return fork;
}

std::vector<std::string> Fork::verify(Scope scope) const {
  const Result<MachineState> present = machine_->capture();
  if (!present) return {present.error().detail};
  std::vector<MemoryParts> parts;
  for (size_t m = 0; m < base_state_.memories.size() && m < present->memories.size(); ++m) {
    const std::span<const uint8_t> bytes = present->memories[m].contents.bytes;
    const bool is_mapped = base_state_.memories[m].contents.fd >= 0;
    parts.push_back(scope == Scope::kOwnPages && is_mapped ? os::own_pages(bytes)
                                                           : MemoryParts{{0, bytes.size()}});
  }
  return differences_within(base_state_, *present, kMostDifferences, parts);
}

}  // namespace tine
