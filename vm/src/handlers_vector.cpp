// Handlers of v128, generated from the rows of vector_ops.def. A vector stands in two slots, the
// lower half first, and in no accumulator.
//
//   on slots:     [handler][dst, operands…, lane]
//   v128_const:   [handler][dst][lower half][upper half]
//   shuffle:      [handler][dst, a, b][indices, lower half][upper half]
//   load:         [handler][dst, address, u32 offset]      (address immediate: in the offset)
//   store:        [handler][address, value, u32 offset]
//   of a lane, or from another memory than 0:
//                 [handler][dst | value, address, vector, lane][u64 offset][u32 memory, u32 Op]
//   global:       [handler][u16 slot, -, u32 global]
#include "handlers.h"
#include "memory_access.h"
#include "numeric.h"
#include "op_signature.h"
#include "store.h"
#include "vector.h"

namespace tine {
namespace {

[[gnu::always_inline]] inline V128 read_vector(const Slot* fp, uint16_t slot) {
  return {fp[slot], fp[slot + 1]};
}
[[gnu::always_inline]] inline void write_vector(Slot* fp, uint16_t slot, V128 v) {
  fp[slot] = v.lo;
  fp[slot + 1] = v.hi;
}

/// The semantics of each row as a type.
namespace semantics {
#define TINE_LANES_UNARY(name, L, expr)                                        \
  struct name {                                                                \
    [[gnu::always_inline]] static V128 eval(V128 a) {                          \
      return vector::map<L>(a, [](L x) -> L { return static_cast<L>(expr); }); \
    }                                                                          \
  };
#define TINE_LANES_BINARY(name, L, expr)                                               \
  struct name {                                                                        \
    [[gnu::always_inline]] static V128 eval(V128 a, V128 b) {                          \
      return vector::zip<L>(a, b, [](L x, L y) -> L { return static_cast<L>(expr); }); \
    }                                                                                  \
  };
#define TINE_LANES_COMPARE(name, L, expr)                             \
  struct name {                                                       \
    [[gnu::always_inline]] static V128 eval(V128 a, V128 b) {         \
      return vector::compare<L>(a, b, [](L x, L y) { return expr; }); \
    }                                                                 \
  };
#define TINE_VECTOR_SHIFT(name, L, expr)                                        \
  struct name {                                                                 \
    [[gnu::always_inline]] static V128 eval(V128 a, uint32_t count) {           \
      const uint32_t n = count % (8 * sizeof(L));                               \
      return vector::map<L>(a, [n](L x) -> L { return static_cast<L>(expr); }); \
    }                                                                           \
  };
#define TINE_VECTOR_UNARY(name, expr)                                \
  struct name {                                                      \
    [[gnu::always_inline]] static V128 eval(V128 a) { return expr; } \
  };
#define TINE_VECTOR_BINARY(name, expr)                                       \
  struct name {                                                              \
    [[gnu::always_inline]] static V128 eval(V128 a, V128 b) { return expr; } \
  };
#define TINE_VECTOR_TERNARY(name, expr)                                              \
  struct name {                                                                      \
    [[gnu::always_inline]] static V128 eval(V128 a, V128 b, V128 c) { return expr; } \
  };
#define TINE_VECTOR_TEST(name, expr)                                     \
  struct name {                                                          \
    [[gnu::always_inline]] static uint32_t eval(V128 a) { return expr; } \
  };
#define TINE_VECTOR_LOAD(name, M_, expr)                          \
  struct name {                                                   \
    using M = M_;                                                 \
    [[gnu::always_inline]] static V128 eval(M m) { return expr; } \
  };
#include "vector_ops.def"
}  // namespace semantics

template <class Op>
Flow unary(TINE_ARGS) {
  write_vector(fp, ip[1].u16[0], Op::eval(read_vector(fp, ip[1].u16[1])));
  TINE_NEXT(2);
}

template <class Op>
Flow binary(TINE_ARGS) {
  write_vector(fp, ip[1].u16[0],
               Op::eval(read_vector(fp, ip[1].u16[1]), read_vector(fp, ip[1].u16[2])));
  TINE_NEXT(2);
}

template <class Op>
Flow ternary(TINE_ARGS) {
  write_vector(fp, ip[1].u16[0],
               Op::eval(read_vector(fp, ip[1].u16[1]), read_vector(fp, ip[1].u16[2]),
                        read_vector(fp, ip[1].u16[3])));
  TINE_NEXT(2);
}

template <class Op>
Flow shift(TINE_ARGS) {
  write_vector(fp, ip[1].u16[0],
               Op::eval(read_vector(fp, ip[1].u16[1]), static_cast<uint32_t>(fp[ip[1].u16[2]])));
  TINE_NEXT(2);
}

template <class Op>
Flow test(TINE_ARGS) {
  TINE_WRITE(ip[1].u16[0], Op::eval(read_vector(fp, ip[1].u16[1])));
  TINE_NEXT(2);
}

template <class L, class T>
Flow splat(TINE_ARGS) {
  write_vector(fp, ip[1].u16[0], vector::splat<L>(static_cast<L>(from_slot<T>(fp[ip[1].u16[1]]))));
  TINE_NEXT(2);
}

/// Integer lanes are sign- or zero-extended by their own sign.
template <class L, class R>
Flow extract_lane(TINE_ARGS) {
  const L lane = vector::extract<L>(read_vector(fp, ip[1].u16[1]), ip[1].u16[2]);
  TINE_WRITE(ip[1].u16[0], static_cast<R>(lane));
  TINE_NEXT(2);
}

template <class L, class T>
Flow replace_lane(TINE_ARGS) {
  const L lane = static_cast<L>(from_slot<T>(fp[ip[1].u16[2]]));
  write_vector(fp, ip[1].u16[0],
               vector::replace<L>(read_vector(fp, ip[1].u16[1]), ip[1].u16[3], lane));
  TINE_NEXT(2);
}

Flow v128_const(TINE_ARGS) {
  write_vector(fp, ip[1].u16[0], {ip[2].u64, ip[3].u64});
  TINE_NEXT(4);
}

Flow shuffle(TINE_ARGS) {
  write_vector(fp, ip[1].u16[0],
               vector::shuffle(read_vector(fp, ip[1].u16[1]), read_vector(fp, ip[1].u16[2]),
                               {ip[2].u64, ip[3].u64}));
  TINE_NEXT(4);
}

Flow vector_copy(TINE_ARGS) {
  write_vector(fp, ip[1].u16[0], read_vector(fp, ip[1].u16[1]));
  TINE_NEXT(2);
}

/// [handler][u16 destination, u16 if nonzero, u16 if zero, u16 condition]
Flow vector_select(TINE_ARGS) {
  const auto condition = static_cast<uint32_t>(fp[ip[1].u16[3]]);
  write_vector(fp, ip[1].u16[0], read_vector(fp, ip[1].u16[condition != 0 ? 1 : 2]));
  TINE_NEXT(2);
}

Flow vector_global_get(TINE_ARGS) {
  const GlobalCell& global = *context_of(mem)->globals[ip[1].u32[1]];
  write_vector(fp, ip[1].u16[0], {global.lo, global.hi});
  TINE_NEXT(2);
}

Flow vector_global_set(TINE_ARGS) {
  const V128 value = read_vector(fp, ip[1].u16[0]);
  *context_of(mem)->globals[ip[1].u32[1]] = {value.lo, value.hi};
  TINE_NEXT(2);
}

// --- memory ----------------------------------------------------------------------------------------

template <class M>
[[gnu::always_inline]] inline M read_memory(const uint8_t* p) {
  if constexpr (std::is_same_v<M, V128>)
    return {read_le<uint64_t>(p), read_le<uint64_t>(p + 8)};
  else
    return read_le<M>(p);
}

[[gnu::always_inline]] inline void write_memory(uint8_t* p, V128 v) {
  write_le<uint64_t>(p, v.lo);
  write_le<uint64_t>(p + 8, v.hi);
}

template <class Op, AddressType kAddressType, Source Address>
Flow load(TINE_ARGS) {
  using M = typename Op::M;
  const Access at = access_of<kAddressType, Address, 1>(ip, fp, mem, acc, sizeof(M));
  TINE_CHECK_BOUNDS(at);
  write_vector(fp, ip[1].u16[0], Op::eval(read_memory<M>(mem + at.address)));
  TINE_NEXT(2);
}

template <AddressType kAddressType, Source Address>
Flow store(TINE_ARGS) {
  const Access at = access_of<kAddressType, Address, 0>(ip, fp, mem, acc, sizeof(V128));
  TINE_CHECK_BOUNDS(at);
  write_memory(mem + at.address, read_vector(fp, ip[1].u16[1]));
  mark_dirty<kAddressType>(mem, at.address);
  TINE_NEXT(2);
}

/// A load of kind `op` from anywhere. Pre: in bounds.
V128 load_as(Op op, const uint8_t* p) {
  switch (op) {
#define TINE_VECTOR_LOAD(name, M, expr) \
  case Op::name: return semantics::name::eval(read_memory<M>(p));
#include "vector_ops.def"
    default: break;
  }
  check_failed("check", "a vector load op", __FILE__, __LINE__);
}

[[nodiscard]] uint32_t access_bytes(const Cell* ip) {
  return 1u << op_signature(static_cast<Op>(ip[3].u32[1])).natural_align_log2;
}

Flow load_general(TINE_ARGS) {
  const uint8_t* const p = general_access(ip, fp, mem, access_bytes(ip));
  if (p == nullptr) TINE_TRAP_EXIT(TrapKind::kMemoryOutOfBounds);
  write_vector(fp, ip[1].u16[0], load_as(static_cast<Op>(ip[3].u32[1]), p));
  TINE_NEXT(4);
}

Flow store_general(TINE_ARGS) {
  uint8_t* const p = general_access(ip, fp, mem, access_bytes(ip));
  if (p == nullptr) TINE_TRAP_EXIT(TrapKind::kMemoryOutOfBounds);
  write_memory(p, read_vector(fp, ip[1].u16[0]));
  mark_general(ip, mem, p);
  TINE_NEXT(4);
}

template <class L>
Flow load_lane(TINE_ARGS) {
  const uint8_t* const p = general_access(ip, fp, mem, sizeof(L));
  if (p == nullptr) TINE_TRAP_EXIT(TrapKind::kMemoryOutOfBounds);
  write_vector(fp, ip[1].u16[0],
               vector::replace<L>(read_vector(fp, ip[1].u16[2]), ip[1].u16[3], read_le<L>(p)));
  TINE_NEXT(4);
}

template <class L>
Flow store_lane(TINE_ARGS) {
  uint8_t* const p = general_access(ip, fp, mem, sizeof(L));
  if (p == nullptr) TINE_TRAP_EXIT(TrapKind::kMemoryOutOfBounds);
  write_le<L>(p, vector::extract<L>(read_vector(fp, ip[1].u16[2]), ip[1].u16[3]));
  mark_general(ip, mem, p);
  TINE_NEXT(4);
}

using namespace rows;

template <class Op, AddressType W>
void add_load(HandlerTable& table, IrOp op) {
  table.add(op, S, S, load<Op, W, S>);
  table.add(op, A, S, load<Op, W, A>);
  table.add(op, I, S, load<Op, W, I>);
}

template <AddressType W>
void add_store(HandlerTable& table, IrOp op) {
  table.add(op, S, S, store<W, S>);
  table.add(op, A, S, store<W, A>);
  table.add(op, I, S, store<W, I>);
}

}  // namespace

void add_vector_handlers(HandlerTable& table) {
#define TINE_LANES_UNARY(name, L, expr) table.add(IrOp::name, S, S, unary<semantics::name>);
#define TINE_LANES_BINARY(name, L, expr) table.add(IrOp::name, S, S, binary<semantics::name>);
#define TINE_LANES_COMPARE(name, L, expr) table.add(IrOp::name, S, S, binary<semantics::name>);
#define TINE_VECTOR_SHIFT(name, L, expr) table.add(IrOp::name, S, S, shift<semantics::name>);
#define TINE_VECTOR_UNARY(name, expr) table.add(IrOp::name, S, S, unary<semantics::name>);
#define TINE_VECTOR_BINARY(name, expr) table.add(IrOp::name, S, S, binary<semantics::name>);
#define TINE_VECTOR_TERNARY(name, expr) table.add(IrOp::name, S, S, ternary<semantics::name>);
#define TINE_VECTOR_TEST(name, expr) table.add(IrOp::name, S, S, test<semantics::name>);
#define TINE_VECTOR_SPLAT(name, L, T) table.add(IrOp::name, S, S, splat<L, T>);
#define TINE_VECTOR_EXTRACT(name, L, R) table.add(IrOp::name, S, S, extract_lane<L, R>);
#define TINE_VECTOR_REPLACE(name, L, T) table.add(IrOp::name, S, S, replace_lane<L, T>);
#define TINE_VECTOR_LOAD(name, M, expr)                  \
  add_load<semantics::name, kNarrow>(table, IrOp::name); \
  add_load<semantics::name, kWide>(table, IrOp::wide_##name);
#define TINE_VECTOR_LOAD_LANE(name, L) table.add(IrOp::name, S, S, load_lane<L>);
#define TINE_VECTOR_STORE_LANE(name, L) table.add(IrOp::name, S, S, store_lane<L>);
#include "vector_ops.def"
  add_store<kNarrow>(table, IrOp::v128_store);
  add_store<kWide>(table, IrOp::wide_v128_store);
  table.add(IrOp::vector_load_general, S, S, load_general);
  table.add(IrOp::vector_store_general, S, S, store_general);
  table.add(IrOp::v128_const, S, S, v128_const);
  table.add(IrOp::i8x16_shuffle, S, S, shuffle);
  table.add(IrOp::vector_copy, S, S, vector_copy);
  table.add(IrOp::vector_select, S, S, vector_select);
  table.add(IrOp::vector_global_get, S, S, vector_global_get);
  table.add(IrOp::vector_global_set, S, S, vector_global_set);
}

}  // namespace tine
