// tine run: a program from its start to its end.
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

struct RunOptions {
  WorldOptions world;
  SocketOptions sockets;
  CodeKind kind = CodeKind::kPlain;
  uint64_t fuel = kUnlimitedFuel;
  uint64_t stack_limit_slots = kDefaultStackLimitSlots;
  std::string invoke;
  std::string argv0;
  std::string stdin_file;
  SnapshotsOptions snapshots;
};

ProgramConfig config_for(const RunOptions& options, std::vector<std::string> args) {
  ProgramConfig config;
  config.kind = options.kind;
  config.stack_limit_slots = options.stack_limit_slots;
  args.front() = options.argv0.empty() ? program_name(args.front()) : options.argv0;
  if (!options.invoke.empty()) {
    config.entry = Entry::kInvoke;
    config.invoke = options.invoke;
    config.invoke_args.assign(args.begin() + 1, args.end());
  }
  config.world = options.world.config(std::move(args));
  return config;
}

void print_results(const Machine& machine) {
  for (const Value& value : machine.results()) fmt::print("{}\n", to_string(value));
}

Result<int> run(const RunOptions& options, const std::vector<std::string>& args) {
  ProgramConfig config = config_for(options, args);
  TINE_TRY(options.sockets.put_into(config.world));
  TINE_TRY_ASSIGN(Program program, load_program(args[0], config));
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
  if (outcome.returned() && !options.invoke.empty()) print_results(*program.machine);
  return end_with_outcome(*program.machine, outcome, escape_for_terminal(program_name(args[0])));
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Runs a program to its end");
  take_program(*command, "[--] app.wasm|app.wat [ARGS...]");
  options->world.add_dir(*command);
  options->world.add_environment(*command);
  options->world.add_closed(*command);
  options->world.add_seed(*command);
  command->get_option("--seed")->needs("--closed");
  options->sockets.add(*command);
  add_argv0(*command, options->argv0);
  command
      ->add_option("--invoke", options->invoke,
                   "Calls this export instead of _start; ARGS are its arguments, its results "
                   "are printed")
      ->type_name("NAME");
  add_fuel(*command, options->fuel, "Most instructions to execute; then exit code 124");
  add_stack_limit(*command, options->stack_limit_slots);
  command->add_option("--stdin", options->stdin_file, "Standard input from a file")
      ->type_name("FILE");
  add_kind(*command, options->kind);
  CLI::Option* snapshots = options->snapshots.add(*command);
  add_fd_policy(*command, options->snapshots.fd_policy, FdPolicyUse::kCapture)->needs(snapshots);
  command->footer(
      trigger_help() + fd_policy_help(FdPolicyUse::kCapture) +
      "Exit codes: the guest's own; 134 trap; 124 out of fuel; 1 bad data; 2 usage.\n"
      "Examples:\n"
      "  tine run app.wasm --flag-of-the-guest input.txt\n"
      "  tine run --dir data::/data --env LANG=C app.wasm /data/file\n"
      "  tine run --invoke add math.wat 2 -3\n"
      "  tine run --env HOME --argv0 tool -- app.wasm --help\n"
      "  tine run --closed --seed 7 --fuel 1000000 app.wasm\n"
      "  tine run --listen 127.0.0.1:8080 server.wasm\n"
      "  tine run --closed --connect request.txt --sent reply.txt server.wasm\n"
      "  tine run --snapshot-on sigusr1,every=1000000000 --snapshot-to state-%n.snap app.wasm");
  command->callback([command, options, &status] {
    const std::vector<std::string> args = program_and_args(*command);
    const Result<int> code = run(*options, args);
    status = code ? *code : end_with_error(code.error(), args[0]);
  });
}

}  // namespace tine::cli
