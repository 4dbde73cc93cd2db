// Kinds of code, and what covered code reports while it runs.
//
// Code is chosen at translation, so that what is off costs nothing: `plain` runs as fast as
// possible, `covered` counts edges and traces compares, `stepping` stops at every instruction.
// A Machine may move between kinds at any safepoint.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tine/module.h"
#include "tine/types.h"

namespace tine {

enum class CodeKind : uint8_t { kPlain, kCovered, kStepping };
[[nodiscard]] std::string_view name_of(CodeKind kind);

/// Two operands about to be compared by the guest.
struct CompareEvent {
  FuncIdx func = 0;
  WasmOffset offset = 0;     // of the comparing instruction: the site
  uint32_t width_bytes = 0;  // 4 or 8
  bool b_is_constant = false;
  bool a_is_constant = false;
  uint64_t a = 0;
  uint64_t b = 0;
};

/// The guest enters a function of the memcmp family (known by its name in the name section).
enum class MemoryCompareKind : uint8_t {
  kMemcmp,
  kStrncmp,
  kStrcmp,
  kStrncasecmp,
  kStrcasecmp,
  kStrstr,
  kMemmem,
};
struct MemoryCompareEvent {
  FuncIdx func = 0;
  WasmOffset offset = 0;
  MemoryCompareKind kind = MemoryCompareKind::kMemcmp;
  const uint8_t* a = nullptr;  // host view of guest memory, valid during the call only
  uint64_t a_size = 0;         // bytes that may be read (for C strings: up to the terminator)
  const uint8_t* b = nullptr;
  uint64_t b_size = 0;
};

/// Where covered code reports to. Owned by the fuzzer; must outlive the runs.
struct CoverageSinks {
  /// One 8-bit saturating counter an edge of the instance's module (edge_count(module) of them),
  /// numbered function by function, in order of the code. nullptr: no counting.
  uint8_t* counters = nullptr;
  void* user = nullptr;
  void (*on_compare)(void* user, const CompareEvent& event) = nullptr;               // may be null
  void (*on_memory_compare)(void* user, const MemoryCompareEvent& event) = nullptr;  // may be null
};

/// One coverage edge: where it leads from.
struct EdgeInfo {
  FuncIdx func = 0;
  WasmOffset offset = 0;  // of the branch instruction, or of the function's first one
  bool is_function_entry = false;
};
/// The module's coverage edges in counter order. A function of the module alone. Cost: O(code).
[[nodiscard]] std::vector<EdgeInfo> coverage_edges(const Module& module);
[[nodiscard]] uint32_t edge_count(const Module& module);

}  // namespace tine
