// Handlers that only covered code has (edges, compares), and watched places.
//
//   edge:                 [handler][u32 edge]
//   trace_compare:        [handler][u16 a, u16 b, u16 bytes][u32 func, u32 offset]
//   trace_compare_imm:    [handler][u16 a, u16 bytes, i32 b][u32 func, u32 offset]
//   trace_memory_compare: [handler][u32 MemoryCompareKind][u32 func, u32 offset]
//   watch:                [handler][u32 watch]
#include <algorithm>
#include <cstring>

#include "handlers.h"
#include "store.h"

namespace tine {
namespace {

Flow edge(TINE_ARGS) {
  count_edge(context_of(mem)->counters[ip[1].u32[0]]);
  TINE_NEXT(2);
}

void report_compare(const Instance& instance, CompareEvent event, const Cell* site) {
  const CoverageSinks& sinks = instance.sinks;
  if (sinks.on_compare == nullptr) return;
  event.func = site->u32[0];
  event.offset = site->u32[1];
  if (event.width_bytes == 4) {
    event.a = static_cast<uint32_t>(event.a);
    event.b = static_cast<uint32_t>(event.b);
  }
  sinks.on_compare(sinks.user, event);
}

Flow trace_compare(TINE_ARGS) {
  CompareEvent event;
  event.width_bytes = ip[1].u16[2];
  event.a = fp[ip[1].u16[0]];
  event.b = fp[ip[1].u16[1]];
  report_compare(*context_of(mem)->instance, event, ip + 2);
  TINE_NEXT(3);
}

Flow trace_compare_imm(TINE_ARGS) {
  CompareEvent event;
  event.width_bytes = ip[1].u16[1];
  event.a = fp[ip[1].u16[0]];
  event.b = static_cast<uint64_t>(static_cast<int64_t>(ip[1].i32[1]));
  event.b_is_constant = true;
  report_compare(*context_of(mem)->instance, event, ip + 2);
  TINE_NEXT(3);
}

/// How far a C string reaches, at most `most` bytes and never out of bounds.
uint64_t c_string_bytes(const Memory& memory, uint64_t at, uint64_t most) {
  const uint64_t limit = std::min(most, memory.size_bytes() - at);
  return strnlen(reinterpret_cast<const char*>(memory.base()) + at, limit);
}

void report_memory_compare(const Instance& instance, const Slot* fp, MemoryCompareKind kind,
                           const Cell* site) {
  const CoverageSinks& sinks = instance.sinks;
  if (sinks.on_memory_compare == nullptr || instance.memory_items.empty()) return;
  const Memory& memory = *instance.memory_items[0];
  const uint64_t size = memory.size_bytes();
  const auto word = [&](int i) { return address_from(fp[i], memory.type().address_type); };
  const uint64_t a = word(0);
  const uint64_t b = word(kind == MemoryCompareKind::kMemmem ? 2 : 1);
  if (a >= size || b >= size) return;
  MemoryCompareEvent event;
  event.func = site->u32[0];
  event.offset = site->u32[1];
  event.kind = kind;
  event.a = memory.base() + a;
  event.b = memory.base() + b;
  switch (kind) {
    case MemoryCompareKind::kMemcmp:
      event.a_size = event.b_size = std::min(word(2), size - std::max(a, b));
      break;
    case MemoryCompareKind::kMemmem:
      event.a_size = std::min(word(1), size - a);
      event.b_size = std::min(word(3), size - b);
      break;
    case MemoryCompareKind::kStrncmp:
    case MemoryCompareKind::kStrncasecmp:
      event.a_size = c_string_bytes(memory, a, word(2));
      event.b_size = c_string_bytes(memory, b, word(2));
      break;
    default:
      event.a_size = c_string_bytes(memory, a, size);
      event.b_size = c_string_bytes(memory, b, size);
      break;
  }
  sinks.on_memory_compare(sinks.user, event);
}

Flow trace_memory_compare(TINE_ARGS) {
  report_memory_compare(*context_of(mem)->instance, fp,
                        static_cast<MemoryCompareKind>(ip[1].u32[0]), ip + 2);
  TINE_NEXT(3);
}

/// A watched place: pauses at the arrival that is waited for.
Flow watch(TINE_ARGS) {
  const uint32_t index = ip[1].u32[0];
  ip += 2;
  if (context_of(mem)->instance->watches[index].is_due()) TINE_EXIT(ExitReason::kWatchPause, index);
  TINE_DISPATCH();
}

using namespace rows;

}  // namespace

void add_coverage_handlers(HandlerTable& table) {
  table.add(IrOp::edge, S, S, edge);
  table.add(IrOp::trace_compare, S, S, trace_compare);
  table.add(IrOp::trace_compare_imm, S, S, trace_compare_imm);
  table.add(IrOp::trace_memory_compare, S, S, trace_memory_compare);
  table.add(IrOp::watch, S, S, watch);
}

}  // namespace tine
