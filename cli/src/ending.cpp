#include "ending.h"

#include <cstdio>

#include <fmt/format.h>

#include "commands.h"
#include "tine/report.h"

namespace tine::cli {

namespace {

void print_trap(const Machine& machine, const Outcome& outcome, std::string_view label) {
  std::string text = fmt::format("tine: {}: {}\n", label, to_string(outcome));
  for (const std::string& line : backtrace_lines(machine, label)) text += line + "\n";
  std::fflush(stdout);
  std::fputs(text.c_str(), stderr);
}

}  // namespace

int end_with_error(const Error& error, std::string_view file) {
  fmt::print(stderr, "{}\n", error.to_line(file));
  return exit_code(error.code);
}

int end_with_outcome(const Machine& machine, const Outcome& outcome, std::string_view label) {
  switch (outcome.kind) {
    case OutcomeKind::kReturned: return 0;
    case OutcomeKind::kExited:
      return static_cast<int>(outcome.exit_code & 0xff);  // all that a process can hand on
    case OutcomeKind::kTrapped: print_trap(machine, outcome, label); return kExitTrap;
    case OutcomeKind::kOutOfFuel:
      fmt::print(stderr, "tine: {}: out of fuel at instruction {}\n", label,
                 machine.instructions());
      return kExitOutOfFuel;
    case OutcomeKind::kPaused:
    case OutcomeKind::kHostError:
      fmt::print(stderr, "tine: {}: {}\n", label, to_string(outcome));
      return kExitBadData;
  }
  return kExitBadData;
}

}  // namespace tine::cli
