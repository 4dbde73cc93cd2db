// CoverageMap: the edge counters of one instance, and what they are called.
//
// libFuzzer wants two tables of one length: counters, and for each a "PC" that it only compares,
// prints and hands to the symbolizer. A PC here is no address: it is the instance in the upper half
// and the Wasm offset of the edge's branch in the lower, so features and output mean the same in
// every process. Numbering is coverage_edges(), a function of the module alone.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tine/machine.h"

namespace tine {

[[nodiscard]] constexpr uintptr_t encode_pc(InstanceIdx instance, WasmOffset offset) {
  return static_cast<uintptr_t>((uint64_t{instance} << 32) | offset);
}
[[nodiscard]] constexpr InstanceIdx instance_of_pc(uintptr_t pc) {
  return static_cast<InstanceIdx>(uint64_t{pc} >> 32);
}
[[nodiscard]] constexpr WasmOffset offset_of_pc(uintptr_t pc) {
  return static_cast<WasmOffset>(pc);
}

class CoverageMap {
 public:
  CoverageMap(InstanceIdx instance, const Module& module);
  CoverageMap(const CoverageMap&) = delete;
  CoverageMap& operator=(const CoverageMap&) = delete;

  /// Tells libFuzzer about both tables, which must stay until the process ends.
  /// Pre: before LLVMFuzzerRunDriver; once a map.
  void register_with_engine();

  [[nodiscard]] uint8_t* counters() const { return counters_.get(); }
  [[nodiscard]] uint32_t size() const { return size_; }

 private:
  struct Free {
    void operator()(uint8_t* p) const;
  };
  uint32_t size_;                            // edges == counters == PC entries
  std::unique_ptr<uint8_t, Free> counters_;  // page-aligned: the engine splits regions by pages
  struct PcEntry {
    uintptr_t pc;
    uintptr_t flags;  // 1: a function's entry
  };
  std::vector<PcEntry> pcs_;
};

}  // namespace tine
