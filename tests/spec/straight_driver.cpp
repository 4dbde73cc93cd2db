// The undisturbed run, which the others are compared with.
#include "spec/driver.h"

namespace tine::spec {
namespace {

class StraightDriver final : public Driver {
 public:
  Outcome drive(std::unique_ptr<Machine>& machine, uint64_t fuel,
                std::vector<std::string>&) override {
    return machine->run(fuel);
  }
};

}  // namespace

std::unique_ptr<Driver> make_straight_driver() { return std::make_unique<StraightDriver>(); }

}  // namespace tine::spec
