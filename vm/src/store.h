// The store as handlers and driver see it: instances, functions, tables. Memories are in memory.h,
// globals are GlobalCells (context.h). Addresses of the spec's store are indices of these lists.
// spec: exec/runtime#store
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "cell.h"
#include "tine/host.h"
#include "tine/memory.h"
#include "tine/module.h"
#include "tine/pause.h"

namespace tine {

class ModuleCode;
struct Instance;

/// Where a function of a module starts in one kind of code. Published with release.
struct FuncEntry {
  std::atomic<const Cell*> code{nullptr};
};

/// A function of the store.
struct StoreFunc {
  bool is_host = false;
  uint32_t signature = 0;     // equal types have equal numbers, machine-wide
  FuncIdx func = 0;           // in the owner's module
  uint32_t depth_slots = 0;   // what a call of it takes from the stack limit
  Instance* owner = nullptr;  // not is_host
  uint32_t host_index = 0;    // is_host: in the machine's host functions
};

struct Table {
  TableType type;
  std::vector<Ref> elements;
  // Elements that may differ from the fork's base: [dirty_begin, dirty_end).
  uint64_t dirty_begin = ~uint64_t{0};
  uint64_t dirty_end = 0;

  void mark_dirty(uint64_t begin, uint64_t end) {
    dirty_begin = std::min(dirty_begin, begin);
    dirty_end = std::max(dirty_end, end);
  }
  void clear_dirty() {
    dirty_begin = ~uint64_t{0};
    dirty_end = 0;
  }
};

/// An address, index or size as it stands in a slot, whose upper half means nothing where it is an i32.
[[nodiscard]] constexpr uint64_t address_from(Slot slot, AddressType type) {
  return type == AddressType::kI64 ? slot : static_cast<uint32_t>(slot);
}

/// Counts the arrivals at a watched place down to the one that pauses the run.
struct Watch {
  PausePoint point;
  uint64_t arrivals_left = 0;  // 0: it has fired

  bool is_due() { return arrivals_left != 0 && --arrivals_left == 0; }
};

struct Instance {
  InstanceIdx index = 0;
  uint32_t module_number = 0;  // in the machine's list of modules
  std::shared_ptr<const Module> module;
  std::shared_ptr<ModuleCode> code;
  // Store addresses, by index in the module.
  std::vector<uint32_t> funcs, tables, memories, globals, tags;
  // The same, resolved for handlers; rebuilt when the store's lists move.
  std::vector<StoreFunc*> func_items;
  std::vector<Table*> table_items;
  std::vector<Memory*> memory_items;
  std::vector<GlobalCell*> global_items;
  std::vector<uint32_t> signatures;  // by type index
  std::vector<uint8_t> dropped_elements, dropped_data;
  Memory* home = nullptr;  // memory 0, or the machine's empty one: carries the Context
  StoreFunc* const* store_funcs = nullptr;  // the whole store, for references
  Watch* watches = nullptr;                 // the machine's list, where its code has `watch` ops
  CoverageSinks sinks;
  std::vector<uint8_t> own_counters;  // where nobody listens
  bool has_changed_segments = false;  // since the fork's base
};

}  // namespace tine
