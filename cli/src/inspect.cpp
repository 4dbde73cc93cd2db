// tine inspect: what is in a module or a snapshot. The file's first bytes decide which it is.
#include "inspect.h"

#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "tine/program.h"

namespace tine::cli {

namespace {

using Print = void (*)(const std::string& file, const Json& facts);

void show(const std::string& file, const Json& facts, bool json, Print print) {
  if (json) return print_json(facts);
  print(escape_for_terminal(file), facts);
}

Result<void> inspect(const std::string& path, const std::vector<std::string>& modules, bool json) {
  std::vector<uint8_t> bytes;
  if (path != "-") {  // a pipe brings a snapshot
    TINE_TRY_ASSIGN(bytes, read_file(path));
  }
  if (is_module(bytes)) {
    TINE_TRY_ASSIGN(auto module, make_module(std::move(bytes)));
    show(path, module_facts(*module), json, print_module);
    return {};
  }
  TINE_TRY_ASSIGN(auto loaded, load_modules(modules));
  TINE_TRY_ASSIGN(const SnapshotView view, open_snapshot(path, std::move(loaded)));
  std::optional<SnapshotOutline> outline;
  if (path != "-") {  // a pipe is read once
    TINE_TRY_ASSIGN(outline, read_snapshot_outline(path));
  }
  show(path, snapshot_facts(path, view, outline ? &*outline : nullptr), json, print_snapshot);
  return {};
}

}  // namespace

void add_inspect(CLI::App& app, int& status) {
  struct Options {
    std::string file;
    std::vector<std::string> modules;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("inspect", "Shows what is in a module or a snapshot");
  command->add_option("FILE", options->file, "app.wasm, app.wat or state.snap")
      ->type_name("FILE")
      ->required();
  add_modules(*command, options->modules);
  add_json(*command, options->json);
  command->footer(
      "Of a module: sections with their offsets and sizes, types, imports, exports, tables, "
      "memories,\n"
      "globals, segments; --json lists the functions, too. Of a snapshot: where it stands, with "
      "typed\n"
      "locals, pending calls, memory map, globals, tables, open files, instruction count, sizes,\n"
      "a delta's parent and changed pages, and what the file does not hold. --json has every field "
      "of\n"
      "the state besides.\n"
      "Examples:\n"
      "  tine inspect app.wasm\n"
      "  tine inspect --json state.snap | jq .frames[0]");
  command->callback([options, &status] {
    const Result<void> done = inspect(options->file, options->modules, options->json);
    if (!done) status = end_with_error(done.error(), options->file);
  });
}

}  // namespace tine::cli
