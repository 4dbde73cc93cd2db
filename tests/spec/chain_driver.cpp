// Snapshot after every instruction, as a chain: the machine that executes instruction n+1 was
// loaded from the bytes of a snapshot that was taken after instruction n, of a machine that was
// loaded from … . One field forgotten by capture, file format or restore, one value looked for in
// the wrong place, and the run goes another way.
#include "spec/driver.h"
#include "tine/snapshot.h"

namespace tine::spec {
namespace {

class ChainDriver final : public Driver {
 public:
  ChainDriver(const MachineConfig& config, const ChainSample& sample)
      : config_(config), most_hops_(sample.most_hops) {
    if (sample.calls > sample.most_calls)
      stride_ = (sample.calls + sample.most_calls - 1) / sample.most_calls;
  }

  Outcome drive(std::unique_ptr<Machine>& machine, std::vector<std::string>& problems) override {
    if (calls_++ % stride_ != 0) return machine->run();
    // The first hop comes before the first instruction: the call itself is still pending.
    uint64_t slice = 1;
    for (uint64_t hops = 1; hop(machine, problems); ++hops) {
      const uint64_t before = machine->instructions();
      Outcome outcome = machine->run(slice);
      if (outcome.kind != OutcomeKind::kOutOfFuel) return outcome;
      if (machine->instructions() == before) {
        problems.push_back("chain: a slice of fuel brought the run no further");
        break;
      }
      if (hops >= most_hops_) slice *= 2;
    }
    return machine->run();
  }

 private:
  /// Moves the run into a machine loaded from the present one's bytes.
  bool hop(std::unique_ptr<Machine>& machine, std::vector<std::string>& problems) {
    auto next = loaded_from_bytes(*machine);
    if (!next) {
      problems.push_back("chain: " + next.error().to_line("snapshot"));
      return false;
    }
    machine = std::move(*next);
    return true;
  }

  Result<std::unique_ptr<Machine>> loaded_from_bytes(Machine& machine) const {
    TINE_TRY_ASSIGN(const auto captured, Snapshot::capture(machine));
    TINE_TRY_ASSIGN(const auto bytes, captured->to_bytes());
    TINE_TRY_ASSIGN(const auto loaded, Snapshot::from_bytes(bytes));
    WorldConfig grants;
    grants.closed = true;
    TINE_TRY_ASSIGN(World world, World::restore(loaded->state().world, grants));
    return loaded->machine(std::move(world), config_);
  }

  MachineConfig config_;
  uint64_t most_hops_;
  uint64_t stride_ = 1;
  uint64_t calls_ = 0;
};

}  // namespace

std::unique_ptr<Driver> make_chain_driver(const MachineConfig& config, const ChainSample& sample) {
  return std::make_unique<ChainDriver>(config, sample);
}

}  // namespace tine::spec
