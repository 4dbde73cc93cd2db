// Handlers of arithmetic, comparison and conversion: generated from the rows of ops.def, one for
// each useful combination of operand sources.
//
//   cells: [handler][dst, a, b | dst, a, imm32]
#include "handlers.h"
#include "numeric.h"

namespace tine {
namespace {

/// The semantics of each row as a type: `eval` computes, `check` may trap first.
namespace semantics {
#define TINE_BINARY(name, T_, R_, expr)                                  \
  struct name {                                                          \
    using T = T_;                                                        \
    [[gnu::always_inline]] static R_ eval(T_ a, T_ b) { return (expr); } \
  };
#define TINE_COMPARE(name, T_, expr)                                           \
  struct name {                                                                \
    using T = T_;                                                              \
    [[gnu::always_inline]] static uint32_t eval(T_ a, T_ b) { return (expr); } \
  };
#define TINE_UNARY(name, T_, R_, expr)                             \
  struct name {                                                    \
    using T = T_;                                                  \
    [[gnu::always_inline]] static R_ eval(T_ a) { return (expr); } \
  };
#define TINE_TRAPPING_BINARY(name, T_, call)                                 \
  struct name {                                                              \
    using T = T_;                                                            \
    using R = T_;                                                            \
    [[gnu::always_inline]] static numeric::Check check(T_ a, T_ b, R& out) { \
      return call(a, b, out);                                                \
    }                                                                        \
  };
#define TINE_TRAPPING_UNARY(name, T_, R_, call)                                               \
  struct name {                                                                               \
    using T = T_;                                                                             \
    using R = R_;                                                                             \
    [[gnu::always_inline]] static numeric::Check check(T_ a, R& out) { return call(a, out); } \
  };
#include "ops.def"
}  // namespace semantics

template <class Op, Source A, Source B>
Flow binary(TINE_ARGS) {
  using T = typename Op::T;
  TINE_WRITE(ip[1].u16[0], Op::eval(TINE_READ(T, A, 1), TINE_READ(T, B, 2)));
  TINE_NEXT(2);
}

template <class Op, Source A>
Flow unary(TINE_ARGS) {
  using T = typename Op::T;
  TINE_WRITE(ip[1].u16[0], Op::eval(TINE_READ(T, A, 1)));
  TINE_NEXT(2);
}

template <class Op, Source A, Source B>
Flow trapping_binary(TINE_ARGS) {
  using T = typename Op::T;
  typename Op::R out{};
  const numeric::Check check = Op::check(TINE_READ(T, A, 1), TINE_READ(T, B, 2), out);
  if (__builtin_expect(!check.ok, 0)) TINE_TRAP_EXIT(check.trap);
  TINE_WRITE(ip[1].u16[0], out);
  TINE_NEXT(2);
}

template <class Op, Source A>
Flow trapping_unary(TINE_ARGS) {
  using T = typename Op::T;
  typename Op::R out{};
  const numeric::Check check = Op::check(TINE_READ(T, A, 1), out);
  if (__builtin_expect(!check.ok, 0)) TINE_TRAP_EXIT(check.trap);
  TINE_WRITE(ip[1].u16[0], out);
  TINE_NEXT(2);
}

constexpr Source S = Source::kSlot;
constexpr Source A = Source::kAccumulator;
constexpr Source I = Source::kImmediate;

/// Integers also take an immediate on the right; floats have none.
#define TINE_ADD_BINARY(table, name, family, T)                 \
  table.add(IrOp::name, S, S, family<semantics::name, S, S>);   \
  table.add(IrOp::name, A, S, family<semantics::name, A, S>);   \
  table.add(IrOp::name, S, A, family<semantics::name, S, A>);   \
  if constexpr (std::is_integral_v<T>) {                        \
    table.add(IrOp::name, S, I, family<semantics::name, S, I>); \
    table.add(IrOp::name, A, I, family<semantics::name, A, I>); \
  }
#define TINE_ADD_UNARY(table, name, family)                \
  table.add(IrOp::name, S, S, family<semantics::name, S>); \
  table.add(IrOp::name, A, S, family<semantics::name, A>);

}  // namespace

void add_numeric_handlers(HandlerTable& table) {
#define TINE_BINARY(name, T, R, expr) TINE_ADD_BINARY(table, name, binary, T)
#define TINE_COMPARE(name, T, expr) TINE_ADD_BINARY(table, name, binary, T)
#define TINE_UNARY(name, T, R, expr) TINE_ADD_UNARY(table, name, unary)
#define TINE_TRAPPING_BINARY(name, T, call) TINE_ADD_BINARY(table, name, trapping_binary, T)
#define TINE_TRAPPING_UNARY(name, T, R, call) TINE_ADD_UNARY(table, name, trapping_unary)
#include "ops.def"
}

}  // namespace tine
