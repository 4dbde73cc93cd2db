#include "ending.h"

#include <fmt/format.h>

#include "artifact.h"
#include "libfuzzer.h"
#include "os.h"
#include "tine/report.h"

namespace tine {

namespace {

void print_line(const std::string& line) { fuzzer::Printf("%s\n", line.c_str()); }

/// What libFuzzer's users look for in a report.
std::string name_of_ending(const Outcome& outcome) {
  if (outcome.kind == OutcomeKind::kHostError)
    return fmt::format("host error: {}", escape_for_terminal(outcome.detail));
  if (outcome.trap == TrapKind::kStackExhausted)
    return fmt::format("stack-overflow ({})", trap_text(outcome.trap));
  return std::string(trap_text(outcome.trap));
}

void print_report(const Finding& finding, const std::string& what, const std::string& slug) {
  const std::vector<std::string> frames = backtrace_lines(finding.machine, finding.label);
  print_line(fmt::format("=={}== ERROR: tine: {} at instruction {}", process_id(), what,
                         finding.instructions));
  for (const std::string& frame : frames) print_line(frame);
  const std::string where =
      frames.empty() ? finding.label
                     : describe_position(finding.machine, finding.outcome.position, finding.label);
  print_line(fmt::format("SUMMARY: tine: {} {}", slug, where));
}

}  // namespace

void end_with_crash(const Finding& finding, const EngineFlags& flags) {
  const bool trapped = finding.outcome.kind == OutcomeKind::kTrapped;
  print_report(finding, name_of_ending(finding.outcome),
               trapped ? std::string(trap_slug(finding.outcome.trap)) : "host-error");
  fuzzer::Fuzzer::StaticDeathCallback();
  exit_now(flags.error_exitcode);
}

void end_with_timeout(const Finding& finding, const EngineFlags& flags) {
  print_report(finding, "timeout: out of fuel (use --fuel=N to change)", "timeout");
  if (flags.save_artifacts) save_artifact("timeout-", finding.input, flags);
  exit_now(flags.timeout_exitcode);
}

}  // namespace tine
