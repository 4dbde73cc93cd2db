// tine snapshot: runs a program up to some point and writes its complete state to a file.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "snapshots.h"
#include "sockets.h"
#include "streams.h"
#include "tine/program.h"

namespace tine::cli {

namespace {

struct SnapshotOptions {
  WorldOptions world;
  SocketOptions sockets;
  std::string at;
  SnapshotsOptions snapshots;
  std::string argv0;
  std::string stdin_file;
  uint64_t stack_limit_slots = kDefaultStackLimitSlots;
  uint64_t fuel = kUnlimitedFuel;
};

Result<int> snapshot(const SnapshotOptions& options, std::vector<std::string> args) {
  const std::string path = args[0];
  args[0] = options.argv0.empty() ? program_name(path) : options.argv0;
  ProgramConfig config;
  config.stack_limit_slots = options.stack_limit_slots;
  config.world = options.world.config(std::move(args));
  TINE_TRY(options.sockets.put_into(config.world));
  TINE_TRY_ASSIGN(Program program, load_program(path, config));
  options.sockets.attach(program.machine->world());
  GuestStreams streams;
  TINE_TRY(streams.connect(program.machine->world(), options.stdin_file));
  Outcome outcome = program.instantiation;
  if (outcome.returned()) {
    TINE_TRY_ASSIGN(RunEnd end,
                    run_with_snapshots(*program.machine, options.snapshots, options.fuel));
    if (end.has_stopped) return 0;
    outcome = std::move(end.outcome);
  }
  if (outcome.kind != OutcomeKind::kReturned && outcome.kind != OutcomeKind::kExited)
    return end_with_outcome(*program.machine, outcome, escape_for_terminal(program_name(path)));
  return fail(ErrorCode::kNotCapturable, kNoOffset,
              fmt::format("the program ended before {}: {}", escape_for_terminal(options.at),
                          to_string(outcome)));
}

}  // namespace

void add_snapshot(CLI::App& app, int& status) {
  auto options = std::make_shared<SnapshotOptions>();
  CLI::App* command =
      app.add_subcommand("snapshot", "Runs a program to some point and writes its state to a file");
  take_program(*command, "[--] app.wasm|app.wat [ARGS...]");
  command
      ->add_option("--at", options->at,
                   "Where to stop; of several triggers, the first one that fires")
      ->type_name("TRIGGER,...")
      ->required();
  command->add_option("-o,--output", options->snapshots.to, "The file to write; -: a pipe")
      ->type_name("FILE")
      ->required();
  options->snapshots.add_no_module(*command);
  add_fd_policy(*command, options->snapshots.fd_policy, FdPolicyUse::kCapture);
  options->world.add_dir(*command);
  options->world.add_environment(*command);
  options->world.add_closed(*command);
  options->world.add_seed(*command);
  command->get_option("--seed")->needs("--closed");
  options->sockets.add(*command);
  add_argv0(*command, options->argv0);
  add_stack_limit(*command, options->stack_limit_slots);
  command->add_option("--stdin", options->stdin_file, "Standard input from a file")
      ->type_name("FILE");
  add_fuel(*command, options->fuel, "Most instructions to execute; then exit code 124");
  command->footer(
      trigger_help() + fd_policy_help(FdPolicyUse::kCapture) +
      "Exit codes: 0 written; 134 the program trapped before; 124 out of fuel before; 1 it ended\n"
      "before, or bad data; 2 usage.\n"
      "Examples:\n"
      "  tine snapshot --at stdin -o ready.snap sqlite.wasm\n"
      "  tine snapshot --at func=parse#3 -o third.snap app.wasm input.txt < input.txt\n"
      "  tine snapshot --at stdin --fd-policy embed --dir data::/data -o whole.snap app.wasm\n"
      "  tine snapshot --at stdin -o - app.wasm | ssh host tine resume -\n"
      "  tine snapshot --at listen --listen 127.0.0.1:8080 -o ready.snap server.wasm\n"
      "  tine snapshot --closed --at instr=1000000 -o million.snap app.wasm");
  command->callback([command, options, &status] {
    const std::vector<std::string> args = program_and_args(*command);
    options->snapshots.on = {options->at};
    options->snapshots.stop_after = true;
    const Result<int> code = snapshot(*options, args);
    status = code ? *code : end_with_error(code.error(), args[0]);
  });
}

}  // namespace tine::cli
