// tine verify: whether a snapshot is all that it should be.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "commands.h"
#include "ending.h"
#include "inspect.h"
#include "options.h"
#include "tine/snapshot_files.h"

namespace tine::cli {

namespace {

struct VerifyOptions {
  std::string file;
  std::vector<std::string> modules;
};

Result<void> verify(const VerifyOptions& options) {
  TINE_TRY_ASSIGN(const LoadOptions how, mapping_with(options.modules));
  TINE_TRY_ASSIGN(const VerifiedSnapshot verified, verify_snapshot(options.file, how));
  uint64_t memory_bytes = 0;
  for (const MemoryState& memory : verified.snapshot->state().memories)
    memory_bytes += memory.contents.bytes.size();
  const Hash128 hash = verified.snapshot->hash();
  const std::string kind =
      verified.parents == 0 ? "complete" : fmt::format("a delta, parents {}", verified.parents);
  fmt::print("{}: good: {}, memory {}, hash {:016x}{:016x}\n", escape_for_terminal(options.file),
             kind, human_bytes(memory_bytes), hash[1], hash[0]);
  return {};
}

}  // namespace

void add_verify(CLI::App& app, int& status) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand("verify", "Checks everything about a snapshot");
  command->add_option("FILE", options->file, "A snapshot in either form; - is standard input")
      ->required();
  add_modules(*command, options->modules);
  command->footer(
      "Hashes, bounds, modules, every frame against the modules, memory contents, and all of it\n"
      "for each parent of a delta. Prints one line; of a bad file `file:0xoffset: reason`, and\n"
      "exits with 1 then.\n"
      "Examples:\n"
      "  tine verify state.snap\n"
      "  tine verify --module app.wasm bare.snap");
  command->callback([options, &status] {
    if (const auto good = verify(*options); !good)
      status = end_with_error(good.error(), options->file);
  });
}

}  // namespace tine::cli
