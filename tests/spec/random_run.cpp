#include "spec/random_run.h"

#include <fmt/format.h>

#include "spec/link.h"
#include "spec/spectest.h"
#include "spec/store.h"
#include "support/random_module.h"

namespace tine::spec {
namespace {

constexpr uint64_t kFuelOfACall = 1'000;
constexpr uint64_t kStackSlots = 3'000;
constexpr uint32_t kRounds = 2;

/// What is wrong with a call; empty: nothing.
std::string complaint_about(Store& subject, Store& reference, const Effect& effect,
                            const Effect& undisturbed) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  for (const std::string& problem : subject.take_problems()) add(problem);
  if (!same(effect, undisturbed))
    add(fmt::format("{}, the undisturbed run: {}", to_string(effect), to_string(undisturbed)));
  const std::string difference = snapshot_difference(subject.machine(), reference.machine());
  if (!difference.empty()) add(difference);
  return text;
}

}  // namespace

Report run_random_module(uint64_t seed, const SessionOptions& options) {
  Report report;
  const auto fail = [&](const std::string& what) {
    ++report.failed;
    report.failures.push_back(fmt::format("random module {}: {}", seed, what));
    return report;
  };
  const auto module = Module::create(test::random_module(seed));
  if (!module) return fail(module.error().to_line("module"));

  MachineConfig config;
  config.hosts = spectest_hosts();
  config.stack_limit_slots = kStackSlots;
  Store reference(config, make_straight_driver(), kFuelOfACall);
  config.kind = options.mode == Mode::kChain ? CodeKind::kStepping : options.kind;
  Store subject(config, make_driver(options, config, seed, 0), kFuelOfACall);
  for (Store* store : {&subject, &reference}) {
    const auto made = store->instantiate(*module, "");
    if (!made || !made->outcome.returned()) return fail("it cannot be instantiated");
  }

  test::RandomSource random(seed);
  const uint32_t functions = (*module)->func_count() - (*module)->imported_funcs;
  for (uint32_t i = 0; i < kRounds * functions; ++i) {
    const uint32_t f = i % functions;
    Action action;
    action.field = fmt::format("f{}", f);
    action.args = test::random_args(random, (*module)->func_type((*module)->imported_funcs + f));
    const auto effect = subject.act(action);
    const auto undisturbed = reference.act(action);
    if (!effect || !undisturbed) return fail("no export " + action.field);
    const std::string complaint = complaint_about(subject, reference, *effect, *undisturbed);
    if (!complaint.empty())
      return fail(fmt::format("call {} of {}: {}", i, action.field, complaint));
    ++report.passed;
    if (undisturbed->outcome.kind == OutcomeKind::kOutOfFuel) break;
  }
  return report;
}

}  // namespace tine::spec
