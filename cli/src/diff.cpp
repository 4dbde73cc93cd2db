// tine diff: what differs between two snapshots.
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "diff.h"
#include "ending.h"
#include "options.h"
#include "text.h"

namespace tine::cli {

namespace {

constexpr uint64_t kMostRows = uint64_t{1} << 32;

struct DiffOptions {
  std::string a;
  std::string b;
  std::vector<std::string> modules;
  uint64_t rows = 32;
  bool json = false;
};

int diff(const DiffOptions& options) {
  const auto modules = load_modules(options.modules);
  if (!modules) return end_with_error(modules.error(), options.a);
  const Result<SnapshotView> a = open_snapshot(options.a, *modules);
  if (!a) return end_with_error(a.error(), options.a);
  const Result<SnapshotView> b = open_snapshot(options.b, *modules);
  if (!b) return end_with_error(b.error(), options.b);
  Json facts = diff_facts(*a, *b, options.rows);
  facts["a"]["file"] = options.a;
  facts["b"]["file"] = options.b;
  if (options.json)
    print_json(facts);
  else
    print_diff(facts);
  return facts["equal"].get<bool>() ? 0 : kExitDiffer;
}

}  // namespace

void add_diff(CLI::App& app, int& status) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand("diff", "Shows what differs between two snapshots");
  command->add_option("A", options->a, "A file of tine snapshot")->required();
  command->add_option("B", options->b, "Another one")->required();
  add_count(*command, "--rows", options->rows, kMostRows,
            "Most rows of memory to show, 16 bytes each (the others are counted)")
      ->capture_default_str();
  add_modules(*command, options->modules);
  add_json(*command, options->json);
  command->footer(
      "Shows fields, frames, globals, table elements, file descriptors and bytes of memory that\n"
      "differ, and nothing where all are equal. Of a row's two lines the second shows `..` for\n"
      "bytes that are the same, and `--` stands where one side has no memory. Addresses are named\n"
      "by exported globals and data segments of A's module, where there are any.\n"
      "Exit codes: 0 equal; 3 they differ (diff(1) has 1, which means bad data in tine); 1 bad\n"
      "data; 2 usage.\n"
      "Examples:\n"
      "  tine diff before.snap after.snap\n"
      "  tine diff --json a.snap b.snap | jq .globals");
  command->callback([options, &status] { status = diff(*options); });
}

}  // namespace tine::cli
