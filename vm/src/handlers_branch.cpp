// Handlers of branches. A branch charges the segment that it leads to, so a segment reached by a
// branch pays no op of its own; one that is fallen into starts with a `charge` op.
//
//   compare and branch: [handler][a, b | a, _, imm32][i32 distance, u16 cost taken, u16 cost behind]
//   br:                 [handler][i32 distance, u16 cost]
//   br_table:           [handler][a, _, u32 n][i32 distance, u16 cost] × (n + 1)
// Distances are in cells from the branch op.
#include "handlers.h"
#include "numeric.h"

namespace tine {
namespace {

/// Both ways of a conditional branch whose distances and costs stand in ip[2].
#define TINE_BRANCH_IF(condition)          \
  do {                                     \
    if (condition) {                       \
      const int64_t taken_ = ip[2].u16[2]; \
      ip += ip[2].i32[0];                  \
      TINE_CHARGE_AND_DISPATCH(taken_);    \
    }                                      \
    const int64_t behind_ = ip[2].u16[3];  \
    ip += 3;                               \
    TINE_CHARGE_AND_DISPATCH(behind_);     \
  } while (0)

namespace conditions {
#define TINE_COMPARE(name, T_, expr)                                       \
  struct name {                                                            \
    using T = T_;                                                          \
    [[gnu::always_inline]] static bool eval(T_ a, T_ b) { return (expr); } \
  };
#include "ops.def"
}  // namespace conditions

template <class Op, Source A, Source B, bool kWanted>
Flow compare_branch(TINE_ARGS) {
  using T = typename Op::T;
  // Fields: a is u16[0]; b is u16[1], or the immediate.
  TINE_BRANCH_IF(Op::eval(TINE_READ(T, A, 0), TINE_READ(T, B, 1)) == kWanted);
}

template <Source A, bool kWanted>
Flow condition_branch(TINE_ARGS) {
  TINE_BRANCH_IF((TINE_READ(uint32_t, A, 0) != 0) == kWanted);
}

Flow br(TINE_ARGS) {
  const int64_t cost = ip[1].u16[2];
  ip += ip[1].i32[0];
  TINE_CHARGE_AND_DISPATCH(cost);
}

template <Source A>
Flow br_table(TINE_ARGS) {
  const uint32_t wanted = TINE_READ(uint32_t, A, 0);
  const uint32_t count = ip[1].u32[1];
  const Cell& label = ip[2 + (wanted < count ? wanted : count)];
  const int64_t cost = label.u16[2];
  ip += label.i32[0];
  TINE_CHARGE_AND_DISPATCH(cost);
}

/// Falling into a segment that branches also lead to.
Flow charge(TINE_ARGS) {
  const int64_t cost = ip[1].u16[0];
  ip += 2;
  TINE_CHARGE_AND_DISPATCH(cost);
}

/// Stepping code: before each counted instruction.
Flow step(TINE_ARGS) {
  Context* ctx = context_of(mem);
  if (__builtin_expect(ctx->fuel <= 0, 0)) TINE_EXIT(ExitReason::kStepFuel, 0);
  ctx->fuel -= 1;
  TINE_NEXT(1);
}

using namespace rows;

#define TINE_ADD_COMPARE_BRANCH(table, op, name, T, wanted)                    \
  table.add(IrOp::op, S, S, compare_branch<conditions::name, S, S, wanted>);   \
  table.add(IrOp::op, A, S, compare_branch<conditions::name, A, S, wanted>);   \
  table.add(IrOp::op, S, A, compare_branch<conditions::name, S, A, wanted>);   \
  if constexpr (std::is_integral_v<T>) {                                       \
    table.add(IrOp::op, S, I, compare_branch<conditions::name, S, I, wanted>); \
    table.add(IrOp::op, A, I, compare_branch<conditions::name, A, I, wanted>); \
  }

}  // namespace

void add_branch_handlers(HandlerTable& table) {
#define TINE_COMPARE(name, T, expr)                        \
  TINE_ADD_COMPARE_BRANCH(table, br_##name, name, T, true) \
  TINE_ADD_COMPARE_BRANCH(table, br_not_##name, name, T, false)
#include "ops.def"
  table.add(IrOp::br_nonzero, S, S, condition_branch<S, true>);
  table.add(IrOp::br_nonzero, A, S, condition_branch<A, true>);
  table.add(IrOp::br_zero, S, S, condition_branch<S, false>);
  table.add(IrOp::br_zero, A, S, condition_branch<A, false>);
  table.add(IrOp::br, S, S, br);
  table.add(IrOp::br_table, S, S, br_table<S>);
  table.add(IrOp::br_table, A, S, br_table<A>);
  table.add(IrOp::charge, S, S, charge);
  table.add(IrOp::step, S, S, step);
}

}  // namespace tine
