// Implementation of bulk.h; the reasons are there.
#include "bulk.h"

#include <cstring>
#include <span>
#include <vector>

#include "tine/check.h"
#include "tine/limits.h"

namespace tine::bulk {
namespace {

constexpr uint64_t kBytesPerInstruction = 256;
constexpr uint64_t kElementsPerInstruction = 32;

Done out_of_memory_bounds() { return {{false, TrapKind::kMemoryOutOfBounds}, 0}; }
Done out_of_table_bounds() { return {{false, TrapKind::kTableOutOfBounds}, 0}; }

bool in_range(uint64_t at, uint64_t size, uint64_t limit) {
  return size <= limit && at <= limit - size;
}

/// i32 values are calculated in 64 bits, too, and cut off.
uint64_t apply(const ConstExpr& instr, uint64_t a, uint64_t b) {
  switch (instr.op) {
    case Op::i32_add: return static_cast<uint32_t>(a + b);
    case Op::i32_sub: return static_cast<uint32_t>(a - b);
    case Op::i32_mul: return static_cast<uint32_t>(a * b);
    case Op::i64_add: return a + b;
    case Op::i64_sub: return a - b;
    case Op::i64_mul: return a * b;
    default: TINE_CHECK(false);  // validation lets no other operator through
  }
}

/// A constant expression that is more than one value.
uint64_t calculate(const Instance& instance, const ConstExpr& expr) {
  const auto operands =
      std::span(instance.module->const_operands).subspan(expr.index, expr.operand_count);
  std::vector<uint64_t> stack;
  const auto apply_to_stack = [&stack](const ConstExpr& instr) {
    const uint64_t b = stack.back();
    stack.pop_back();
    stack.back() = apply(instr, stack.back(), b);
  };
  for (const ConstExpr& instr : operands) {
    if (is_const_arithmetic(instr.op))
      apply_to_stack(instr);
    else
      stack.push_back(evaluate(instance, instr).lo);
  }
  apply_to_stack(expr);
  return stack.back();
}

}  // namespace

Done memory_fill(Memory& memory, uint64_t to, uint8_t value, uint64_t size) {
  if (!memory.in_bounds(to, size)) return out_of_memory_bounds();
  std::memset(memory.base() + to, value, size);
  memory.mark_range(to, size);
  return {{}, size / kBytesPerInstruction};
}

Done memory_copy(Memory& to_memory, Memory& from_memory, uint64_t to, uint64_t from,
                 uint64_t size) {
  if (!to_memory.in_bounds(to, size) || !from_memory.in_bounds(from, size))
    return out_of_memory_bounds();
  std::memmove(to_memory.base() + to, from_memory.base() + from, size);
  to_memory.mark_range(to, size);
  return {{}, size / kBytesPerInstruction};
}

Done memory_init(Instance& instance, uint32_t segment, uint32_t memory, uint64_t to, uint64_t from,
                 uint64_t size) {
  const DataSegment& data = instance.module->data[segment];
  const uint64_t segment_size = instance.dropped_data[segment] != 0 ? 0 : data.size;
  Memory& target = *instance.memory_items[memory];
  if (!in_range(from, size, segment_size) || !target.in_bounds(to, size))
    return out_of_memory_bounds();
  target.write(to, instance.module->bytes().subspan(data.begin + from, size));
  return {{}, size / kBytesPerInstruction};
}

Done table_fill(Table& table, uint64_t to, Ref value, uint64_t size) {
  if (!in_range(to, size, table.elements.size())) return out_of_table_bounds();
  for (uint64_t i = 0; i < size; ++i) table.elements[to + i] = value;
  if (size != 0) table.mark_dirty(to, to + size);
  return {{}, size / kElementsPerInstruction};
}

Done table_copy(Table& to_table, const Table& from_table, uint64_t to, uint64_t from,
                uint64_t size) {
  if (!in_range(to, size, to_table.elements.size()) ||
      !in_range(from, size, from_table.elements.size()))
    return out_of_table_bounds();
  if (size == 0) return {};
  std::memmove(to_table.elements.data() + to, from_table.elements.data() + from,
               size * sizeof(Ref));
  to_table.mark_dirty(to, to + size);
  return {{}, size / kElementsPerInstruction};
}

Done table_init(Instance& instance, uint32_t segment, uint32_t table, uint64_t to, uint64_t from,
                uint64_t size) {
  const ElementSegment& elements = instance.module->elements[segment];
  const uint64_t segment_size =
      instance.dropped_elements[segment] != 0 ? 0 : elements.elements.size();
  Table& target = *instance.table_items[table];
  if (!in_range(from, size, segment_size) || !in_range(to, size, target.elements.size()))
    return out_of_table_bounds();
  for (uint64_t i = 0; i < size; ++i)
    target.elements[to + i] = evaluate(instance, elements.elements[from + i]).lo;
  if (size != 0) target.mark_dirty(to, to + size);
  return {{}, size / kElementsPerInstruction};
}

int64_t table_grow(Table& table, Ref value, uint64_t delta, uint64_t& extra_cost) {
  const uint64_t old_size = table.elements.size();
  const uint64_t limit = std::min<uint64_t>(table.type.limits.max.value_or(kLimits.table_elements),
                                            kLimits.table_elements);
  if (delta > limit || old_size > limit - delta) return -1;
  table.elements.resize(old_size + delta, value);
  if (delta != 0) table.mark_dirty(old_size, old_size + delta);
  extra_cost = delta / kElementsPerInstruction;
  return static_cast<int64_t>(old_size);
}

void data_drop(Instance& instance, uint32_t segment) {
  instance.dropped_data[segment] = 1;
  instance.has_changed_segments = true;
}

void elem_drop(Instance& instance, uint32_t segment) {
  instance.dropped_elements[segment] = 1;
  instance.has_changed_segments = true;
}

int64_t memory_grow(Memory& memory, uint64_t delta_pages) {
  const int64_t old_pages = memory.grow(delta_pages);
  context_of(memory.base())->memory_bytes = memory.size_bytes();
  return old_pages;
}

GlobalCell evaluate(const Instance& instance, const ConstExpr& expr) {
  switch (expr.op) {
    case Op::global_get: return *instance.global_items[expr.index];
    case Op::ref_func: return {instance.funcs[expr.index] + uint64_t{1}, 0};
    case Op::ref_null: return {kNullRef, 0};
    default:
      if (is_const_arithmetic(expr.op)) return {calculate(instance, expr), 0};
      return {expr.bits, expr.bits_hi};
  }
}

}  // namespace tine::bulk
