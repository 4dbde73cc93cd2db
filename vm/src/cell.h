// Cell: the unit of threaded code, and how handlers are called and left.
//
// An op is a cell with its handler's address followed by cells of operands. Handlers take the
// interpreter's registers as arguments and leave only through the macros below:
//
//   register   meaning                                      x86-64 (tail)
//   ip         the op being executed; operands at ip[1]…    rdi
//   fp         the running frame's slots                    rsi
//   mem        base of memory 0, Context right before it    rdx
//   acc        latest integer or reference result           rcx
//   facc dacc  latest f32 and f64 result                    xmm0 xmm1
//
// Results are written through: a value in an accumulator also stands in its slot. With tail
// dispatch a handler jumps to the next one (a guaranteed tail call, clang >= 19); with loop
// dispatch it returns the registers and a loop calls the next one. Same bodies, same results.
#pragma once

#include <cstdint>

#include "context.h"

namespace tine {

#define TINE_ARGS                                                                            \
  [[maybe_unused]] const Cell *ip, [[maybe_unused]] Slot *fp, [[maybe_unused]] uint8_t *mem, \
      [[maybe_unused]] uint64_t acc, [[maybe_unused]] float facc, [[maybe_unused]] double dacc
#define TINE_PASS ip, fp, mem, acc, facc, dacc

#ifdef TINE_DISPATCH_LOOP
struct Registers {
  const Cell* ip;  // nullptr: leave
  Slot* fp;
  uint8_t* mem;
  uint64_t acc;
  float facc;
  double dacc;
};
using Flow = Registers;
#define TINE_DISPATCH() \
  return Registers { TINE_PASS }
#define TINE_TAIL(function) return function(TINE_PASS)
#define TINE_LEAVE() \
  return Registers { nullptr, fp, mem, acc, facc, dacc }
#else
using Flow = void;
#define TINE_DISPATCH() [[clang::musttail]] return ip->handler(TINE_PASS)
#define TINE_TAIL(function) [[clang::musttail]] return function(TINE_PASS)
#define TINE_LEAVE() return
#endif

using Handler = Flow (*)(TINE_ARGS);

union Cell {
  Handler handler;
  uint16_t u16[4];
  uint32_t u32[2];
  int32_t i32[2];
  uint64_t u64;
};
static_assert(sizeof(Cell) == 8);

/// On to the op that starts `n` cells further.
#define TINE_NEXT(n) \
  do {               \
    ip += (n);       \
    TINE_DISPATCH(); \
  } while (0)

/// Charges a segment that starts at `ip`, then runs it; gives up where the fuel does not reach.
#define TINE_CHARGE_AND_DISPATCH(cost)                    \
  do {                                                    \
    const int64_t cost_ = (cost);                         \
    context_of(mem)->fuel -= cost_;                       \
    if (__builtin_expect(context_of(mem)->fuel < 0, 0)) { \
      acc = static_cast<uint64_t>(cost_);                 \
      TINE_TAIL(exit_charge_failed);                      \
    }                                                     \
    TINE_DISPATCH();                                      \
  } while (0)

/// Leaves with a trap. Nothing may have been written, and `ip` still names the trapping op.
#define TINE_TRAP_EXIT(kind)           \
  do {                                 \
    acc = static_cast<uint64_t>(kind); \
    TINE_TAIL(exit_trap);              \
  } while (0)

#define TINE_EXIT(reason, arg)       \
  do {                               \
    Context* ctx_ = context_of(mem); \
    ctx_->exit_ip = ip;              \
    ctx_->exit_fp = fp;              \
    ctx_->exit_reason = (reason);    \
    ctx_->exit_arg = (arg);          \
    TINE_LEAVE();                    \
  } while (0)

/// Undoes a segment's charge (`acc`) and exits with `ip` at the segment.
Flow exit_charge_failed(TINE_ARGS);
/// Exits with the trap whose kind stands in `acc`.
Flow exit_trap(TINE_ARGS);

/// Which op left for the driver to make a call; says how its cells are laid out.
enum class CallForm : uint32_t { kImport, kIndirect, kTailImport, kTailIndirect };

/// exit_arg of kHostCall and kForeignCall.
constexpr uint64_t pack_exit_call(uint64_t store_func, CallForm form) {
  return store_func | static_cast<uint64_t>(form) << 32;
}

/// Runs threaded code from `ip` until something exits; the reason is in mem's Context.
void enter_code(const Cell* ip, Slot* fp, uint8_t* mem, uint64_t acc, float facc, double dacc);

/// Where a function of the running instance starts: its `enter` op, or a stub that translates it.
struct FuncEntry;

}  // namespace tine
