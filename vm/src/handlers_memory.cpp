// Handlers of loads and stores. Bounds are checked before anything is read or written; every store
// passes the one barrier (mark_dirty).
//
//   load:   [handler][dst, address, u32 offset]      (address immediate: folded into the offset)
//   store:  [handler][address, value, u32 offset]    (value immediate: [imm64] behind)
//   load_general, store_general: another memory than 0, or an offset beyond 32 bits
//           [handler][dst | value, address][u64 offset][u32 memory, u32 Op]
//
// Whether an address has 32 or 64 bits is known when code is translated: wide_NAME is a handler of
// its own, and what it costs more (a test of the carry) no other pays.
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

template <class M, class R, AddressType kAddressType, Source Address>
Flow load(TINE_ARGS) {
  const Access at = access_of<kAddressType, Address, 1>(ip, fp, mem, acc, sizeof(M));
  TINE_CHECK_BOUNDS(at);
  TINE_WRITE(ip[1].u16[0], (extend<M, R>(read_le<M>(mem + at.address))));
  TINE_NEXT(2);
}

template <class M, class T, AddressType kAddressType, Source Address, Source Value>
Flow store(TINE_ARGS) {
  const Access at = access_of<kAddressType, Address, 0>(ip, fp, mem, acc, sizeof(M));
  TINE_CHECK_BOUNDS(at);
  if constexpr (Value == Source::kImmediate) {
    write_le<M>(mem + at.address, static_cast<M>(ip[2].u64));
  } else if constexpr (Value == Source::kAccumulator) {
    write_le<M>(mem + at.address, static_cast<M>(acc));
  } else {
    write_le<M>(mem + at.address, static_cast<M>(fp[ip[1].u16[1]]));
  }
  mark_dirty<kAddressType>(mem, at.address);
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
  store_as(size, p, fp[ip[1].u16[0]]);
  mark_general(ip, mem, p);
  TINE_NEXT(4);
}

using namespace rows;

template <class M, class R, AddressType W>
void add_load(HandlerTable& table, IrOp op) {
  table.add(op, S, S, load<M, R, W, S>);
  table.add(op, A, S, load<M, R, W, A>);
  table.add(op, I, S, load<M, R, W, I>);
}

template <class M, class T, AddressType W>
void add_store(HandlerTable& table, IrOp op) {
  table.add(op, S, S, store<M, T, W, S, S>);
  table.add(op, S, A, store<M, T, W, S, A>);
  table.add(op, S, I, store<M, T, W, S, I>);
  table.add(op, A, S, store<M, T, W, A, S>);
  table.add(op, A, I, store<M, T, W, A, I>);
  table.add(op, I, S, store<M, T, W, I, S>);
  table.add(op, I, A, store<M, T, W, I, A>);
  table.add(op, I, I, store<M, T, W, I, I>);
}

}  // namespace

void add_memory_handlers(HandlerTable& table) {
#define TINE_LOAD(name, M, R)                 \
  add_load<M, R, kNarrow>(table, IrOp::name); \
  add_load<M, R, kWide>(table, IrOp::wide_##name);
#define TINE_STORE(name, M, T)                 \
  add_store<M, T, kNarrow>(table, IrOp::name); \
  add_store<M, T, kWide>(table, IrOp::wide_##name);
#include "ops.def"
  table.add(IrOp::load_general, S, S, load_general);
  table.add(IrOp::store_general, S, S, store_general);
}

}  // namespace tine
