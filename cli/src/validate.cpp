// tine validate: whether files are valid WebAssembly.
#include <memory>

#include "commands.h"
#include "ending.h"
#include "tine/program.h"

namespace tine::cli {

namespace {

Result<void> validate(const std::string& path) {
  TINE_TRY_ASSIGN(auto bytes, read_file(path));
  TINE_TRY(Module::create(std::move(bytes)));
  return {};
}

}  // namespace

void add_validate(CLI::App& app, int& status) {
  auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("validate", "Checks that files are valid WebAssembly");
  command->add_option("FILE", *files, "Modules in the binary format")->required();
  command->footer(
      "Prints one line `file:0xoffset: message` for each bad file, and exits with 1 then.\n"
      "Example:\n"
      "  tine validate app.wasm library.wasm");
  command->callback([files, &status] {
    for (const std::string& file : *files)
      if (const auto valid = validate(file); !valid) status = end_with_error(valid.error(), file);
  });
}

}  // namespace tine::cli
