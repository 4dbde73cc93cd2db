// tine: the command line.
#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "options.h"

int main(int argc, char** argv) {
  using namespace tine::cli;
  CLI::App app("tine: freeze WebAssembly programs, fork them, fuzz them", "tine");
  app.set_version_flag("--version", "tine " TINE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Options of tine come before the program, arguments of the program after it.\n"
      "Exit codes: the guest's own; 134 trap; 124 out of fuel; 1 bad data; 2 usage;\n"
      "of fuzz libFuzzer's: 77 crash, 70 timeout; of diff 3: they differ.\n"
      "`tine COMMAND --help` shows options and examples.\n"
      "Example:\n"
      "  tine run --dir data::/data app.wasm /data/input.txt");
  int status = 0;
  for (const auto add :
       {add_run, add_validate, add_inspect, add_disasm, add_diff, add_snapshot, add_resume,
        add_verify, add_pack, add_unpack, add_flatten, add_fuzz, add_replay, add_completion})
    add(app, status);
  try {
    std::vector<std::string> words = words_of(app, argc, argv);
    std::ranges::reverse(words);  // which is how CLI11 takes them
    app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? 0 : kExitUsage;
  }
  return status;
}
