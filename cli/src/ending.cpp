#include "ending.h"

#include <cstdio>

#include <fmt/format.h>

#include "commands.h"
#include "tine/report.h"

namespace tine::cli {

namespace {

/// What happened, and where.
void print_end(const Machine& machine, std::string_view what, std::string_view label) {
  std::string text = fmt::format("tine: {}: {}\n", label, what);
  for (const std::string& line : backtrace_lines(machine, label)) text += line + "\n";
  std::fflush(stdout);
  std::fputs(text.c_str(), stderr);
}

}  // namespace

int end_with_error(const Error& error, std::string_view file) {
  fmt::print(stderr, "{}\n", error.to_line(escape_for_terminal(file)));
  return exit_code(error.code);
}

int end_with_outcome(const Machine& machine, const Outcome& outcome, std::string_view label) {
  switch (outcome.kind) {
    case OutcomeKind::kReturned: return 0;
    case OutcomeKind::kExited:
      return static_cast<int>(outcome.exit_code & 0xff);  // all that a process can hand on
    case OutcomeKind::kTrapped: print_end(machine, to_string(outcome), label); return kExitTrap;
    case OutcomeKind::kOutOfFuel:
      print_end(machine, fmt::format("out of fuel at instruction {}", machine.instructions()),
                label);
      return kExitOutOfFuel;
    case OutcomeKind::kPaused:
    case OutcomeKind::kHostError:
      print_end(machine, to_string(outcome), label);
      return kExitBadData;
  }
  return kExitBadData;
}

}  // namespace tine::cli
