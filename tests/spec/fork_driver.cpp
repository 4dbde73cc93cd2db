// Forks in front of calls: the fork makes the call, goes back, is verified, and makes it again;
// both must end as the machine itself then does.
#include <fmt/format.h>

#include "spec/driver.h"
#include "spec/effect.h"
#include "tine/fork.h"

namespace tine::spec {
namespace {

class ForkDriver final : public Driver {
 public:
  ForkDriver(const MachineConfig& config, uint64_t every) : every_(every) {
    fork_config_.hosts = config.hosts;
    fork_config_.kind = config.kind;
  }

  Outcome drive(std::unique_ptr<Machine>& machine, uint64_t fuel,
                std::vector<std::string>& problems) override {
    std::vector<Effect> in_fork;
    if (calls_++ % every_ == 0) in_fork = run_in_fork(*machine, fuel, problems);
    Outcome outcome = machine->run(fuel);
    const Effect in_place = effect_of(*machine, outcome);
    for (const Effect& e : in_fork)
      if (!same(e, in_place))
        problems.push_back(
            fmt::format("fork: {}, the machine itself: {}", to_string(e), to_string(in_place)));
    return outcome;
  }

 private:
  std::vector<Effect> run_in_fork(Machine& machine, uint64_t fuel,
                                  std::vector<std::string>& problems) {
    auto snapshot = Snapshot::capture(machine);
    if (!snapshot) {
      problems.push_back("fork: " + snapshot.error().to_line("capture"));
      return {};
    }
    auto fork = Fork::create(*snapshot, fork_config_);
    if (!fork) {
      problems.push_back("fork: " + fork.error().to_line("create"));
      return {};
    }
    std::vector<Effect> effects;
    for (int round = 0; round < 2; ++round) {
      const Outcome outcome = (*fork)->machine().run(fuel);
      effects.push_back(effect_of((*fork)->machine(), outcome));
      (*fork)->reset();
      for (const std::string& line : (*fork)->verify())
        problems.push_back("fork: after reset: " + line);
    }
    return effects;
  }

  ForkConfig fork_config_;
  uint64_t every_;
  uint64_t calls_ = 0;
};

}  // namespace

std::unique_ptr<Driver> make_fork_driver(const MachineConfig& config, uint64_t every) {
  return std::make_unique<ForkDriver>(config, every);
}

}  // namespace tine::spec
