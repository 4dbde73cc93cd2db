// tine inspect: what is in a module or a snapshot. The file's first bytes decide which it is.
#include "inspect.h"

#include <memory>

#include <fmt/format.h>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "tine/program.h"

namespace tine::cli {

namespace {

using Print = void (*)(const std::string& file, const Json& facts);

void show(const std::string& file, const Json& facts, bool json, Print print) {
  if (!json) return print(escape_for_terminal(file), facts);
  // Names may be any bytes; JSON text may not.
  fmt::print("{}\n", facts.dump(2, ' ', false, Json::error_handler_t::replace));
}

Result<void> inspect(const std::string& path, const std::vector<std::string>& modules, bool json) {
  TINE_TRY_ASSIGN(auto bytes, read_file(path));
  if (is_wasm(bytes)) {
    TINE_TRY_ASSIGN(auto module, Module::create(std::move(bytes)));
    show(path, module_facts(*module), json, print_module);
    return {};
  }
  LoadOptions how;
  how.source = MemorySource::kMapFile;
  TINE_TRY_ASSIGN(how.modules, load_modules(modules));
  TINE_TRY_ASSIGN(auto snapshot, Snapshot::load(path, how));
  TINE_TRY_ASSIGN(const Json facts, snapshot_facts(path, *snapshot));
  show(path, facts, json, print_snapshot);
  return {};
}

}  // namespace

std::string human_bytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes);
  for (const char* unit : {"KiB", "MiB"}) {
    amount /= 1024;
    if (amount < 1024) return fmt::format("{:.1f} {}", amount, unit);
  }
  return fmt::format("{:.1f} GiB", amount / 1024);
}

std::string shown(const Json& name) {
  return escape_for_terminal(name.get_ref<const std::string&>());
}

void add_inspect(CLI::App& app, int& status) {
  struct Options {
    std::string file;
    std::vector<std::string> modules;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("inspect", "Shows what is in a module or a snapshot");
  command->add_option("FILE", options->file, "app.wasm or state.snap")->required();
  add_modules(*command, options->modules);
  add_json(*command, options->json);
  command->footer(
      "Of a module: types, imports, exports, sizes. Of a snapshot: where it stands, with typed\n"
      "locals, memory map, globals, tables, open files, instruction count, sizes.\n"
      "Examples:\n"
      "  tine inspect app.wasm\n"
      "  tine inspect --json state.snap | jq .frames[0]");
  command->callback([options, &status] {
    const Result<void> done = inspect(options->file, options->modules, options->json);
    if (!done) status = end_with_error(done.error(), options->file);
  });
}

}  // namespace tine::cli
