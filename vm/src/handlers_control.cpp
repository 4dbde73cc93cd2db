// Handlers of calls, returns and moves. Frames overlap: a call's arguments already stand where the
// callee's first locals will be, so a call only moves fp up and a return moves it down again.
//
//   call:           [handler][u32 func][u32 callee depth, u16 base, u16 cost behind]
//   call_import:    [handler][u32 func][-, u16 base, u16 cost behind]
//   call_indirect:  [handler][u32 type, u32 table][u16 operand][-, u16 base, u16 cost behind]
//   tail_call…:     [handler][…as above…][u16 first argument, u16 arguments, u16 return slot]
//                   [u32 own depth, u32 callee depth]
//   ret…:           [handler][u32 own depth, u16 return slot, u16 source]
//   ret_many:       the same, then [u16 first, u16 slots]
//
// The cell right before a return address is the landing: by how much the caller lowers fp, and
// what the segment behind the call costs. The return word is the only opaque slot of a frame.
#include <cstring>

#include "code_store.h"
#include "handlers.h"
#include "store.h"

namespace tine {

Flow exit_charge_failed(TINE_ARGS) {
  context_of(mem)->fuel += static_cast<int64_t>(acc);
  TINE_EXIT(ExitReason::kFuel, 0);
}

Flow exit_trap(TINE_ARGS) { TINE_EXIT(ExitReason::kTrap, acc); }

void enter_code(const Cell* ip, Slot* fp, uint8_t* mem, uint64_t acc, float facc, double dacc) {
#ifdef TINE_DISPATCH_LOOP
  Registers r{TINE_PASS};
  while (r.ip != nullptr) r = r.ip->handler(r.ip, r.fp, r.mem, r.acc, r.facc, r.dacc);
#else
  ip->handler(TINE_PASS);
#endif
}

namespace {

[[gnu::always_inline]] inline const Cell* entry_of(const Context* ctx, FuncIdx func) {
  return ctx->entries[func].code.load(std::memory_order_acquire);
}

/// Takes a callee's slots from the stack limit.
#define TINE_TAKE_DEPTH(ctx, slots)                         \
  do {                                                      \
    const int64_t slots_ = (slots);                         \
    (ctx)->depth_left_slots -= slots_;                      \
    if (__builtin_expect((ctx)->depth_left_slots < 0, 0)) { \
      (ctx)->depth_left_slots += slots_;                    \
      TINE_TRAP_EXIT(TrapKind::kStackExhausted);            \
    }                                                       \
  } while (0)

/// First op of every function: [handler][u16 first slot to zero, u16 return slot, u16 cost].
Flow enter(TINE_ARGS) {
  Slot* const return_word = fp + ip[1].u16[1];
  for (Slot* p = fp + ip[1].u16[0]; p < return_word; ++p) {
    *p = 0;
    asm volatile("" : "+r"(p));  // no call of memset: it would spill every register
  }
  *return_word = acc;
  const int64_t cost = ip[1].u16[2];
  ip += 2;
  TINE_CHARGE_AND_DISPATCH(cost);
}

/// Entry of a function that is not translated yet: [handler][u32 func].
Flow translate_then_run(TINE_ARGS) {
  ip = translate_entry(*context_of(mem)->instance, context_of(mem)->entries, ip[1].u32[0]);
  TINE_DISPATCH();
}

Flow call(TINE_ARGS) {
  Context* ctx = context_of(mem);
  TINE_TAKE_DEPTH(ctx, static_cast<int64_t>(ip[2].u32[0]));
  const Cell* callee = entry_of(ctx, ip[1].u32[0]);
  acc = reinterpret_cast<uint64_t>(ip + 3);
  fp += ip[2].u16[2];
  ip = callee;
  TINE_DISPATCH();
}

/// Leaves to the driver, which makes calls that cross into C++ or another instance.
#define TINE_EXIT_CALL(item, address, form)                                    \
  TINE_EXIT((item).is_host ? ExitReason::kHostCall : ExitReason::kForeignCall, \
            pack_exit_call(address, form))

template <CallForm kForm>
Flow call_import(TINE_ARGS) {
  const Instance& instance = *context_of(mem)->instance;
  const FuncIdx func = ip[1].u32[0];
  TINE_EXIT_CALL(*instance.func_items[func], instance.funcs[func], kForm);
}

/// What a call_indirect leads to, or why it traps. spec: exec/instructions#exec-call-indirect
struct IndirectCallee {
  const StoreFunc* func = nullptr;
  uint64_t address = 0;
  TrapKind trap = TrapKind::kUndefinedElement;
};
IndirectCallee find_callee(const Instance& instance, uint32_t type, uint32_t table,
                           uint64_t element) {
  const std::vector<Ref>& elements = instance.table_items[table]->elements;
  if (element >= elements.size()) return {nullptr, 0, TrapKind::kUndefinedElement};
  const Ref ref = elements[element];
  if (ref == kNullRef) return {nullptr, 0, TrapKind::kUninitializedElement};
  const StoreFunc* func = instance.store_funcs[ref - 1];
  if (func->signature != instance.signatures[type])
    return {nullptr, 0, TrapKind::kIndirectCallTypeMismatch};
  return {func, ref - 1, TrapKind::kUnreachable};
}

template <AddressType kAddressType>
Flow call_indirect(TINE_ARGS) {
  Context* ctx = context_of(mem);
  const IndirectCallee callee = find_callee(*ctx->instance, ip[1].u32[0], ip[1].u32[1],
                                            address_from(fp[ip[2].u16[0]], kAddressType));
  if (callee.func == nullptr) TINE_TRAP_EXIT(callee.trap);
  if (callee.func->owner != ctx->instance)
    TINE_EXIT_CALL(*callee.func, callee.address, CallForm::kIndirect);
  TINE_TAKE_DEPTH(ctx, static_cast<int64_t>(callee.func->depth_slots));
  const Cell* entry = entry_of(ctx, callee.func->func);
  acc = reinterpret_cast<uint64_t>(ip + 4);
  fp += ip[3].u16[2];
  ip = entry;
  TINE_DISPATCH();
}

/// Replaces the running frame by its callee's: `tail` is the cell with the argument slots.
#define TINE_TAIL_CALL(ctx, tail, callee_depth, entry_expr)                                     \
  do {                                                                                          \
    const int64_t own_depth_ = (tail)[1].u32[0];                                                \
    const int64_t change_ = static_cast<int64_t>(callee_depth) - own_depth_;                    \
    if ((ctx)->depth_left_slots < change_) TINE_TRAP_EXIT(TrapKind::kStackExhausted);           \
    if (__builtin_expect(fp == (ctx)->jump_frame, 0)) TINE_EXIT(ExitReason::kJumpFrameTail, 0); \
    (ctx)->depth_left_slots -= change_;                                                         \
    const Cell* entry_ = (entry_expr);                                                          \
    acc = fp[(tail)[0].u16[2]];                                                                 \
    std::memmove(fp, fp + (tail)[0].u16[0], (tail)[0].u16[1] * sizeof(Slot));                   \
    ip = entry_;                                                                                \
    TINE_DISPATCH();                                                                            \
  } while (0)

Flow tail_call(TINE_ARGS) {
  Context* ctx = context_of(mem);
  TINE_TAIL_CALL(ctx, ip + 2, ip[3].u32[1], entry_of(ctx, ip[1].u32[0]));
}

template <AddressType kAddressType>
Flow tail_call_indirect(TINE_ARGS) {
  Context* ctx = context_of(mem);
  const IndirectCallee callee = find_callee(*ctx->instance, ip[1].u32[0], ip[1].u32[1],
                                            address_from(fp[ip[2].u16[0]], kAddressType));
  if (callee.func == nullptr) TINE_TRAP_EXIT(callee.trap);
  if (callee.func->owner != ctx->instance)
    TINE_EXIT_CALL(*callee.func, callee.address, CallForm::kTailIndirect);
  TINE_TAIL_CALL(ctx, ip + 3, callee.func->depth_slots, entry_of(ctx, callee.func->func));
}

/// Back to the caller. The return word is read before results overwrite the frame.
#define TINE_RETURN(return_address)                                \
  do {                                                             \
    context_of(mem)->depth_left_slots += ip[1].u32[0];             \
    ip = (return_address);                                         \
    fp -= ip[-1].u16[2];                                           \
    TINE_CHARGE_AND_DISPATCH(static_cast<int64_t>(ip[-1].u16[3])); \
  } while (0)
#define TINE_RETURN_ADDRESS() reinterpret_cast<const Cell*>(fp[ip[1].u16[2]])

Flow ret(TINE_ARGS) { TINE_RETURN(TINE_RETURN_ADDRESS()); }

/// One result; it also stands in the accumulator of its type when the caller goes on.
template <class T, Source A>
Flow ret_one(TINE_ARGS) {
  const T value = TINE_READ(T, A, 3);
  const Cell* back = TINE_RETURN_ADDRESS();
  TINE_WRITE(0, value);
  TINE_RETURN(back);
}

Flow ret_many(TINE_ARGS) {
  const Cell* back = TINE_RETURN_ADDRESS();
  std::memmove(fp, fp + ip[2].u16[0], ip[2].u16[1] * sizeof(Slot));
  TINE_RETURN(back);
}

template <Source A>
Flow copy(TINE_ARGS) {
  acc = TINE_READ(uint64_t, A, 1);
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(2);
}

Flow const32(TINE_ARGS) {
  acc = static_cast<uint64_t>(static_cast<int64_t>(ip[1].i32[1]));
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(2);
}

/// [handler][u16 destination][value], likewise the float constants.
Flow const64(TINE_ARGS) {
  acc = ip[2].u64;
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(3);
}
template <class F>
Flow const_float(TINE_ARGS) {
  TINE_WRITE(ip[1].u16[0], from_slot<F>(ip[2].u64));
  TINE_NEXT(3);
}

/// [handler][u16 destination, u16 if nonzero, u16 if zero, u16 condition]
template <Source Condition>
Flow select(TINE_ARGS) {
  const uint32_t condition = TINE_READ(uint32_t, Condition, 3);
  acc = fp[ip[1].u16[condition != 0 ? 1 : 2]];
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(2);
}

/// [handler][u16 first value, u32 tag]: the driver finds out who catches it (unwind.cpp).
Flow throw_(TINE_ARGS) { TINE_EXIT(ExitReason::kThrow, ip[1].u32[1]); }

/// [handler][u16 reference]
Flow throw_ref(TINE_ARGS) {
  const Ref thrown = fp[ip[1].u16[0]];
  if (thrown == kNullRef) TINE_TRAP_EXIT(TrapKind::kNullException);
  TINE_EXIT(ExitReason::kThrowRef, thrown);
}

Flow unreachable(TINE_ARGS) { TINE_TRAP_EXIT(TrapKind::kUnreachable); }

Flow root_return(TINE_ARGS) { TINE_EXIT(ExitReason::kRootReturn, 0); }
Flow bridge_return(TINE_ARGS) { TINE_EXIT(ExitReason::kBridgeReturn, 0); }
Flow low_water(TINE_ARGS) { TINE_EXIT(ExitReason::kLowWater, 0); }
Flow jump_frame_return(TINE_ARGS) { TINE_EXIT(ExitReason::kJumpFrameReturn, 0); }

using namespace rows;

/// A landing that lowers nothing and costs nothing, then the stub's only op.
struct Stub {
  Cell cells[2];
  explicit Stub(Handler handler) : cells{} { cells[1].handler = handler; }
};

}  // namespace

const Cell* root_stub() {
  static const Stub stub(root_return);
  return stub.cells + 1;
}
const Cell* bridge_stub() {
  static const Stub stub(bridge_return);
  return stub.cells + 1;
}
const Cell* low_water_stub() {
  static const Stub stub(low_water);
  return stub.cells + 1;
}
const Cell* jump_stub() {
  static const Stub stub(jump_frame_return);
  return stub.cells + 1;
}
Handler translate_handler() { return translate_then_run; }

void add_control_handlers(HandlerTable& table) {
  table.add(IrOp::enter, S, S, enter);
  table.add(IrOp::call, S, S, call);
  table.add(IrOp::call_import, S, S, call_import<CallForm::kImport>);
  table.add(IrOp::call_indirect, S, S, call_indirect<AddressType::kI32>);
  table.add(IrOp::wide_call_indirect, S, S, call_indirect<AddressType::kI64>);
  table.add(IrOp::tail_call, S, S, tail_call);
  table.add(IrOp::tail_call_import, S, S, call_import<CallForm::kTailImport>);
  table.add(IrOp::tail_call_indirect, S, S, tail_call_indirect<AddressType::kI32>);
  table.add(IrOp::wide_tail_call_indirect, S, S, tail_call_indirect<AddressType::kI64>);
  table.add(IrOp::ret, S, S, ret);
  table.add(IrOp::ret_int, S, S, ret_one<uint64_t, S>);
  table.add(IrOp::ret_int, A, S, ret_one<uint64_t, A>);
  table.add(IrOp::ret_f32, S, S, ret_one<float, S>);
  table.add(IrOp::ret_f32, A, S, ret_one<float, A>);
  table.add(IrOp::ret_f64, S, S, ret_one<double, S>);
  table.add(IrOp::ret_f64, A, S, ret_one<double, A>);
  table.add(IrOp::ret_many, S, S, ret_many);
  table.add(IrOp::copy, S, S, copy<S>);
  table.add(IrOp::copy, A, S, copy<A>);
  table.add(IrOp::const32, S, S, const32);
  table.add(IrOp::const64, S, S, const64);
  table.add(IrOp::const_f32, S, S, const_float<float>);
  table.add(IrOp::const_f64, S, S, const_float<double>);
  table.add(IrOp::select, S, S, select<S>);
  table.add(IrOp::select, A, S, select<A>);
  table.add(IrOp::unreachable, S, S, unreachable);
  table.add(IrOp::throw_, S, S, throw_);
  table.add(IrOp::throw_ref, S, S, throw_ref);
}

}  // namespace tine
