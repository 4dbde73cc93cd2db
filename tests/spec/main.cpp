// spec_runner: runs the official WebAssembly test suite (README.md has the rules and modes).
//
//   spec_runner --suite DIR [--kind plain|stepping|covered] [--chain|--mix|--fork] [FILE.wast…]
//   spec_runner --random-modules N [--seed S] …    random modules instead
//   spec_runner --link-server                      runs links for another build (link_peer.h)
//
// Exit code 0: everything passed, or there is no suite (said loudly); 1: something failed.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "spec/link_peer.h"
#include "spec/pending.h"
#include "spec/random_run.h"
#include "spec/session.h"
#include "spec/spectest.h"
#include "spec/workers.h"

namespace tine::spec {
namespace {

namespace fs = std::filesystem;

struct Options {
  fs::path suite = fs::path(TINE_SOURCE_DIR) / ".." / "shared" / "spec-testsuite";
  fs::path pending = fs::path(TINE_SOURCE_DIR) / "tests" / "spec" / "pending.txt";
  size_t jobs = 2;
  bool check_pending = false;
  bool is_link_server = false;
  uint64_t random_modules = 0;
  std::vector<std::string> only;
  std::vector<std::string> without;
  size_t sample_files = 1;
  SessionOptions session;
};

/// One file to run, or an entry of pending.txt to check: without it something must fail.
struct Task {
  std::string name;
  std::vector<uint32_t> pending_lines;
  std::string checked_entry;  // `FILE` or `FILE:LINE`, or empty
};

Report run_task(const Options& options, const Task& task) {
  Report report;
  try {
    const Script script = read_script_file(options.suite, task.name, task.pending_lines);
    report = run_script(script, options.session);
    report.skipped += script.left_out;
  } catch (const std::exception& e) {
    ++report.failed;
    report.failures.push_back(fmt::format("{}: {}", task.name, e.what()));
  }
  return report;
}

/// An entry is right as long as something fails without it: what passes must be run.
Report check_pending_task(const Options& options, const Task& task) {
  const bool is_needed = run_task(options, task).failed > 0;
  Report report;
  report.failed = is_needed ? 0 : 1;
  report.skipped = is_needed ? 1 : 0;
  if (!is_needed)
    report.failures.push_back(task.checked_entry + ": passes: take it off pending.txt");
  return report;
}

std::string serialize(const Report& report) {
  std::string text = fmt::format("{} {} {}\n", report.passed, report.failed, report.skipped);
  for (const std::string& failure : report.failures) text += failure + "\n";
  return text;
}

Report deserialize(const Answer& answer, const std::string& name) {
  Report report;
  if (answer.has_died) {
    report.failed = 1;
    report.failures.push_back(fmt::format("{}: the runner died: {}", name, answer.text));
    return report;
  }
  std::istringstream in(answer.text);
  in >> report.passed >> report.failed >> report.skipped >> std::ws;
  for (std::string line; std::getline(in, line);) report.failures.push_back(line);
  return report;
}

/// Adds counts and failures.
void add(Report& sum, const Report& report) {
  sum.passed += report.passed;
  sum.failed += report.failed;
  sum.skipped += report.skipped;
  sum.failures.insert(sum.failures.end(), report.failures.begin(), report.failures.end());
}

/// All .wast files of the suite, as names relative to it, sorted.
std::vector<std::string> suite_files(const fs::path& suite) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(suite))
    if (entry.path().extension() == ".wast")
      names.push_back(fs::relative(entry.path(), suite).generic_string());
  std::ranges::sort(names);
  return names;
}

/// A task for each line of a file that is listed: the file without that entry.
void add_line_checks(std::vector<Task>& tasks, const std::string& name,
                     const std::vector<uint32_t>& lines) {
  for (const uint32_t line : lines) {
    Task task{name, {}, fmt::format("{}:{}", name, line)};
    std::ranges::copy_if(lines, std::back_inserter(task.pending_lines),
                         [line](uint32_t other) { return other != line; });
    tasks.push_back(task);
  }
}

/// Every file of the suite is run or pending, and nothing else is listed. Throws otherwise.
std::vector<Task> plan(const Options& options) {
  const std::vector<std::string> names = suite_files(options.suite);
  PendingList pending = read_pending(options.pending);
  const auto must_exist = [&](const auto& listed) {
    for (const auto& entry : listed)
      if (!std::ranges::binary_search(names, entry.first))
        throw std::runtime_error("pending.txt: no such file in the suite: " + entry.first);
  };
  must_exist(pending.files);
  must_exist(pending.lines);
  std::vector<Task> tasks;
  for (size_t i = options.sample_files - 1; i < names.size(); i += options.sample_files) {
    const std::string& name = names[i];
    if (std::ranges::find(options.without, name) != options.without.end()) continue;
    const bool is_asked_for = std::ranges::find(options.only, name) != options.only.end();
    if (!options.only.empty() && !is_asked_for) continue;
    const bool is_pending = pending.files.contains(name);
    if (is_pending && !is_asked_for && !options.check_pending) continue;
    tasks.push_back({name, pending.lines[name], is_pending && !is_asked_for ? name : ""});
    if (options.check_pending) add_line_checks(tasks, name, pending.lines[name]);
  }
  for (const std::vector<std::string>* named : {&options.only, &options.without})
    for (const std::string& name : *named)
      if (!std::ranges::binary_search(names, name))
        throw std::runtime_error("no such file in the suite: " + name);
  return tasks;
}

int run_suite(const Options& options) {
  if (!fs::is_directory(options.suite)) {
    fmt::print("SPEC SUITE SKIPPED: there is no folder {}\n", options.suite.string());
    fmt::print("0 passed, 0 failed, 1 skipped\n");
    return 0;
  }
  const std::vector<Task> tasks = plan(options);
  Report total;
  run_workers(
      tasks.size(), options.jobs,
      [&](size_t i) {
        const Task& task = tasks[i];
        return serialize(task.checked_entry.empty() ? run_task(options, task)
                                                    : check_pending_task(options, task));
      },
      [&](size_t i, const Answer& answer) {
        const Report report = deserialize(answer, tasks[i].name);
        for (const std::string& failure : report.failures) fmt::print("{}\n", failure);
        if (tasks[i].checked_entry.empty() || report.failed > 0)
          fmt::print("{}: {} passed, {} failed, {} skipped\n", tasks[i].name, report.passed,
                     report.failed, report.skipped);
        add(total, report);
      });
  fmt::print("{} passed, {} failed, {} skipped\n", total.passed, total.failed, total.skipped);
  return total.failed == 0 ? 0 : 1;
}

/// In batches, so that a module that kills the runner costs one batch and is named by its seeds.
int run_random_modules(const Options& options) {
  constexpr uint64_t kBatch = 50;
  const uint64_t first = options.session.seed;
  const uint64_t end = first + options.random_modules;
  const auto seed_of_batch = [&](size_t i) { return first + i * kBatch; };
  Report total;
  run_workers((options.random_modules + kBatch - 1) / kBatch, options.jobs,
              [&](size_t i) {
                Report batch;
                for (uint64_t seed = seed_of_batch(i); seed < std::min(seed_of_batch(i + 1), end);
                     ++seed)
                  add(batch, run_random_module(seed, options.session));
                return serialize(batch);
              },
              [&](size_t i, const Answer& answer) {
                const Report batch =
                    deserialize(answer, fmt::format("random modules from {} on", seed_of_batch(i)));
                for (const std::string& failure : batch.failures) fmt::print("{}\n", failure);
                add(total, batch);
              });
  fmt::print("{} passed, {} failed, {} skipped\n", total.passed, total.failed, total.skipped);
  return total.failed == 0 ? 0 : 1;
}

/// Runs links for another build until it has no more.
int run_link_server() {
  MachineConfig config;
  config.hosts = spectest_hosts();
  serve_links(STDIN_FILENO, STDOUT_FILENO, config);
  return 0;
}

int main_with_options(int argc, char** argv) {
  Options options;
  CLI::App app{"Runs the official WebAssembly test suite in tine."};
  app.add_option("--suite", options.suite, "folder with the .wast files");
  app.add_option("--pending", options.pending, "list of what is left out");
  app.add_option("-j", options.jobs, "files at a time")->check(CLI::Range(1, 256));
  app.add_flag("--check-pending", options.check_pending,
               "also: something fails without each entry of the list");
  auto* only = app.add_option("files", options.only, "only these files, pending or not");
  app.add_option("--without", options.without, "not this file (several times)")
      ->allow_extra_args(false)
      ->excludes(only);
  app.add_option("--sample-files", options.sample_files, "every so manyth file only")
      ->check(CLI::Range(1, 1000))
      ->excludes(only);
  const std::map<std::string, CodeKind> kinds{{"plain", CodeKind::kPlain},
                                              {"covered", CodeKind::kCovered},
                                              {"stepping", CodeKind::kStepping}};
  app.add_option("--kind", options.session.kind, "kind of code")
      ->transform(CLI::CheckedTransformer(kinds));
  auto* modes = app.add_option_group("mode")->require_option(0, 1);
  const auto add_mode = [&](const char* flag, Mode mode, const char* text) {
    modes->add_flag_callback(flag, [&options, mode] { options.session.mode = mode; }, text);
  };
  add_mode("--chain", Mode::kChain, "snapshot, load and go on after every instruction");
  add_mode("--mix", Mode::kMix, "change the kind of code at random instructions");
  add_mode("--fork", Mode::kFork, "make every call in a fork, reset and verify it, first");
  ChainOptions& chain = options.session.chain;
  app.add_option("--sample-calls", chain.most_calls,
                 "chain, fork: look into about so many calls a file");
  app.add_option("--sample-hops", chain.most_links,
                 "chain: so many links a call, then ever longer ones");
  app.add_flag("--change-kind", chain.changes_kind,
               "chain: another kind of code at each link, and 1 to 89 instructions");
  app.add_option("--other", options.session.peer,
                 "chain: command of another build's spec_runner, which runs every link as well");
  app.add_option("--random-modules", options.random_modules,
                 "not the suite, but so many random modules");
  app.add_option("--seed", options.session.seed, "of mix's choices; of the first random module");
  app.add_flag("--link-server", options.is_link_server, "run links for another build");
  CLI11_PARSE(app, argc, argv);
  if (options.is_link_server) return run_link_server();
  if (options.session.mode != Mode::kChain && (chain.changes_kind || !options.session.peer.empty()))
    throw std::runtime_error("--change-kind and --other go with --chain");
  return options.random_modules > 0 ? run_random_modules(options) : run_suite(options);
}

}  // namespace
}  // namespace tine::spec

int main(int argc, char** argv) {
  try {
    return tine::spec::main_with_options(argc, argv);
  } catch (const std::exception& e) {
    fmt::print(stderr, "spec_runner: {}\n", e.what());
    return 1;
  }
}
