// One run through all kinds of code: pauses at random instructions and goes on in another kind.
#include <algorithm>
#include <random>

#include "spec/driver.h"

namespace tine::spec {
namespace {

class MixDriver final : public Driver {
 public:
  explicit MixDriver(uint64_t seed) : random_(seed) {}

  Outcome drive(std::unique_ptr<Machine>& machine, uint64_t fuel,
                std::vector<std::string>& problems) override {
    constexpr uint64_t kSlicesBeforeGrowing = 64;
    const uint64_t end = machine->instructions() + fuel;
    uint64_t longest = 16;
    for (uint64_t slices = 1;; ++slices) {
      machine->set_code_kind(static_cast<CodeKind>(random_() % 3));
      const uint64_t before = machine->instructions();
      Outcome outcome = machine->run(std::min(1 + random_() % longest, end - before));
      if (outcome.kind != OutcomeKind::kOutOfFuel || machine->instructions() >= end) return outcome;
      if (machine->instructions() == before) {
        problems.push_back("mix: a slice of fuel brought the run no further");
        return machine->run(end - before);
      }
      // Long loops would take hours in slices of a few instructions.
      if (slices % kSlicesBeforeGrowing == 0) longest *= 2;
    }
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace

std::unique_ptr<Driver> make_mix_driver(uint64_t seed) { return std::make_unique<MixDriver>(seed); }

}  // namespace tine::spec
