// A libFuzzer target over instantiating and running: `./run soak modules [SECONDS]`.
//
// An input is a module and a byte that chooses how it runs: in one kind of code, in all of them in
// turns, in a fork, or as a chain of snapshots. Its start function and its exported functions are
// called with arguments that come from the input's hash, with fuel for some thousand instructions.
//
// What must hold: the same happens in plain code, undisturbed — outcome, place, results, instruction
// count, and where the state is small every byte of its snapshot. The sanitizers watch.
#include <fmt/format.h>

#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "spec/link.h"
#include "spec/spectest.h"
#include "spec/store.h"
#include "support/random_module.h"
#include "tine/instr.h"
#include "tine/module.h"
#include "vm/fuzz/module_mutator.h"

namespace tine::spec {
namespace {

constexpr uint64_t kFuelOfACall = 2'000;
constexpr uint64_t kStackSlots = 2'000;
constexpr uint32_t kMostCalls = 8;
// More than that is refused here: it would only be slow.
constexpr uint64_t kMostTableElements = 10'000;
constexpr uint64_t kMostItems = 1'000;  // memories apart
constexpr size_t kMostMemories = 4;
constexpr uint64_t kSmallMemoryBytes = 16 * kWasmPageBytes;
constexpr uint64_t kMostLinks = 40;

[[noreturn]] void finding(const std::string& what) {
  fmt::print(stderr, "run_fuzz: {}\n", what);
  std::abort();
}

bool is_bounded(const Module& module) {
  uint64_t elements = 0;
  for (const TableType& table : module.tables) elements += table.limits.min;
  return elements <= kMostTableElements && module.tables.size() <= kMostItems &&
         module.globals.size() <= kMostItems && module.memories.size() <= kMostMemories;
}

bool grows_memory(const Module& module) {
  for (const FuncBody& body : module.bodies) {
    InstrReader reader(module.bytes(), body.begin, body.end);
    while (!reader.at_end())
      if (const auto instr = reader.next(); instr && instr->op == Op::memory_grow) return true;
  }
  return false;
}

/// Whether whole snapshots may be taken: memories are small and stay so.
bool has_small_memories(const Module& module) {
  const bool may_grow = grows_memory(module);
  return std::ranges::all_of(module.memories, [&](const MemoryType& memory) {
    const uint64_t most = may_grow ? memory.limits.max.value_or(UINT64_MAX) : memory.limits.min;
    return most <= kSmallMemoryBytes >> memory.page_shift;
  });
}

struct Way {
  CodeKind kind = CodeKind::kPlain;
  std::unique_ptr<Driver> driver;
};

Way way_of(uint8_t choice, bool is_small, const MachineConfig& config) {
  switch (choice % 8) {
    case 0: return {CodeKind::kPlain, make_straight_driver()};
    case 1: return {CodeKind::kCovered, make_straight_driver()};
    case 2: return {CodeKind::kStepping, make_straight_driver()};
    case 5:
      if (is_small) return {CodeKind::kPlain, make_fork_driver(config, 1)};
      break;
    case 6:
      if (is_small) return {CodeKind::kCovered, make_fork_driver(config, 1)};
      break;
    case 7: {
      if (!is_small) break;
      const ChainOptions options{.most_links = kMostLinks, .changes_kind = true};
      return {CodeKind::kStepping, make_chain_driver(config, options, nullptr)};
    }
    default: break;
  }
  return {CodeKind::kPlain, make_mix_driver(choice)};
}

/// The machine that is looked at, and the one that it is compared with.
class Comparison {
 public:
  Comparison(MachineConfig config, uint8_t choice, bool is_small)
      : is_small_(is_small), reference_(config, make_straight_driver(), kFuelOfACall) {
    Way way = way_of(choice, is_small, config);
    config.kind = way.kind;
    subject_ = std::make_unique<Store>(config, std::move(way.driver), kFuelOfACall);
  }

  /// Whether the module can be called now.
  bool instantiate(const std::shared_ptr<const Module>& module) {
    const auto effect = subject_->instantiate(module, "");
    const auto undisturbed = reference_.instantiate(module, "");
    if (effect.has_value() != undisturbed.has_value()) finding("only one is instantiated");
    if (!effect) return false;
    compare("instantiation", *effect, *undisturbed);
    return effect->outcome.returned();
  }

  /// Whether a call may follow.
  bool call(const Action& action) {
    const auto effect = subject_->act(action);
    const auto undisturbed = reference_.act(action);
    if (!effect || !undisturbed) finding("no such export: " + action.field);
    compare(action.field, *effect, *undisturbed);
    return effect->outcome.kind != OutcomeKind::kOutOfFuel;
  }

 private:
  void compare(const std::string& what, const Effect& effect, const Effect& undisturbed) {
    for (const std::string& problem : subject_->take_problems()) finding(what + ": " + problem);
    if (!same(effect, undisturbed))
      finding(fmt::format("{}: {}, the undisturbed run: {}", what, to_string(effect),
                          to_string(undisturbed)));
    if (!is_small_) return;
    const std::string difference = snapshot_difference(subject_->machine(), reference_.machine());
    if (!difference.empty()) finding(what + ": " + difference);
  }

  bool is_small_;
  Store reference_;
  std::unique_ptr<Store> subject_;
};

void run(std::span<const uint8_t> bytes, uint8_t choice) {
  const auto module = Module::create({bytes.begin(), bytes.end()});
  if (!module || !is_bounded(**module)) return;
  MachineConfig config;
  config.hosts = spectest_hosts();
  config.stack_limit_slots = kStackSlots;
  Comparison comparison(config, choice, has_small_memories(**module));
  if (!comparison.instantiate(*module)) return;

  test::RandomSource random(XXH3_64bits(bytes.data(), bytes.size()));
  uint32_t calls = 0;
  for (const Export& item : (*module)->exports) {
    if (item.kind != ExternKind::kFunc) continue;
    Action action;
    action.field = item.name;
    action.args = test::random_args(random, (*module)->func_type(item.index));
    if (++calls > kMostCalls || !comparison.call(action)) return;
  }
}

}  // namespace
}  // namespace tine::spec

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  return tine::test::mutate_input(data, size, max_size, seed, 1);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) tine::spec::run({data, size - 1}, data[size - 1]);
  return 0;
}
