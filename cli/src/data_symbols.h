// What a module calls the places in its memory.
//
// Wasm has no symbol table for data. What there is: data segments, which linkers name in the name
// section (`.rodata`, `.data`) or which have at least a number, and exported constants, which by
// linkers' convention are addresses (`__heap_base`, and every variable linked with --export). The
// rest of memory, heap and stack and what was zero at first, has no name, and none is made up.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tine/state.h"

namespace tine::cli {

class DataSymbols {
 public:
  /// Of memory `memory` of the store. `state` must have been verified (open_snapshot).
  DataSymbols(const MachineState& state, uint32_t memory);

  /// `counter+0x4 (.data+0x1c)`, one of the two, or empty. Raw: escape before showing.
  [[nodiscard]] std::string at(uint64_t address) const;

 private:
  struct Segment {
    uint64_t end = 0;
    std::string name;
  };
  void add_instance(const MachineState& state, const InstanceState& instance, uint32_t memory);
  [[nodiscard]] std::string segment_at(uint64_t address) const;
  [[nodiscard]] std::string variable_at(uint64_t address) const;

  std::map<uint64_t, Segment> segments_;       // by first address
  std::map<uint64_t, std::string> variables_;  // by address
};

}  // namespace tine::cli
