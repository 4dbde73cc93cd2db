// Handlers of arithmetic, comparison and conversion: generated from the rows of ops.def, one for
// each useful combination of operand sources.
//
//   cells: [handler][dst, a, b | dst, a, imm32]
//   two results: [handler][dst, slots of the operands…][the fourth]
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
#define TINE_WIDE(name, expr)                                                                      \
  struct name {                                                                                    \
    [[gnu::always_inline]] static numeric::uint128 eval(uint64_t a, uint64_t b) { return (expr); } \
  };
#define TINE_WIDE_PAIRS(name, expr)                                                               \
  struct name {                                                                                   \
    [[gnu::always_inline]] static numeric::uint128 eval(numeric::uint128 a, numeric::uint128 b) { \
      return (expr);                                                                              \
    }                                                                                             \
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

[[gnu::always_inline]] inline numeric::uint128 read_pair(const Slot* fp, uint16_t low,
                                                         uint16_t high) {
  return numeric::uint128{fp[high]} << 64 | fp[low];
}
[[gnu::always_inline]] inline void write_pair(Slot* fp, uint16_t slot, numeric::uint128 v) {
  fp[slot] = static_cast<Slot>(v);
  fp[slot + 1] = static_cast<Slot>(v >> 64);
}

template <class Op>
Flow wide(TINE_ARGS) {
  write_pair(fp, ip[1].u16[0], Op::eval(fp[ip[1].u16[1]], fp[ip[1].u16[2]]));
  TINE_NEXT(3);
}

template <class Op>
Flow wide_pairs(TINE_ARGS) {
  const numeric::uint128 a = read_pair(fp, ip[1].u16[1], ip[1].u16[2]);
  const numeric::uint128 b = read_pair(fp, ip[1].u16[3], ip[2].u16[0]);
  write_pair(fp, ip[1].u16[0], Op::eval(a, b));
  TINE_NEXT(3);
}

using namespace rows;

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
#define TINE_WIDE(name, expr) table.add(IrOp::name, S, S, wide<semantics::name>);
#define TINE_WIDE_PAIRS(name, expr) table.add(IrOp::name, S, S, wide_pairs<semantics::name>);
#include "ops.def"
}

}  // namespace tine
