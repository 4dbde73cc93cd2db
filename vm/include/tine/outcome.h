// Outcome: how a run ended. Data, never an exception, and never an Error: a guest that traps or
// exits has done nothing wrong to us.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tine/types.h"

namespace tine {

enum class TrapKind : uint8_t {
#define TINE_TRAP(name, text, slug) name,
#include "tine/traps.def"
};
/// The spec's wording, e.g. `out of bounds memory access`.
[[nodiscard]] std::string_view trap_text(TrapKind kind);
/// A name fit for files and JSON, e.g. `memory-out-of-bounds`.
[[nodiscard]] std::string_view trap_slug(TrapKind kind);

/// Where an instruction stands: never an address in threaded code.
struct Position {
  InstanceIdx instance = 0;
  FuncIdx func = 0;
  WasmOffset offset = 0;  // of the instruction's first byte, in the module's binary
  bool operator==(const Position&) const = default;
};

enum class OutcomeKind : uint8_t {
  kReturned,   // every pending root call has returned
  kExited,     // the guest called proc_exit
  kTrapped,    // `trap` says why, `position` is the trapping instruction
  kPaused,     // a trigger fired; run() again goes on
  kOutOfFuel,  // the fuel given to run() is used up, exactly; run() again goes on, unless the guest
               // was being called by a host function: `detail` names it, and the run has ended
  kHostError,  // a host function failed; `detail` is its line
};

/// Why a run paused.
enum class PauseReason : uint8_t {
  kNone,
  kFunctionEntry,   // Machine::pause_at, a function's entry
  kInstruction,     // Machine::pause_at, before an instruction
  kBeforeHostCall,  // Machine::pause_at_host_calls
  kAfterHostCall,   // likewise
  kRequest,         // Machine::request_pause
  kStdin,           // before the host call that would read standard input for the first time
  kInput,           // before a host call that asks for the next fuzz input
  kIdle,            // before a host call that would wait, with nothing else left to do
};

struct [[nodiscard]] Outcome {
  OutcomeKind kind = OutcomeKind::kReturned;
  TrapKind trap = TrapKind::kUnreachable;
  PauseReason pause = PauseReason::kNone;
  uint32_t exit_code = 0;
  Position position;   // of the next instruction; at a trap, of the trapping one
  uint32_t point = 0;  // kFunctionEntry, kInstruction: index in the list given to pause_at
  std::string detail;  // kHostError: its line; pauses at host calls: `module.name`
  bool operator==(const Outcome&) const = default;

  [[nodiscard]] bool returned() const { return kind == OutcomeKind::kReturned; }
};
/// `trapped: unreachable`, `exited: 3`, `returned`, … for people.
[[nodiscard]] std::string to_string(const Outcome& outcome);

}  // namespace tine
