// The report in two forms from one result.
#include "forkbench_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tine::bench {
namespace {

constexpr std::array<const char*, kOutcomeKinds> kOutcomeNames = {
    "returned", "exited", "trapped", "paused", "out_of_fuel", "host_error"};

[[nodiscard]] double a_run(uint64_t total, const ForkbenchResult& result) {
  return static_cast<double>(total) /
         static_cast<double>(std::max<uint64_t>(1, result.counts.runs));
}

[[nodiscard]] double runs_per_second(const ForkbenchResult& result) {
  return static_cast<double>(result.counts.runs) / std::max(result.seconds, 1e-9);
}

[[nodiscard]] std::string duration(double ns) {
  if (ns < 1e3) return fmt::format("{:.0f} ns", ns);
  if (ns < 1e6) return fmt::format("{:.2f} us", ns / 1e3);
  if (ns < 1e9) return fmt::format("{:.2f} ms", ns / 1e6);
  return fmt::format("{:.2f} s", ns / 1e9);
}

[[nodiscard]] std::string size(uint64_t bytes) {
  if (bytes < (uint64_t{1} << 20)) return fmt::format("{} KiB", bytes >> 10);
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

/// How many resets one gets for the price of this.
[[nodiscard]] std::string ratio(double ns, const ForkbenchResult& result) {
  const double reset =
      static_cast<double>(std::max<uint64_t>(1, result.counts.reset_ns.percentile(50)));
  return fmt::format("{:.0f} x the median reset", ns / reset);
}

}  // namespace

nlohmann::ordered_json to_json(const ForkbenchOptions& options, const ForkbenchResult& result) {
  const Histogram& reset = result.counts.reset_ns;
  nlohmann::ordered_json outcomes;
  for (size_t i = 0; i < kOutcomeKinds; ++i) outcomes[kOutcomeNames[i]] = result.counts.outcomes[i];
  nlohmann::ordered_json out = {
      {"snapshot", options.snapshot_path},
      {"forks", options.forks},
      {"threads", result.threads},
      {"seconds", result.seconds},
      {"inputs", result.inputs},
      {"memory_bytes", result.memory_bytes},
      {"load_ns", result.load_ns},
      {"create_ns", result.create_ns},
      {"runs", result.counts.runs},
      {"runs_per_second", runs_per_second(result)},
      {"outcomes", outcomes},
      {"instructions_per_run", a_run(result.counts.instructions, result)},
      {"dirty_cards_per_run", a_run(result.counts.dirty_cards, result)},
      {"dirty_pages_per_run", result.dirty_pages},
      {"reset_ns",
       {{"p50", reset.percentile(50)},
        {"p90", reset.percentile(90)},
        {"p99", reset.percentile(99)},
        {"max", reset.max()}}},
      {"private_bytes_per_fork", result.per_fork.anonymous_bytes},
      {"page_table_bytes_per_fork", result.per_fork.page_table_bytes},
      {"fork2_ns", result.fork2_ns},
      {"memcpy_ns", result.memcpy_ns},
  };
  if (options.verify) out["differing_forks"] = result.differing_forks;
  return out;
}

std::string to_table(const ForkbenchOptions& options, const ForkbenchResult& result) {
  const Histogram& reset = result.counts.reset_ns;
  std::string out;
  const auto row = [&out](const char* name, const std::string& text) {
    out += fmt::format("{:<14}{}\n", name, text);
  };
  row("snapshot", fmt::format("{}: {} of memory, loaded in {}", options.snapshot_path,
                              size(result.memory_bytes), duration(result.load_ns)));
  row("forks", fmt::format("{} live on {} threads, each made in {}", options.forks, result.threads,
                           duration(result.create_ns)));
  row("runs",
      fmt::format("{:.0f}/s (resets + runs; {} in {:.1f} s, {} inputs)", runs_per_second(result),
                  result.counts.runs, result.seconds, result.inputs));
  std::string outcomes;
  for (size_t i = 0; i < kOutcomeKinds; ++i)
    if (result.counts.outcomes[i] != 0)
      outcomes += fmt::format("{}{} {}", outcomes.empty() ? "" : ", ", result.counts.outcomes[i],
                              kOutcomeNames[i]);
  row("outcomes", outcomes);
  row("a run", fmt::format("{:.0f} instructions, {:.1f} dirty cards, {:.1f} dirty 4 KiB pages",
                           a_run(result.counts.instructions, result),
                           a_run(result.counts.dirty_cards, result), result.dirty_pages));
  row("reset", fmt::format("p50 {}, p90 {}, p99 {}, max {}",
                           duration(static_cast<double>(reset.percentile(50))),
                           duration(static_cast<double>(reset.percentile(90))),
                           duration(static_cast<double>(reset.percentile(99))),
                           duration(static_cast<double>(reset.max()))));
  row("a fork takes",
      fmt::format("{} of private memory, {} of page tables", size(result.per_fork.anonymous_bytes),
                  size(result.per_fork.page_table_bytes)));
  row("fork(2)", fmt::format("{} for as many dirty pages: {}", duration(result.fork2_ns),
                             ratio(result.fork2_ns, result)));
  row("memcpy", fmt::format("{} for all of memory: {}", duration(result.memcpy_ns),
                            ratio(result.memcpy_ns, result)));
  if (options.verify)
    row("verified", result.differing_forks == 0
                        ? "every fork equals the snapshot"
                        : fmt::format("{} FORKS DIFFER", result.differing_forks));
  return out;
}

}  // namespace tine::bench
