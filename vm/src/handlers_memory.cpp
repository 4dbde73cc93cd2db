// Handlers of loads and stores. Bounds are checked before anything is read or written; every store
// passes the one barrier (mark_dirty).
//
//   load:   [handler][dst, address, u32 offset]      (address immediate: folded into the offset)
//   store:  [handler][address, value, u32 offset]    (value immediate: [imm64] behind)
//   load_general, store_general: another memory than 0, or an offset beyond 32 bits
//           [handler][dst | value, address][u64 offset][u32 memory, u32 Op]
#include "handlers.h"
#include "memory_access.h"
#include "store.h"
#include "tine/opcodes.h"

namespace tine {
namespace {

/// What a loaded M becomes as an R: sign- or zero-extended by M's own sign.
template <class M, class R>
[[gnu::always_inline]] inline R extend(M v) {
  if constexpr (std::is_floating_point_v<M>)
    return v;
  else
    return static_cast<R>(static_cast<std::make_signed_t<R>>(v));
}

template <class M, class R, Source Address>
Flow load(TINE_ARGS) {
  const uint64_t address = effective_address<Address, 1>(ip, fp, acc);
  TINE_CHECK_BOUNDS(address, sizeof(M));
  TINE_WRITE(ip[1].u16[0], (extend<M, R>(read_le<M>(mem + address))));
  TINE_NEXT(2);
}

template <class M, class T, Source Address, Source Value>
Flow store(TINE_ARGS) {
  const uint64_t address = effective_address<Address, 0>(ip, fp, acc);
  TINE_CHECK_BOUNDS(address, sizeof(M));
  if constexpr (Value == Source::kImmediate) {
    write_le<M>(mem + address, static_cast<M>(ip[2].u64));
  } else if constexpr (Value == Source::kAccumulator) {
    write_le<M>(mem + address, static_cast<M>(acc));
  } else {
    write_le<M>(mem + address, static_cast<M>(fp[ip[1].u16[1]]));
  }
  mark_dirty(mem, address);
  TINE_NEXT(Value == Source::kImmediate ? 3 : 2);
}

/// A load of kind `op` from anywhere, as slot bits. Pre: in bounds.
Slot load_as(Op op, const uint8_t* p) {
  switch (op) {
#define TINE_LOAD(name, M, R) \
  case Op::name: return to_slot(extend<M, R>(read_le<M>(p)));
#include "ops.def"
    default: break;
  }
  check_failed("check", "a load op", __FILE__, __LINE__);
}

void store_as(uint32_t size_bytes, uint8_t* p, Slot v) {
  for (uint32_t i = 0; i < size_bytes; ++i) p[i] = static_cast<uint8_t>(v >> (8 * i));
}

uint32_t access_bytes(Op op) {
  switch (op) {
#define TINE_LOAD(name, M, R) \
  case Op::name: return sizeof(M);
#define TINE_STORE(name, M, T) \
  case Op::name: return sizeof(M);
#include "ops.def"
    case Op::f32_store:
    case Op::i64_store32: return 4;
    case Op::f64_store: return 8;
    case Op::i64_store8: return 1;
    case Op::i64_store16: return 2;
    default: break;
  }
  check_failed("check", "a memory op", __FILE__, __LINE__);
}

Flow load_general(TINE_ARGS) {
  const Op op = static_cast<Op>(ip[3].u32[1]);
  const uint8_t* p = general_access(ip, fp, mem, access_bytes(op));
  if (p == nullptr) TINE_TRAP_EXIT(TrapKind::kMemoryOutOfBounds);
  acc = load_as(op, p);
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(4);
}

Flow store_general(TINE_ARGS) {
  const uint32_t size = access_bytes(static_cast<Op>(ip[3].u32[1]));
  uint8_t* p = general_access(ip, fp, mem, size);
  if (p == nullptr) TINE_TRAP_EXIT(TrapKind::kMemoryOutOfBounds);
  uint8_t* base = context_of(mem)->instance->memory_items[ip[3].u32[0]]->base();
  store_as(size, p, fp[ip[1].u16[0]]);
  mark_dirty(base, static_cast<uint64_t>(p - base));
  TINE_NEXT(4);
}

constexpr Source S = Source::kSlot;
constexpr Source A = Source::kAccumulator;
constexpr Source I = Source::kImmediate;

}  // namespace

void add_memory_handlers(HandlerTable& table) {
#define TINE_LOAD(name, M, R)                 \
  table.add(IrOp::name, S, S, load<M, R, S>); \
  table.add(IrOp::name, A, S, load<M, R, A>); \
  table.add(IrOp::name, I, S, load<M, R, I>);
#define TINE_STORE(name, M, T)                    \
  table.add(IrOp::name, S, S, store<M, T, S, S>); \
  table.add(IrOp::name, S, A, store<M, T, S, A>); \
  table.add(IrOp::name, S, I, store<M, T, S, I>); \
  table.add(IrOp::name, A, S, store<M, T, A, S>); \
  table.add(IrOp::name, A, I, store<M, T, A, I>); \
  table.add(IrOp::name, I, S, store<M, T, I, S>); \
  table.add(IrOp::name, I, A, store<M, T, I, A>); \
  table.add(IrOp::name, I, I, store<M, T, I, I>);
#include "ops.def"
  table.add(IrOp::load_general, S, S, load_general);
  table.add(IrOp::store_general, S, S, store_general);
}

}  // namespace tine
