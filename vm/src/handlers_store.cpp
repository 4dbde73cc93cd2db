// Handlers of globals, tables and bulk operations.
//
//   global_get/set:  [handler][u16 slot, -, u32 global]
//   table_get/set:   [handler][u16 dst | value, u16 element][u32 table]
//   memory_size:     [handler][u16 dst, -, u32 memory]
//   ref_func:        [handler][u16 dst, -, u32 function]
//   with a cost behind, because they end their segment (their extra cost must be checked):
//   memory_grow, table_grow, fill, copy, init:
//                    [handler][u16 ×3 operands, u16 dst][u32 index, u32 index2][u16 cost behind]
//   data_drop, elem_drop: [handler][u32 segment]
#include "bulk.h"
#include "handlers.h"
#include "store.h"

namespace tine {
namespace {

[[gnu::always_inline]] inline Instance& instance_of(uint8_t* mem) {
  return *context_of(mem)->instance;
}
[[gnu::always_inline]] inline uint32_t operand(const Cell* ip, const Slot* fp, int i) {
  return static_cast<uint32_t>(fp[ip[1].u16[i]]);
}

Flow global_get(TINE_ARGS) {
  acc = context_of(mem)->globals[ip[1].u32[1]]->lo;
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(2);
}

template <Source A>
Flow global_set(TINE_ARGS) {
  context_of(mem)->globals[ip[1].u32[1]]->lo = TINE_READ(uint64_t, A, 0);
  TINE_NEXT(2);
}

Flow table_get(TINE_ARGS) {
  const std::vector<Ref>& elements = instance_of(mem).table_items[ip[2].u32[0]]->elements;
  const uint32_t element = operand(ip, fp, 1);
  if (element >= elements.size()) TINE_TRAP_EXIT(TrapKind::kTableOutOfBounds);
  acc = elements[element];
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(3);
}

Flow table_set(TINE_ARGS) {
  Table& table = *instance_of(mem).table_items[ip[2].u32[0]];
  const uint32_t element = operand(ip, fp, 1);
  if (element >= table.elements.size()) TINE_TRAP_EXIT(TrapKind::kTableOutOfBounds);
  table.elements[element] = fp[ip[1].u16[0]];
  table.mark_dirty(element, element + uint64_t{1});
  TINE_NEXT(3);
}

Flow table_size(TINE_ARGS) {
  acc = instance_of(mem).table_items[ip[1].u32[1]]->elements.size();
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(2);
}

Flow memory_size(TINE_ARGS) {
  acc = instance_of(mem).memory_items[ip[1].u32[1]]->size_pages();
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(2);
}

Flow ref_func(TINE_ARGS) {
  acc = instance_of(mem).funcs[ip[1].u32[1]] + uint64_t{1};
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(2);
}

/// Takes the extra cost, then charges the segment behind a bulk op.
#define TINE_BULK_NEXT(extra)                             \
  do {                                                    \
    context_of(mem)->fuel -= static_cast<int64_t>(extra); \
    const int64_t behind_ = ip[3].u16[0];                 \
    ip += 4;                                              \
    TINE_CHARGE_AND_DISPATCH(behind_);                    \
  } while (0)

#define TINE_BULK_HANDLER(name, expr)                    \
  Flow name(TINE_ARGS) {                                 \
    Instance& instance = instance_of(mem);               \
    const bulk::Done done = (expr);                      \
    if (!done.check.ok) TINE_TRAP_EXIT(done.check.trap); \
    TINE_BULK_NEXT(done.extra_cost);                     \
  }

TINE_BULK_HANDLER(memory_fill,
                  bulk::memory_fill(*instance.memory_items[ip[2].u32[0]], operand(ip, fp, 0),
                                    static_cast<uint8_t>(operand(ip, fp, 1)), operand(ip, fp, 2)))
TINE_BULK_HANDLER(memory_copy,
                  bulk::memory_copy(*instance.memory_items[ip[2].u32[0]],
                                    *instance.memory_items[ip[2].u32[1]], operand(ip, fp, 0),
                                    operand(ip, fp, 1), operand(ip, fp, 2)))
TINE_BULK_HANDLER(memory_init,
                  bulk::memory_init(instance, ip[2].u32[0], ip[2].u32[1], operand(ip, fp, 0),
                                    operand(ip, fp, 1), operand(ip, fp, 2)))
TINE_BULK_HANDLER(table_fill,
                  bulk::table_fill(*instance.table_items[ip[2].u32[0]], operand(ip, fp, 0),
                                   fp[ip[1].u16[1]], operand(ip, fp, 2)))
TINE_BULK_HANDLER(table_copy,
                  bulk::table_copy(*instance.table_items[ip[2].u32[0]],
                                   *instance.table_items[ip[2].u32[1]], operand(ip, fp, 0),
                                   operand(ip, fp, 1), operand(ip, fp, 2)))
TINE_BULK_HANDLER(table_init,
                  bulk::table_init(instance, ip[2].u32[0], ip[2].u32[1], operand(ip, fp, 0),
                                   operand(ip, fp, 1), operand(ip, fp, 2)))

Flow table_grow(TINE_ARGS) {
  Table& table = *instance_of(mem).table_items[ip[2].u32[0]];
  uint64_t extra = 0;
  const int64_t old = bulk::table_grow(table, fp[ip[1].u16[0]], operand(ip, fp, 1), extra);
  acc = static_cast<uint32_t>(old);
  fp[ip[1].u16[3]] = acc;
  TINE_BULK_NEXT(extra);
}

Flow memory_grow(TINE_ARGS) {
  Memory& memory = *instance_of(mem).memory_items[ip[2].u32[0]];
  acc = static_cast<uint32_t>(bulk::memory_grow(memory, operand(ip, fp, 0)));
  fp[ip[1].u16[3]] = acc;
  TINE_BULK_NEXT(0);
}

Flow data_drop(TINE_ARGS) {
  bulk::data_drop(instance_of(mem), ip[1].u32[0]);
  TINE_NEXT(2);
}

Flow elem_drop(TINE_ARGS) {
  bulk::elem_drop(instance_of(mem), ip[1].u32[0]);
  TINE_NEXT(2);
}

constexpr Source S = Source::kSlot;
constexpr Source A = Source::kAccumulator;

}  // namespace

void add_store_handlers(HandlerTable& table) {
  table.add(IrOp::global_get, S, S, global_get);
  table.add(IrOp::global_set, S, S, global_set<S>);
  table.add(IrOp::global_set, A, S, global_set<A>);
  table.add(IrOp::table_get, S, S, table_get);
  table.add(IrOp::table_set, S, S, table_set);
  table.add(IrOp::table_size, S, S, table_size);
  table.add(IrOp::table_grow, S, S, table_grow);
  table.add(IrOp::table_fill, S, S, table_fill);
  table.add(IrOp::table_copy, S, S, table_copy);
  table.add(IrOp::table_init, S, S, table_init);
  table.add(IrOp::elem_drop, S, S, elem_drop);
  table.add(IrOp::memory_size, S, S, memory_size);
  table.add(IrOp::memory_grow, S, S, memory_grow);
  table.add(IrOp::memory_fill, S, S, memory_fill);
  table.add(IrOp::memory_copy, S, S, memory_copy);
  table.add(IrOp::memory_init, S, S, memory_init);
  table.add(IrOp::data_drop, S, S, data_drop);
  table.add(IrOp::ref_func, S, S, ref_func);
}

}  // namespace tine
