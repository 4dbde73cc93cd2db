// tine validate: whether files are valid WebAssembly.
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "ending.h"
#include "tine/program.h"

namespace tine::cli {

namespace {}  // namespace

void add_validate(CLI::App& app, int& status) {
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("validate", "Checks that files are valid WebAssembly");
  command->add_option("FILE", *files, "Modules in the binary or the text format")
      ->type_name("FILE")
      ->required();
  command->footer(
      "Prints one line for each bad file, and exits with 1 then: `file:0xoffset: message`, or of "
      "a\n"
      "text `file:line:column: message`.\n"
      "Example:\n"
      "  tine validate app.wasm library.wasm");
  command->callback([files, &status] {
    for (const std::string& file : *files)
      if (const auto module = load_module(file); !module)
        status = end_with_error(module.error(), file);
  });
}

}  // namespace tine::cli
