// The same random module, run in every way there is, must do the same: outcomes, trap positions,
// results, instruction counts, and at the end every field of the state.
//
// A soak run: TINE_DIFFERENTIAL_MODULES=100000 vm_tests --gtest_filter='RandomModules.*'
// (TINE_DIFFERENTIAL_SEED=S is the first seed). A module that behaves differently is kept as
// differential-SEED.wasm in the temporary folder of the test.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/random_module.h"
#include "support/random_source.h"
#include "tine/machine.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

using test::random_args;
using test::random_module;
using test::RandomSource;

constexpr uint64_t kFuelOfACall = 20'000;
constexpr uint64_t kStackSlots = 3'000;

enum class Way : uint8_t {
  kPlain,    // the reference
  kCovered,  // with counters and compare tracing
  kStepping,
  kMixed,  // random slices of fuel, each in another kind of code
  kMoved,  // the same, and each in another machine, restored from the captured state
};
constexpr std::array kOtherWays{Way::kCovered, Way::kStepping, Way::kMixed, Way::kMoved};
constexpr const char* kWayNames[] = {"plain", "covered", "stepping", "mixed", "moved"};

std::shared_ptr<const HostRegistry> hosts() {
  auto registry = std::make_shared<HostRegistry>();
  test::add_random_module_hosts(*registry);
  return registry;
}

/// One machine with one instance of the module, run in one way.
class Runner {
 public:
  Runner(const std::shared_ptr<const Module>& module, Way way, uint64_t seed)
      : way_(way), random_(seed), counters_(edge_count(*module)) {
    config_.hosts = hosts();
    config_.stack_limit_slots = kStackSlots;
    if (way == Way::kCovered) config_.kind = CodeKind::kCovered;
    if (way == Way::kStepping) config_.kind = CodeKind::kStepping;
    machine_ = Machine::create(config_);
    const auto made = machine_->instantiate(module, {});
    TINE_CHECK(made && made->outcome.returned());
    attach_coverage();
  }

  Outcome call(const std::string& name, const std::vector<Value>& args) {
    machine_->push_call(machine_->find_export(0, name)->address, args);
    const uint64_t end = machine_->instructions() + kFuelOfACall;
    for (;;) {
      const uint64_t left = end - machine_->instructions();
      Outcome outcome = machine_->run(in_slices() ? next_slice(left) : left);
      if (outcome.kind != OutcomeKind::kOutOfFuel || machine_->instructions() >= end)
        return outcome;
      if (way_ == Way::kMoved) move();
      machine_->set_code_kind(static_cast<CodeKind>(random_.below(3)));
    }
  }

  [[nodiscard]] Machine& machine() { return *machine_; }

 private:
  [[nodiscard]] bool in_slices() const { return way_ == Way::kMixed || way_ == Way::kMoved; }

  /// Often a single instruction, sometimes most of a call.
  uint64_t next_slice(uint64_t left) {
    const uint64_t longest = uint64_t{1} << random_.below(12);
    return std::min<uint64_t>(left, 1 + random_.below(longest));
  }

  void move() {
    const auto state = machine_->capture();
    ASSERT_TRUE(state) << state.error().detail;
    WorldConfig grants;
    grants.closed = true;
    auto world = World::restore(state->world, grants);
    ASSERT_TRUE(world) << world.error().detail;
    auto next = Machine::restore(*state, std::move(*world), config_);
    ASSERT_TRUE(next) << next.error().detail;
    machine_ = std::move(*next);
    attach_coverage();
  }

  void attach_coverage() {
    CoverageSinks sinks;
    sinks.counters = counters_.data();
    sinks.user = this;
    sinks.on_compare = [](void* self, const CompareEvent&) {
      ++static_cast<Runner*>(self)->compares_;
    };
    machine_->set_coverage(0, sinks);
  }

  Way way_;
  RandomSource random_;
  MachineConfig config_;
  std::vector<uint8_t> counters_;
  uint64_t compares_ = 0;
  std::unique_ptr<Machine> machine_;
};

std::string describe(const Outcome& outcome, const Machine& machine) {
  std::string text = to_string(outcome);
  if (!outcome.returned())
    text +=
        fmt::format(" at function {} offset {:#x}", outcome.position.func, outcome.position.offset);
  if (outcome.returned())
    for (Value v : machine.results()) {
      if (v.type == ValType::kExnRef) v.lo = v.lo == kNullRef ? 0 : 1;  // its number tells nothing
      text += " " + to_string(v);
    }
  return text + fmt::format(", instruction {}", machine.instructions());
}

std::vector<std::string> state_differences(const Machine& a, const Machine& b) {
  const auto state_a = a.capture();
  const auto state_b = b.capture();
  if (!state_a || !state_b)
    return {"not capturable: " + (state_a ? state_b : state_a).error().detail};
  return differences(*state_a, *state_b, 8);
}

/// Calls every function of the module a few times in every way. Returns the first difference, or
/// an empty string.
std::string first_difference(const std::shared_ptr<const Module>& module, uint64_t seed) {
  RandomSource random(seed);
  Runner reference(module, Way::kPlain, seed);
  std::vector<std::unique_ptr<Runner>> others;
  others.reserve(kOtherWays.size());
  for (Way way : kOtherWays) others.push_back(std::make_unique<Runner>(module, way, seed));
  constexpr uint32_t kRounds = 2;
  const uint32_t functions = module->func_count() - module->imported_funcs;
  for (uint32_t i = 0; i < kRounds * functions; ++i) {
    const uint32_t f = i % functions;
    const std::string name = fmt::format("f{}", f);
    const auto args = random_args(random, module->func_type(module->imported_funcs + f));
    const Outcome wanted = reference.call(name, args);
    const std::string wanted_text = describe(wanted, reference.machine());
    for (size_t k = 0; k < others.size(); ++k) {
      const Outcome got = others[k]->call(name, args);
      const std::string got_text = describe(got, others[k]->machine());
      const auto lines = state_differences(reference.machine(), others[k]->machine());
      if (got_text == wanted_text && lines.empty()) continue;
      std::string text = fmt::format("call {} of {}: plain: {}, {}: {}", i, name, wanted_text,
                                     kWayNames[static_cast<size_t>(kOtherWays[k])], got_text);
      for (const std::string& line : lines) text += "\n  " + line;
      return text;
    }
    if (wanted.kind == OutcomeKind::kOutOfFuel) break;  // it would go on in the next call
  }
  return "";
}

/// What every function of the module does in one way, until one runs out of fuel.
std::vector<std::string> trace_of(const std::shared_ptr<const Module>& module, Way way,
                                  uint64_t seed) {
  RandomSource random(seed);
  Runner runner(module, way, seed);
  std::vector<std::string> trace;
  for (FuncIdx f = module->imported_funcs; f < module->func_count(); ++f) {
    const auto args = random_args(random, module->func_type(f));
    const Outcome outcome = runner.call(fmt::format("f{}", f - module->imported_funcs), args);
    trace.push_back(describe(outcome, runner.machine()));
    if (outcome.kind == OutcomeKind::kOutOfFuel) break;
  }
  return trace;
}

uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(RandomModules, DoTheSameInEveryWayOfRunning) {
  const uint64_t first = from_environment("TINE_DIFFERENTIAL_SEED", 1);
  const uint64_t count = from_environment("TINE_DIFFERENTIAL_MODULES", 300);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const std::vector<uint8_t> bytes = random_module(seed);
    const auto module = Module::create(bytes);
    ASSERT_TRUE(module) << "seed " << seed << ": " << module.error().to_line("module");
    const std::string difference = first_difference(*module, seed);
    if (difference.empty()) continue;
    const std::string file = fmt::format("{}differential-{}.wasm", testing::TempDir(), seed);
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    ADD_FAILURE() << "seed " << seed << " (" << file << "): " << difference;
  }
}

// Found by module_fuzz: the product that makes two lanes of a float overflowed where it was signed.
TEST(RandomModules, HaveVectorsOfEqualLanes) {
  RandomSource random(1);
  uint32_t negative = 0;
  for (int i = 0; i < 1000; ++i) {
    const uint64_t hi = random.value(ValType::kV128).hi;
    if (hi >> 63 != 0 && hi >> 32 == (hi & UINT32_MAX)) ++negative;
  }
  EXPECT_GT(negative, 0u);
}

TEST(RandomModules, ReturnMostOfTheTime) {
  // Otherwise the test above would look at little more than the first instructions.
  uint32_t returned = 0;
  uint32_t calls = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    const auto module = Module::create(random_module(seed));
    ASSERT_TRUE(module);
    Runner runner(*module, Way::kPlain, seed);
    RandomSource random(seed);
    for (uint32_t f = 0; f < (*module)->func_count() - 1; ++f) {
      const auto args = random_args(random, (*module)->func_type(f + 1));
      const Outcome outcome = runner.call(fmt::format("f{}", f), args);
      ++calls;
      if (outcome.returned()) ++returned;
      if (outcome.kind == OutcomeKind::kOutOfFuel) break;
    }
  }
  EXPECT_GT(returned * 2, calls);
}

/// Functions are translated when they are first entered, by whoever enters them.
TEST(RandomModules, DoTheSameInThreadsThatTranslateThemTogether) {
  constexpr std::array kWays{Way::kPlain,   Way::kPlain,    Way::kCovered,
                             Way::kCovered, Way::kStepping, Way::kMixed};
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const auto module = *Module::create(random_module(seed));
    std::array<std::vector<std::string>, kWays.size()> traces;
    std::latch start(kWays.size());
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < kWays.size(); ++i)
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        traces[i] = trace_of(module, kWays[i], seed);
      });
    threads.clear();  // joins them
    const auto alone = trace_of(*Module::create(random_module(seed)), Way::kPlain, seed);
    for (const auto& trace : traces) ASSERT_EQ(trace, alone) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tine
