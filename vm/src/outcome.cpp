// Texts of outcomes and traps.
#include "tine/outcome.h"

#include <cstddef>

namespace tine {
namespace {

struct TrapInfo {
  std::string_view text;
  std::string_view slug;
};

constexpr TrapInfo kTraps[] = {
#define TINE_TRAP(name, text, slug) {text, slug},
#include "tine/traps.def"
};

std::string_view pause_text(PauseReason reason) {
  switch (reason) {
    case PauseReason::kNone: return "no reason";
    case PauseReason::kFunctionEntry: return "function entry";
    case PauseReason::kInstruction: return "before an instruction";
    case PauseReason::kBeforeHostCall: return "before a host call";
    case PauseReason::kAfterHostCall: return "after a host call";
    case PauseReason::kRequest: return "on request";
    case PauseReason::kStdin: return "before the first read of standard input";
    case PauseReason::kInput: return "before the next input";
    case PauseReason::kIdle: return "nothing left to do but wait";
  }
  return "no reason";
}

}  // namespace

std::string_view trap_text(TrapKind kind) { return kTraps[static_cast<size_t>(kind)].text; }
std::string_view trap_slug(TrapKind kind) { return kTraps[static_cast<size_t>(kind)].slug; }

std::string to_string(const Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::kReturned: return "returned";
    case OutcomeKind::kExited: return "exited: " + std::to_string(outcome.exit_code);
    case OutcomeKind::kTrapped: return "trapped: " + std::string(trap_text(outcome.trap));
    case OutcomeKind::kPaused: return "paused: " + std::string(pause_text(outcome.pause));
    case OutcomeKind::kOutOfFuel:
      return outcome.detail.empty() ? "out of fuel"
                                    : "out of fuel inside host function " + outcome.detail;
    case OutcomeKind::kHostError: return "host error: " + outcome.detail;
  }
  return "returned";
}

}  // namespace tine
