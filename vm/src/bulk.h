// Bulk operations on memories and tables, as functions: handlers of every kind of code call them.
//
// Each checks everything before it writes anything, marks what it wrote, and says how much extra it
// costs (1 instruction per 256 bytes or 32 elements). spec: exec/instructions, memory.* and table.*
#pragma once

#include <cstdint>

#include "numeric.h"
#include "store.h"

namespace tine::bulk {

struct Done {
  numeric::Check check;
  uint64_t extra_cost = 0;
};

[[nodiscard]] Done memory_fill(Memory& memory, uint64_t to, uint8_t value, uint64_t size);
[[nodiscard]] Done memory_copy(Memory& to_memory, Memory& from_memory, uint64_t to, uint64_t from,
                               uint64_t size);
[[nodiscard]] Done memory_init(Instance& instance, uint32_t segment, uint32_t memory, uint64_t to,
                               uint64_t from, uint64_t size);
[[nodiscard]] Done table_fill(Table& table, uint64_t to, Ref value, uint64_t size);
[[nodiscard]] Done table_copy(Table& to_table, const Table& from_table, uint64_t to, uint64_t from,
                              uint64_t size);
[[nodiscard]] Done table_init(Instance& instance, uint32_t segment, uint32_t table, uint64_t to,
                              uint64_t from, uint64_t size);
/// The old size, or -1. Cost: the new elements.
int64_t table_grow(Table& table, Ref value, uint64_t delta, uint64_t& extra_cost);
void data_drop(Instance& instance, uint32_t segment);
void elem_drop(Instance& instance, uint32_t segment);
/// memory.grow, with what the memory's Context knows of its size.
int64_t memory_grow(Memory& memory, uint64_t delta_pages);

/// The value of a constant expression. spec: exec/instructions#constant-expressions
[[nodiscard]] GlobalCell evaluate(const Instance& instance, const ConstExpr& expr);

}  // namespace tine::bulk
