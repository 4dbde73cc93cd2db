// tine replay: every file of a folder against a snapshot, on all cores.
#include "tine/replay.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "tine/program.h"
#include "tine/report.h"
#include "tine/target.h"

namespace tine::cli {

namespace {

using Json = nlohmann::ordered_json;

struct ReplayCommand {
  WorldOptions world;
  ReplayOptions replay;
  bool json = false;
  std::string program;
  std::string inputs;
};

constexpr OutcomeKind kShownKinds[] = {OutcomeKind::kReturned, OutcomeKind::kExited,
                                       OutcomeKind::kTrapped, OutcomeKind::kOutOfFuel,
                                       OutcomeKind::kHostError};

void print_text(const ReplayReport& report) {
  for (const ReplayResult& result : report.results) {
    fmt::print("{}: {} ({} bytes, {} instructions)\n", escape_for_terminal(result.file),
               to_string(result.outcome), result.size_bytes, result.instructions);
    for (const std::string& line : result.backtrace) fmt::print("{}\n", line);
  }
  std::string counts = fmt::format("{} files", report.results.size());
  for (const OutcomeKind kind : kShownKinds)
    if (report.count(kind) != 0)
      counts += fmt::format(", {} {}", report.count(kind), outcome_word(kind));
  fmt::print("{}\n", counts);
}

Json to_json(const ReplayResult& result) {
  Json json = {{"file", result.file},
               {"size_bytes", result.size_bytes},
               {"outcome", outcome_word(result.outcome.kind)},
               {"instructions", result.instructions}};
  switch (result.outcome.kind) {
    case OutcomeKind::kExited: json["exit_code"] = result.outcome.exit_code; break;
    case OutcomeKind::kTrapped:
      json["trap"] = trap_slug(result.outcome.trap);
      json["position"] = {{"instance", result.outcome.position.instance},
                          {"func", result.outcome.position.func},
                          {"offset", result.outcome.position.offset}};
      break;
    case OutcomeKind::kHostError: json["detail"] = result.outcome.detail; break;
    default: break;
  }
  Json frames = Json::array();
  for (const std::string& line : result.backtrace) frames.push_back(line.substr(4));
  if (!frames.empty()) json["backtrace"] = std::move(frames);
  return json;
}

void print_json(const ReplayReport& report) {
  Json json = {{"files", report.results.size()}};
  for (const OutcomeKind kind : kShownKinds)
    json["counts"][std::string(outcome_word(kind))] = report.count(kind);
  json["results"] = Json::array();
  for (const ReplayResult& result : report.results) json["results"].push_back(to_json(result));
  // File names may be any bytes; JSON text may not.
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

int exit_code_of(const ReplayReport& report) {
  if (report.count(OutcomeKind::kTrapped) != 0) return kExitTrap;
  if (report.count(OutcomeKind::kOutOfFuel) != 0) return kExitOutOfFuel;
  return report.count(OutcomeKind::kHostError) != 0 ? kExitBadData : 0;
}

Result<int> start(ReplayCommand options) {
  options.world.closed = true;
  ProgramConfig boot;
  boot.world = options.world.config({program_name(options.program)});
  TINE_TRY_ASSIGN(auto snapshot, open_target(options.program, boot));
  options.replay.fork.hosts = default_hosts();
  options.replay.fork.seed = options.world.seed;
  options.replay.fork.preopens = options.world.preopens();
  TINE_TRY_ASSIGN(const ReplayReport report, replay(snapshot, options.inputs, options.replay));
  options.json ? print_json(report) : print_text(report);
  return exit_code_of(report);
}

}  // namespace

void add_replay(CLI::App& app, int& status) {
  auto options = std::make_shared<ReplayCommand>();
  CLI::App* command =
      app.add_subcommand("replay", "Runs every file of a folder against a snapshot or a program");
  command->add_option("PROGRAM", options->program, "state.snap or app.wasm")->required();
  command->add_option("DIR", options->inputs, "Folder of inputs, or one file")->required();
  add_fuel(*command, options->replay.fuel, "Most instructions of a file")->capture_default_str();
  command->add_option("-j,--threads", options->replay.threads, "Threads (0: all cores)")
      ->type_name("N");
  options->world.add_dir(*command);
  options->world.add_environment(*command);
  options->world.add_seed(*command);
  add_kind(*command, options->replay.fork.kind);
  add_fd_policy(*command, options->replay.fork.fd_policy, FdPolicyUse::kRestore);
  add_json(*command, options->json);
  command->footer(
      fd_policy_help(FdPolicyUse::kRestore) +
      "Exit codes: 134 an input trapped; else 124 an input ran out of fuel; else 0; 1 bad data;\n"
      "2 usage.\n"
      "Examples:\n"
      "  tine replay state.snap corpus/\n"
      "  tine replay --json --fuel=10000000 parser.wasm crashes/");
  command->callback([options, &status] {
    const Result<int> code = start(*options);
    status = code ? *code : end_with_error(code.error(), options->program);
  });
}

}  // namespace tine::cli
