#include "tine/fuzz.h"

#include "compare_trace.h"
#include "coverage_map.h"
#include "ending.h"
#include "engine_flags.h"
#include "libfuzzer.h"
#include "symbols.h"
#include "tine/check.h"
#include "tine/report.h"
#include "tine/runner.h"

namespace tine {

namespace {

/// Everything that lives as long as the engine runs. libFuzzer calls back with no pointer of ours,
/// hence the one global below.
class Campaign {
 public:
  Campaign(std::unique_ptr<InputRunner> runner, const FuzzOptions& options);

  void run_one(std::span<const uint8_t> input);

 private:
  void connect_instance(InstanceIdx instance, const FuzzOptions& options);

  std::unique_ptr<InputRunner> runner_;
  const uint64_t fuel_;
  const EngineFlags flags_;
  const std::string label_;
  std::vector<std::unique_ptr<CoverageMap>> maps_;       // one an instance
  std::vector<std::unique_ptr<CompareTrace>> compares_;  // one an instance, if asked for
};

Campaign* g_campaign = nullptr;

Campaign::Campaign(std::unique_ptr<InputRunner> runner, const FuzzOptions& options)
    : runner_(std::move(runner)),
      fuel_(options.fuel),
      flags_(EngineFlags::parse(options.engine_args)),
      label_(program_label(options.snapshot->state())) {
  std::vector<std::shared_ptr<const Module>> modules;
  for (InstanceIdx i = 0; i < runner_->machine().instance_count(); ++i) {
    connect_instance(i, options);
    modules.push_back(runner_->machine().module_ref(i));
  }
  set_symbols(std::move(modules), label_);
}

void Campaign::connect_instance(InstanceIdx instance, const FuzzOptions& options) {
  Machine& machine = runner_->machine();
  const Module& module = machine.module_of(instance);
  maps_.push_back(std::make_unique<CoverageMap>(instance, module));
  maps_.back()->register_with_engine();
  CoverageSinks sinks;
  sinks.counters = maps_.back()->counters();
  if (options.trace_compares) {
    compares_.push_back(std::make_unique<CompareTrace>(module, options.match_bits));
    compares_.back()->connect(sinks);
  }
  machine.set_coverage(instance, sinks);
}

void Campaign::run_one(std::span<const uint8_t> input) {
  const Outcome outcome = runner_->run(input, fuel_);
  const Finding finding{runner_->machine(), outcome, runner_->instructions(), input, label_};
  switch (outcome.kind) {
    case OutcomeKind::kReturned:
    case OutcomeKind::kExited:  // with whatever code: a parser that refuses its input is no crash
      return;
    case OutcomeKind::kTrapped:
    case OutcomeKind::kHostError: end_with_crash(finding, flags_);
    case OutcomeKind::kOutOfFuel: end_with_timeout(finding, flags_);
    case OutcomeKind::kPaused: TINE_CHECK(!"no trigger is set in a fork");
  }
}

int run_one_input(const uint8_t* data, size_t size) {
  g_campaign->run_one({data, size});
  return 0;
}

}  // namespace

Result<int> fuzz(const FuzzOptions& options) {
  ForkConfig config = options.fork;
  config.kind = CodeKind::kCovered;
  TINE_TRY_ASSIGN(auto runner, InputRunner::create(options.snapshot, config));
  Campaign campaign(std::move(runner), options);
  g_campaign = &campaign;

  // What a guest leaks is its own affair. libFuzzer's leak check counts our allocations, and would
  // run an input a second time where a sanitizer's own bookkeeping unbalances them.
  std::vector<std::string> args = {options.self_command, "-detect_leaks=0"};
  args.insert(args.end(), options.engine_args.begin(), options.engine_args.end());
  std::vector<char*> argv;
  argv.reserve(args.size() + 1);
  for (std::string& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  int argc = static_cast<int>(args.size());
  char** arguments = argv.data();
  return LLVMFuzzerRunDriver(&argc, &arguments, run_one_input);
}

}  // namespace tine
