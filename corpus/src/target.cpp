#include "tine/target.h"

#include <fmt/format.h>

#include "tine/delivery.h"
#include "tine/report.h"

namespace tine {

namespace {

std::unexpected<Error> ended_early(const Machine& machine, const Outcome& outcome,
                                   const std::string& name, std::string_view before) {
  std::string where;
  if (outcome.kind == OutcomeKind::kTrapped)
    where = fmt::format(" at {}", describe_position(machine, outcome.position, name));
  return fail(ErrorCode::kNotCapturable, kNoOffset,
              fmt::format("the program ended before {}: {}{}", before, to_string(outcome), where));
}

/// `start` and `_initialize`, which load_program pushed, then the target's own initialiser.
Result<void> boot_library(Program& program, const std::string& name) {
  Outcome outcome = program.machine->run();
  if (outcome.returned()) {
    TINE_TRY_ASSIGN(outcome, call_fuzzer_initialize(*program.machine, program.instance, name));
  }
  if (!outcome.returned())
    return ended_early(*program.machine, outcome, name, "LLVMFuzzerTestOneInput could be called");
  return {};
}

Result<void> boot_command(Program& program, const std::string& name) {
  program.machine->world().pause_on_stdin(true);
  const Outcome outcome = program.machine->run();
  program.machine->world().pause_on_stdin(false);
  if (outcome.kind != OutcomeKind::kPaused || outcome.pause != PauseReason::kStdin)
    return ended_early(*program.machine, outcome, name, "it read standard input");
  return {};
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> boot_to_input(Program& program, const std::string& name) {
  if (!program.instantiation.returned())
    return ended_early(*program.machine, program.instantiation, name, "its first instruction");
  TINE_TRY(has_test_one_input(*program.module) ? boot_library(program, name)
                                               : boot_command(program, name));
  return Snapshot::capture(*program.machine);
}

Result<std::shared_ptr<const Snapshot>> open_target(const std::string& path,
                                                    const ProgramConfig& config) {
  TINE_TRY_ASSIGN(auto bytes, read_file(path));
  if (!is_module(bytes)) return Snapshot::load(path);
  TINE_TRY_ASSIGN(auto module, make_module(std::move(bytes)));
  ProgramConfig boot = config;
  if (has_test_one_input(*module)) boot.entry = Entry::kNone;
  TINE_TRY_ASSIGN(Program program, start_program(std::move(module), boot));
  return boot_to_input(program, program_name(path));
}

}  // namespace tine
