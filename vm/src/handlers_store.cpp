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
/// The i-th operand as an address, index or size of this type.
[[gnu::always_inline]] inline uint64_t operand(const Cell* ip, const Slot* fp, int i,
                                               AddressType type) {
  return address_from(fp[ip[1].u16[i]], type);
}

/// What memory.grow and table.grow answer: a size, or -1.
uint64_t grow_result(int64_t old_size, AddressType type) {
  return address_from(static_cast<uint64_t>(old_size), type);
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

template <AddressType kAddressType>
Flow table_get(TINE_ARGS) {
  const std::vector<Ref>& elements = instance_of(mem).table_items[ip[2].u32[0]]->elements;
  const uint64_t element = operand(ip, fp, 1, kAddressType);
  if (element >= elements.size()) TINE_TRAP_EXIT(TrapKind::kTableOutOfBounds);
  acc = elements[element];
  fp[ip[1].u16[0]] = acc;
  TINE_NEXT(3);
}

template <AddressType kAddressType>
Flow table_set(TINE_ARGS) {
  Table& table = *instance_of(mem).table_items[ip[2].u32[0]];
  const uint64_t element = operand(ip, fp, 1, kAddressType);
  if (element >= table.elements.size()) TINE_TRAP_EXIT(TrapKind::kTableOutOfBounds);
  table.elements[element] = fp[ip[1].u16[0]];
  table.mark_dirty(element, element + 1);
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

bulk::Done fill_memory(Memory& memory, const Cell* ip, const Slot* fp) {
  const AddressType type = memory.type().address_type;
  return bulk::memory_fill(memory, operand(ip, fp, 0, type),
                           static_cast<uint8_t>(operand(ip, fp, 1)), operand(ip, fp, 2, type));
}

bulk::Done fill_table(Table& table, const Cell* ip, const Slot* fp) {
  const AddressType type = table.type.address_type;
  return bulk::table_fill(table, operand(ip, fp, 0, type), fp[ip[1].u16[1]],
                          operand(ip, fp, 2, type));
}

/// Operands of memory.copy and table.copy. The size must fit both sides.
struct CopyOperands {
  uint64_t to = 0;
  uint64_t from = 0;
  uint64_t size = 0;
};
CopyOperands copy_operands(const Cell* ip, const Slot* fp, AddressType to, AddressType from) {
  return {operand(ip, fp, 0, to), operand(ip, fp, 1, from), operand(ip, fp, 2, narrower(to, from))};
}

bulk::Done copy_memory(Memory& to, Memory& from, const Cell* ip, const Slot* fp) {
  const CopyOperands c = copy_operands(ip, fp, to.type().address_type, from.type().address_type);
  return bulk::memory_copy(to, from, c.to, c.from, c.size);
}

bulk::Done copy_table(Table& to, const Table& from, const Cell* ip, const Slot* fp) {
  const CopyOperands c = copy_operands(ip, fp, to.type.address_type, from.type.address_type);
  return bulk::table_copy(to, from, c.to, c.from, c.size);
}

TINE_BULK_HANDLER(memory_fill, fill_memory(*instance.memory_items[ip[2].u32[0]], ip, fp))
TINE_BULK_HANDLER(memory_copy, copy_memory(*instance.memory_items[ip[2].u32[0]],
                                           *instance.memory_items[ip[2].u32[1]], ip, fp))
TINE_BULK_HANDLER(memory_init,
                  bulk::memory_init(instance, ip[2].u32[0], ip[2].u32[1],
                                    operand(ip, fp, 0,
                                            instance.module->memories[ip[2].u32[1]].address_type),
                                    operand(ip, fp, 1), operand(ip, fp, 2)))
TINE_BULK_HANDLER(table_fill, fill_table(*instance.table_items[ip[2].u32[0]], ip, fp))
TINE_BULK_HANDLER(table_copy, copy_table(*instance.table_items[ip[2].u32[0]],
                                         *instance.table_items[ip[2].u32[1]], ip, fp))
TINE_BULK_HANDLER(table_init,
                  bulk::table_init(instance, ip[2].u32[0], ip[2].u32[1],
                                   operand(ip, fp, 0,
                                           instance.module->tables[ip[2].u32[1]].address_type),
                                   operand(ip, fp, 1), operand(ip, fp, 2)))

Flow table_grow(TINE_ARGS) {
  Table& table = *instance_of(mem).table_items[ip[2].u32[0]];
  const AddressType type = table.type.address_type;
  uint64_t extra = 0;
  const int64_t old = bulk::table_grow(table, fp[ip[1].u16[0]], operand(ip, fp, 1, type), extra);
  acc = grow_result(old, type);
  fp[ip[1].u16[3]] = acc;
  TINE_BULK_NEXT(extra);
}

Flow memory_grow(TINE_ARGS) {
  Memory& memory = *instance_of(mem).memory_items[ip[2].u32[0]];
  const AddressType type = memory.type().address_type;
  acc = grow_result(bulk::memory_grow(memory, operand(ip, fp, 0, type)), type);
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

using namespace rows;

}  // namespace

void add_store_handlers(HandlerTable& table) {
  table.add(IrOp::global_get, S, S, global_get);
  table.add(IrOp::global_set, S, S, global_set<S>);
  table.add(IrOp::global_set, A, S, global_set<A>);
  table.add(IrOp::table_get, S, S, table_get<AddressType::kI32>);
  table.add(IrOp::wide_table_get, S, S, table_get<AddressType::kI64>);
  table.add(IrOp::table_set, S, S, table_set<AddressType::kI32>);
  table.add(IrOp::wide_table_set, S, S, table_set<AddressType::kI64>);
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
