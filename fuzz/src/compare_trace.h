// CompareTrace: from compares of covered code to libFuzzer's hooks.
#pragma once

#include "tine/code.h"

namespace tine {

class CompareTrace {
 public:
  /// Compares of `module`; with `match_bits` how far operands agree counts as coverage.
  CompareTrace(const Module& module, bool match_bits) : module_(module), match_bits_(match_bits) {}

  /// Puts this trace's callbacks into `sinks`, which must not outlive it.
  void connect(CoverageSinks& sinks);

 private:
  void on_compare(const CompareEvent& event) const;
  static void on_memory_compare(const MemoryCompareEvent& event);

  const Module& module_;
  const bool match_bits_;
};

}  // namespace tine
