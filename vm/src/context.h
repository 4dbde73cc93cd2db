// Context: what handlers reach beyond their registers, in the page before memory 0 of the running
// instance, so that one register (the memory base) leads to the memory, the cards and all of this.
//
// Instances that share memory 0 share a Context; whoever switches instances rewrites its lower
// half (Machine::Impl::bind_context). An instance without a memory uses an empty one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tine/code.h"
#include "tine/memory.h"
#include "tine/outcome.h"

namespace tine {

union Cell;
struct Instance;
struct FuncEntry;
using Slot = uint64_t;

/// A global's value; `hi` is the upper half of a v128.
struct GlobalCell {
  uint64_t lo = 0;
  uint64_t hi = 0;
};

/// Why threaded code gave control back to the driver (run.cpp).
enum class ExitReason : uint32_t {
  kFuel,         // a segment's charge did not fit and was undone; exit_ip: where the segment starts
  kStepFuel,     // the same at a `step`; exit_ip: the step itself
  kTrap,         // exit_arg: TrapKind; exit_ip: the trapping op
  kThrow,        // exit_arg: tag of the running instance; exit_ip: the throwing op
  kThrowRef,     // exit_arg: the exception; exit_ip: the throwing op
  kHostCall,     // exit_arg: store function; exit_ip: the calling op
  kForeignCall,  // exit_arg: store function of another instance; exit_ip: the calling op
  kWatchPause,   // a watched place is reached; exit_arg: the watch
  kRootReturn,   // the outermost frame returned; exit_fp: its frame, results first
  kBridgeReturn,     // a frame returned to a frame of another instance
  kLowWater,         // a frame of the fork's base returned (reset.cpp)
  kJumpFrameReturn,  // a frame with setjmp records returned (jumps.cpp)
  kJumpFrameTail,    // such a frame makes a tail call; exit_ip: the op, which has done nothing yet
};

struct Context {
  // Counters that every segment and call touches.
  int64_t fuel = 0;              // instructions that may still be charged
  int64_t depth_left_slots = 0;  // validator slots that calls may still take
  uint64_t memory_bytes = 0;     // size of memory 0
  // The running instance, unpacked.
  FuncEntry* entries = nullptr;  // its functions in the running kind of code
  GlobalCell** globals = nullptr;
  uint8_t* counters = nullptr;  // covered code: one an edge
  Instance* instance = nullptr;
  Slot* jump_frame = nullptr;  // the innermost frame with setjmp records
  // What threaded code leaves behind when it exits.
  const Cell* exit_ip = nullptr;
  Slot* exit_fp = nullptr;
  ExitReason exit_reason = ExitReason::kRootReturn;
  uint64_t exit_arg = 0;
};
static_assert(sizeof(Context) <= kContextBytes);

/// Counters of edges saturate: often stays different from seldom.
[[gnu::always_inline]] inline void count_edge(uint8_t& counter) {
  counter = static_cast<uint8_t>(counter + (counter != 255));
}

[[gnu::always_inline]] inline Context* context_of(uint8_t* memory_base) {
  return reinterpret_cast<Context*>(memory_base - kContextBytes);
}

}  // namespace tine
