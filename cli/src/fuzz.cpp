// tine fuzz: a libFuzzer campaign from a snapshot.
//
// libFuzzer starts itself again for -jobs, -fork, -merge and -minimize_crash, by handing argv[0]
// and its flags to the shell. Our argv[0] is therefore the whole command up to the program, quoted:
// `/path/tine fuzz --fuel 1000 state.snap`. libFuzzer never sees tine's own options.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "os.h"
#include "tine/fuzz.h"
#include "tine/program.h"
#include "tine/target.h"

namespace tine::cli {

namespace {

struct FuzzCommand {
  WorldOptions world;
  uint64_t fuel = kDefaultInputFuel;
  bool real = false;
  bool no_compares = false;
  bool no_match_bits = false;
  std::optional<FdPolicy> fd_policy;
};

/// One word for /bin/sh. Plain words stay as they are, because libFuzzer prints them.
std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string self_command(const FuzzCommand& options, const std::string& program) {
  std::string command = shell_word(executable_path()) + " fuzz";
  const auto add = [&command](const std::string& word) { command += " " + shell_word(word); };
  for (const std::string& dir : options.world.dirs) add("--dir=" + dir);
  for (const std::string& variable : options.world.environ) add("--env=" + variable);
  if (options.world.seed != 0) add(fmt::format("--seed={}", options.world.seed));
  if (options.fuel != kDefaultInputFuel) add(fmt::format("--fuel={}", options.fuel));
  if (options.real) add("--real");
  if (options.no_compares) add("--no-compares");
  if (options.no_match_bits) add("--no-match-bits");
  for (const FdPolicyInfo& info : kFdPolicies)
    if (options.fd_policy == info.policy) add(fmt::format("--fd-policy={}", info.word));
  add(program);
  return command;
}

Result<int> start(FuzzCommand options, const std::vector<std::string>& args) {
  const std::string& path = args[0];
  options.world.closed = !options.real;
  ProgramConfig boot;
  boot.world = options.world.config({program_name(path)});
  FuzzOptions fuzzing;
  TINE_TRY_ASSIGN(fuzzing.snapshot, open_target(path, boot));
  fuzzing.fork = {.hosts = default_hosts(),
                  .kind = CodeKind::kCovered,
                  .seed = options.world.seed,
                  .preopens = options.world.preopens(),
                  .fd_policy = options.fd_policy};
  fuzzing.fuel = options.fuel;
  fuzzing.trace_compares = !options.no_compares;
  fuzzing.match_bits = !options.no_match_bits;
  fuzzing.self_command = self_command(options, path);
  fuzzing.engine_args.assign(args.begin() + 1, args.end());
  return fuzz(fuzzing);
}

/// libFuzzer would ignore a misplaced option of ours with a mere warning.
void refuse_own_options(const std::vector<std::string>& args) {
  for (const std::string& arg : args)
    if (arg.starts_with("--"))
      throw CLI::ValidationError(arg, "options of tine come before the program");
}

}  // namespace

void add_fuzz(CLI::App& app, int& status) {
  auto options = std::make_shared<FuzzCommand>();
  CLI::App* command = app.add_subcommand("fuzz", "Fuzzes a snapshot or a program with libFuzzer");
  take_program(*command, "state.snap|app.wasm [-LIBFUZZER_FLAGS...] [CORPUS...|FILES...]");
  add_fuel(*command, options->fuel,
           "Most instructions of an input; more is a timeout (exit code 70)")
      ->capture_default_str();
  options->world.add_dir(*command);
  options->world.add_environment(*command);
  options->world.add_seed(*command);
  command->add_flag("--real", options->real,
                    "Boots app.wasm with the real clock and entropy; inputs run closed anyway");
  command->add_flag("--no-compares", options->no_compares,
                    "Does not show the operands of compares to the mutator");
  command->add_flag("--no-match-bits", options->no_match_bits,
                    "Does not count as coverage how far operands agree");
  add_fd_policy(*command, options->fd_policy, FdPolicyUse::kRestore);
  command->footer(
      fd_policy_help(FdPolicyUse::kRestore) +
      "A program that exports LLVMFuzzerTestOneInput is called there; any other gets its inputs\n"
      "from its first read of standard input on. Every input starts from the very same state.\n"
      "libFuzzer's flags: tine fuzz app.wasm -help=1\n"
      "Exit codes: libFuzzer's (77 crash, 70 timeout, 0 done); 1 bad data; 2 usage.\n"
      "Examples:\n"
      "  tine fuzz parser.wasm -max_total_time=60 corpus/\n"
      "  tine fuzz --fuel=10000000 state.snap -dict=sql.dict -jobs=4 corpus/\n"
      "  tine fuzz state.snap crash-0123abcd            (replays a file)\n"
      "  tine fuzz state.snap -merge=1 smaller/ corpus/");
  command->callback([command, options, &status] {
    const std::vector<std::string> args = program_and_args(*command);
    refuse_own_options(args);
    const Result<int> code = start(*options, args);
    status = code ? *code : end_with_error(code.error(), args[0]);
  });
}

}  // namespace tine::cli
