#include "compare_trace.h"

#include <algorithm>

#include "libfuzzer.h"
#include "match_bits.h"
#include "ret_sled.h"
#include "tine/opcodes.h"

namespace tine {

namespace {

/// Spreads offsets, which are close together, over the sites (Knuth's multiplicative hash). A
/// function of the module alone, so that a feature means the same in every process.
uint32_t site_of(WasmOffset offset) { return (offset * 2654435761u) >> 23; }
static_assert(kCompareSites == 1u << (32 - 23));

/// Only equality has a value to come nearer to; the operands of `<` agree by chance.
bool is_equality(uint8_t opcode) {
  return opcode == op_info(Op::i32_eq).code || opcode == op_info(Op::i32_ne).code ||
         opcode == op_info(Op::i64_eq).code || opcode == op_info(Op::i64_ne).code;
}

}  // namespace

void CompareTrace::connect(CoverageSinks& sinks) {
  sinks.user = this;
  sinks.on_compare = [](void* self, const CompareEvent& event) {
    static_cast<const CompareTrace*>(self)->on_compare(event);
  };
  sinks.on_memory_compare = [](void*, const MemoryCompareEvent& event) {
    on_memory_compare(event);
  };
}

void CompareTrace::on_compare(const CompareEvent& event) const {
  const uint32_t site = site_of(event.offset);
  const bool is_const = event.a_is_constant || event.b_is_constant;
  const uint64_t first = event.b_is_constant ? event.b : event.a;
  const uint64_t second = event.b_is_constant ? event.a : event.b;
  if (event.width_bytes == 4) {
    const auto a = static_cast<uint32_t>(first);
    const auto b = static_cast<uint32_t>(second);
    is_const ? trace_const_compare4(a, b, site) : trace_compare4(a, b, site);
  } else {
    is_const ? trace_const_compare8(first, second, site) : trace_compare8(first, second, site);
  }
  if (match_bits_ && is_equality(module_.bytes()[event.offset]))
    note_match_bits(site, event.a ^ event.b, event.width_bytes * 8);
}

/// The hooks ask for the call's result, which is not known yet at its entry; they only want to
/// hear that it was not "equal".
void CompareTrace::on_memory_compare(const MemoryCompareEvent& event) {
  constexpr int kDiffers = 1;
  auto* site = reinterpret_cast<void*>(static_cast<uintptr_t>(event.offset));
  const size_t common = std::min(event.a_size, event.b_size);
  switch (event.kind) {
    case MemoryCompareKind::kMemcmp:
      return __sanitizer_weak_hook_memcmp(site, event.a, event.b, common, kDiffers);
    case MemoryCompareKind::kStrcmp:
    case MemoryCompareKind::kStrncmp:
    case MemoryCompareKind::kStrcasecmp:
    case MemoryCompareKind::kStrncasecmp:
      // With a size even where the guest has none: nobody promises a terminator in guest memory.
      return __sanitizer_weak_hook_strncmp(site, reinterpret_cast<const char*>(event.a),
                                           reinterpret_cast<const char*>(event.b), common,
                                           kDiffers);
    case MemoryCompareKind::kStrstr:
    case MemoryCompareKind::kMemmem:
      return __sanitizer_weak_hook_memmem(site, event.a, event.a_size, event.b, event.b_size,
                                          nullptr);
  }
}

}  // namespace tine
