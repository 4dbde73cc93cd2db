// tine snapshot: runs a program up to some point and writes its complete state to a file.
#include <charconv>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "streams.h"
#include "tine/program.h"
#include "tine/snapshot.h"

namespace tine::cli {

namespace {

struct SnapshotOptions {
  WorldOptions world;
  std::string at;
  std::string output;
  std::string stdin_file;
};

std::unexpected<Error> usage(std::string detail) {
  return fail(ErrorCode::kUsage, kNoOffset, std::move(detail));
}

std::optional<uint64_t> parse_count(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The function called `name`, or `func[N]` for one without a name.
Result<FuncIdx> find_function(const Module& module, std::string_view name) {
  const std::vector<FuncIdx> named = module.funcs_named(name);
  const std::string shown = escape_for_terminal(name);
  if (named.size() > 1)
    return usage(fmt::format("{} functions are called {}: use func[N]", named.size(), shown));
  FuncIdx func = module.func_count();
  if (!named.empty()) {
    func = named[0];
  } else if (name.starts_with("func[") && name.ends_with(']')) {
    if (auto index = parse_count(name.substr(5, name.size() - 6)))
      func = static_cast<FuncIdx>(std::min<uint64_t>(*index, func));
  }
  if (func >= module.func_count()) return usage(fmt::format("no function is called {}", shown));
  if (module.is_imported(func)) return usage(fmt::format("{} is imported: it has no entry", shown));
  return func;
}

/// `NAME#N`: the Nth entry of NAME, from 1; `#N` may be left out.
Result<Outcome> run_to_function(Program& program, std::string_view trigger) {
  const size_t hash = trigger.rfind('#');
  const auto nth = hash == trigger.npos ? 1 : parse_count(trigger.substr(hash + 1));
  if (!nth || *nth == 0) return usage("expected func=NAME#N with N from 1");
  TINE_TRY_ASSIGN(const FuncIdx func, find_function(*program.module, trigger.substr(0, hash)));
  program.machine->pause_at_entry(program.instance, func, *nth);
  Outcome outcome = program.machine->run();
  program.machine->clear_entry_pause();
  return outcome;
}

Result<Outcome> run_to_instruction(Program& program, std::string_view trigger) {
  const auto count = parse_count(trigger);
  if (!count || *count > kUnlimitedFuel) return usage("expected instr=N");
  const uint64_t done = program.machine->instructions();
  return program.machine->run(*count > done ? *count - done : 0);
}

Outcome run_to_stdin(Program& program) {
  program.machine->world().pause_on_stdin(true);
  Outcome outcome = program.machine->run();
  program.machine->world().pause_on_stdin(false);
  return outcome;
}

Result<Outcome> run_to(Program& program, std::string_view at) {
  if (at == "stdin") return run_to_stdin(program);
  if (at.starts_with("func=")) return run_to_function(program, at.substr(5));
  if (at.starts_with("instr=")) return run_to_instruction(program, at.substr(6));
  return usage("--at: expected stdin, func=NAME#N or instr=N");
}

bool stands_at_trigger(const Outcome& outcome) {
  return outcome.kind == OutcomeKind::kPaused || outcome.kind == OutcomeKind::kOutOfFuel;
}

Result<int> snapshot(const SnapshotOptions& options, std::vector<std::string> args) {
  const std::string path = args[0];
  args[0] = program_name(path);
  ProgramConfig config;
  config.world = options.world.config(std::move(args));
  TINE_TRY_ASSIGN(Program program, load_program(path, config));
  GuestStreams streams;
  TINE_TRY(streams.connect(program.machine->world(), options.stdin_file));
  Outcome outcome = program.instantiation;
  if (outcome.returned()) {
    TINE_TRY_ASSIGN(outcome, run_to(program, options.at));
  }
  if (!stands_at_trigger(outcome)) {
    if (outcome.kind == OutcomeKind::kTrapped || outcome.kind == OutcomeKind::kHostError)
      return end_with_outcome(*program.machine, outcome, escape_for_terminal(program_name(path)));
    return fail(ErrorCode::kNotCapturable, kNoOffset,
                fmt::format("the program ended before {}: {}", escape_for_terminal(options.at),
                            to_string(outcome)));
  }
  TINE_TRY_ASSIGN(auto taken, Snapshot::capture(*program.machine));
  TINE_TRY(taken->save(options.output));
  fmt::print(stderr, "tine: {} at instruction {}\n", escape_for_terminal(options.output),
             program.machine->instructions());
  return 0;
}

}  // namespace

void add_snapshot(CLI::App& app, int& status) {
  auto options = std::make_shared<SnapshotOptions>();
  CLI::App* command =
      app.add_subcommand("snapshot", "Runs a program to some point and writes its state to a file");
  take_program(*command, "app.wasm [ARGS...]");
  command
      ->add_option("--at", options->at,
                   "Where to stop: stdin (before its first read), func=NAME#N (the Nth entry of a "
                   "function), instr=N (after N instructions)")
      ->type_name("TRIGGER")
      ->required();
  command->add_option("-o,--output", options->output, "The file to write")
      ->type_name("FILE")
      ->required();
  options->world.add_dir(*command);
  options->world.add_environment(*command);
  options->world.add_closed(*command);
  options->world.add_seed(*command);
  command->add_option("--stdin", options->stdin_file, "Standard input from a file")
      ->type_name("FILE");
  command->footer(
      "Exit codes: 0 written; 134 the program trapped before; 1 it ended before, or bad data;\n"
      "2 usage.\n"
      "Examples:\n"
      "  tine snapshot --at stdin -o ready.snap sqlite.wasm\n"
      "  tine snapshot --at func=parse#3 -o third.snap app.wasm input.txt < input.txt\n"
      "  tine snapshot --closed --at instr=1000000 -o million.snap app.wasm");
  command->callback([command, options, &status] {
    const std::vector<std::string> args = program_and_args(*command);
    const Result<int> code = snapshot(*options, args);
    status = code ? *code : end_with_error(code.error(), args[0]);
  });
}

}  // namespace tine::cli
