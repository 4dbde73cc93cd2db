// The order of a measurement: load, look at what a run dirties, baselines while nothing else lives,
// make the forks, let them run, see what they took.
#include "forkbench_run.h"

#include <algorithm>
#include <set>
#include <thread>

#include "baselines.h"
#include "clock.h"

namespace tine::bench {
namespace {

constexpr uint64_t kPageBytes = 4096;
constexpr int kBaselineRounds = 25;
constexpr size_t kProfiledInputs = 64;

[[nodiscard]] std::shared_ptr<const HostRegistry> wasi_registry() {
  auto hosts = std::make_shared<HostRegistry>();
  hosts->add_all(wasi_functions());
  hosts->add_all(jump_functions());
  return hosts;
}

[[nodiscard]] Result<Forks> make_forks(const std::shared_ptr<const Snapshot>& snapshot,
                                       const ForkbenchOptions& options) {
  const ForkConfig config{
      .hosts = wasi_registry(), .kind = CodeKind::kPlain, .seed = 0, .preopens = options.preopens};
  Forks forks;
  for (uint32_t i = 0; i < options.forks; ++i) {
    TINE_TRY_ASSIGN(forks.emplace_back(), Fork::create(snapshot, config));
  }
  return forks;
}

/// One run of a fork that stands at its snapshot; it is left where it ended.
Outcome run_once(Machine& machine, const Input& input, uint64_t fuel) {
  machine.world().set_stdin(input);
  return machine.run(fuel);
}

/// The 4 KiB pages of memory 0 that a run writes to, as addresses.
[[nodiscard]] std::set<uint64_t> dirty_pages_of(Machine& machine) {
  std::set<uint64_t> pages;
  if (machine.memory_count() == 0) return pages;
  machine.memory(0).for_each_dirty_card([&pages](uint64_t address, uint64_t /*size*/) {
    pages.insert(address / kPageBytes * kPageBytes);
  });
  return pages;
}

/// Runs some inputs to see which pages they dirty. Returns those of the median input.
[[nodiscard]] std::vector<uint64_t> profile_pages(Fork& fork, std::span<const Input> inputs,
                                                  uint64_t fuel, double& mean) {
  std::vector<std::vector<uint64_t>> all;
  double total = 0;
  for (const Input& input : inputs.first(std::min(inputs.size(), kProfiledInputs))) {
    (void)run_once(fork.machine(), input, fuel);
    const std::set<uint64_t> pages = dirty_pages_of(fork.machine());
    fork.reset();
    total += static_cast<double>(pages.size());
    all.emplace_back(pages.begin(), pages.end());
  }
  mean = total / static_cast<double>(all.size());
  const auto middle = all.begin() + static_cast<ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return *middle;
}

/// fork(2) and memcpy, interleaved, on resident copies of memory 0.
void measure_baselines(const Snapshot& snapshot, std::span<const uint64_t> pages,
                       ForkbenchResult& result) {
  if (snapshot.state().memories.empty()) return;
  const std::span<const uint8_t> memory = snapshot.state().memories[0].contents.bytes;
  std::vector<uint64_t> inside;  // a run may have grown its memory; the baseline cannot
  for (const uint64_t page : pages)
    if (page < memory.size()) inside.push_back(page);
  ResidentCopy forked(memory, ResidentCopy::Use::kForking);
  ResidentCopy copied(memory, ResidentCopy::Use::kCopying);
  std::vector<double> fork_ns;
  std::vector<double> memcpy_ns;
  for (int round = 0; round < kBaselineRounds; ++round) {
    fork_ns.push_back(static_cast<double>(forked.fork_ns(inside)));
    memcpy_ns.push_back(static_cast<double>(copied.copy_all_ns()));
  }
  result.fork2_ns = median(fork_ns);
  result.memcpy_ns = median(memcpy_ns);
}

/// One thread's share: its forks take turns until the time is over.
void work(std::span<const std::unique_ptr<Fork>> forks, std::span<const Input> inputs,
          uint64_t fuel, uint64_t end_ns, RunCounts& counts) {
  const uint64_t overhead_ns = timer_overhead_ns();
  for (uint64_t turn = 0; now_ns() < end_ns; ++turn) {
    Fork& fork = *forks[turn % forks.size()];
    const uint64_t before = fork.machine().instructions();
    const Outcome outcome = run_once(fork.machine(), inputs[turn % inputs.size()], fuel);
    ++counts.runs;
    counts.instructions += fork.machine().instructions() - before;
    ++counts.outcomes[static_cast<size_t>(outcome.kind)];
    const uint64_t begin = now_ns();
    const ResetStats stats = fork.reset();
    const uint64_t took = now_ns() - begin;
    counts.reset_ns.add(took - std::min(took, overhead_ns));
    counts.dirty_cards += stats.dirty_cards;
  }
}

/// Spreads the forks over threads and lets them run.
void run_all(const Forks& forks, std::span<const Input> inputs, const ForkbenchOptions& options,
             ForkbenchResult& result) {
  const uint64_t begin = now_ns();
  const uint64_t end = begin + static_cast<uint64_t>(options.seconds * 1e9);
  std::vector<RunCounts> counts(result.threads);
  std::vector<std::jthread> threads;
  for (uint32_t t = 0; t < result.threads; ++t) {
    const size_t first = forks.size() * t / result.threads;
    const size_t last = forks.size() * (t + 1) / result.threads;
    threads.emplace_back([&, t, share = std::span(forks).subspan(first, last - first)] {
      work(share, inputs, options.fuel, end, counts[t]);
    });
  }
  threads.clear();  // joins
  result.seconds = static_cast<double>(now_ns() - begin) / 1e9;
  for (const RunCounts& c : counts) result.counts.add(c);
}

}  // namespace

void RunCounts::add(const RunCounts& other) {
  runs += other.runs;
  instructions += other.instructions;
  dirty_cards += other.dirty_cards;
  for (size_t i = 0; i < kOutcomeKinds; ++i) outcomes[i] += other.outcomes[i];
  reset_ns.add(other.reset_ns);
}

Result<ForkbenchResult> run_forkbench(const ForkbenchOptions& options,
                                      std::span<const Input> inputs) {
  ForkbenchResult result;
  uint64_t begin = now_ns();
  TINE_TRY_ASSIGN(const auto snapshot,
                  Snapshot::load(options.snapshot_path,
                                 options.map_file ? MemorySource::kMapFile : MemorySource::kCopy));
  result.load_ns = static_cast<double>(now_ns() - begin);
  result.inputs = inputs.size();
  for (const MemoryState& memory : snapshot->state().memories)
    result.memory_bytes += memory.contents.bytes.size();
  result.threads = std::clamp(std::thread::hardware_concurrency(), 1u, options.forks);

  // One fork goes ahead: it shows which pages a run dirties, and translates the code that all share.
  ForkbenchOptions one = options;
  one.forks = 1;
  std::vector<uint64_t> pages;
  {
    TINE_TRY_ASSIGN(const Forks scout, make_forks(snapshot, one));
    pages = profile_pages(*scout[0], inputs, options.fuel, result.dirty_pages);
  }
  measure_baselines(*snapshot, pages, result);

  const ProcessMemory before = process_memory();
  begin = now_ns();
  TINE_TRY_ASSIGN(const Forks forks, make_forks(snapshot, options));
  result.create_ns = static_cast<double>(now_ns() - begin) / options.forks;
  run_all(forks, inputs, options, result);
  const ProcessMemory after = process_memory();
  const auto growth_of_one = [&](uint64_t then, uint64_t now) {
    return (now - std::min(then, now)) / options.forks;
  };
  result.per_fork = {
      .anonymous_bytes = growth_of_one(before.anonymous_bytes, after.anonymous_bytes),
      .page_table_bytes = growth_of_one(before.page_table_bytes, after.page_table_bytes)};
  if (options.verify)
    for (const auto& fork : forks) result.differing_forks += fork->verify().empty() ? 0 : 1;
  return result;
}

}  // namespace tine::bench
