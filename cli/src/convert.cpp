// tine pack, unpack, flatten: from one form of a snapshot's file to another.
#include <memory>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "tine/snapshot_files.h"

namespace tine::cli {

namespace {

struct Conversion {
  std::string in;
  std::string out;
  std::vector<std::string> modules;
};

using Convert = Result<void> (*)(const Conversion&);

CLI::App* add_conversion(CLI::App& app, int& status, const std::string& name,
                         const std::string& what, Convert convert) {
  auto options = std::make_shared<Conversion>();
  CLI::App* command = app.add_subcommand(name, what);
  command->add_option("IN", options->in, "A snapshot in either form; - is standard input")
      ->required();
  command->add_option("OUT", options->out, "The file to write")->required();
  if (name == "flatten") add_modules(*command, options->modules);
  command->callback([options, convert, &status] {
    if (const auto done = convert(*options); !done)
      status = end_with_error(done.error(), options->in);
  });
  return command;
}

Result<void> flatten(const Conversion& options) {
  TINE_TRY_ASSIGN(const LoadOptions how, mapping_with(options.modules));
  TINE_TRY_ASSIGN(auto snapshot, Snapshot::load(options.in, how));
  TINE_TRY(snapshot->verify_memory());
  return snapshot->save(options.out);
}

}  // namespace

void add_pack(CLI::App& app, int& status) {
  add_conversion(app, status, "pack", "Writes a snapshot in the dense form, compressed",
                 [](const Conversion& c) { return pack_snapshot(c.in, c.out); })
      ->footer(
          "All commands read the dense form as well as the plain one, but map only the plain one.\n"
          "OUT may be -, standard output. Every hash of IN is checked, memory contents too.\n"
          "Examples:\n"
          "  tine pack state.snap state.dense.snap\n"
          "  tine pack state.snap - | ssh host tine resume -");
}

void add_unpack(CLI::App& app, int& status) {
  add_conversion(app, status, "unpack", "Writes a snapshot in the plain form, fit for mapping",
                 [](const Conversion& c) { return unpack_snapshot(c.in, c.out); })
      ->footer(
          "Gives the very bytes back that were packed. Every hash is checked.\n"
          "Examples:\n"
          "  tine unpack state.dense.snap state.snap\n"
          "  ssh host tine pack state.snap - | tine unpack - state.snap");
}

void add_flatten(CLI::App& app, int& status) {
  add_conversion(app, status, "flatten", "Writes a delta as a complete snapshot", flatten)
      ->footer(
          "OUT stands alone: it has all that IN takes from its parents, and its modules. It is "
          "the\n"
          "file that would have been written without a parent. OUT may be -, standard output.\n"
          "Examples:\n"
          "  tine flatten third.snap whole.snap\n"
          "  tine flatten --module app.wasm bare.snap whole.snap");
}

}  // namespace tine::cli
