// What forkbench understands, by CLI11.
#include "forkbench_options.h"

#include <CLI/CLI.hpp>

namespace tine::bench {
namespace {

constexpr const char* kDescription =
    "Fans a snapshot out into live forks and runs them: each run is reset, a new standard input, "
    "run. Prints the rate, what a reset costs, what a fork takes, and fork(2) and memcpy beside "
    "it.";

constexpr const char* kExamples =
    "Examples:\n"
    "  forkbench --from sqlite.snap -j 64\n"
    "  forkbench --from sqlite.snap -j 64 --seconds 10 --input corpus/sqlite/seeds\n"
    "  forkbench --from app.snap -j 8 --dir ./data::/data --json\n"
    "\n"
    "Exit codes: 0 measured, 1 bad data (unreadable snapshot or input, a fork that differs after\n"
    "reset), 2 usage.\n";

/// `HOST::GUEST`, or one path for both.
[[nodiscard]] Preopen parse_preopen(const std::string& text) {
  const size_t middle = text.find("::");
  if (middle == std::string::npos) return {text, text};
  return {text.substr(0, middle), text.substr(middle + 2)};
}

}  // namespace

std::optional<ForkbenchOptions> parse_forkbench_options(int argc, char** argv, int& exit_code) {
  ForkbenchOptions options;
  std::vector<std::string> folders;
  CLI::App app(kDescription, "forkbench");
  app.footer(kExamples);
  app.option_defaults()->always_capture_default();
  app.add_option("--from", options.snapshot_path, "snapshot to fork from")
      ->required()
      ->type_name("FILE.snap");
  app.add_option("-j,--forks", options.forks, "live forks, scheduled over the cores")
      ->type_name("N")
      ->check(CLI::Range(1, 16'000));
  app.add_option("--seconds", options.seconds, "how long to run")
      ->type_name("S")
      ->check(CLI::Range(0.01, 86'400.0));
  app.add_option("--fuel", options.fuel, "most instructions of one run")->type_name("N");
  app.add_option("--input", options.input_path,
                 "standard input of the runs: a file, or a folder whose files take turns")
      ->type_name("PATH");
  app.add_option("--dir", folders, "folder that the guest may read, as wasmtime's --dir")
      ->type_name("HOST::GUEST");
  app.add_flag("--map-file", options.map_file,
               "map the snapshot file instead of copying it; it must not change meanwhile");
  app.add_flag("--verify", options.verify,
               "compare every fork with the snapshot at the end, byte by byte");
  app.add_flag("--json", options.json, "print the figures as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  for (const std::string& folder : folders) options.preopens.push_back(parse_preopen(folder));
  return options;
}

}  // namespace tine::bench
