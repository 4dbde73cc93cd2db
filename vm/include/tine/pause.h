// What Machine::pause_at and Machine::pause_at_host_calls are told: where a run is to pause.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "tine/host.h"
#include "tine/types.h"

namespace tine {

/// Where to pause: at a function's entry, or before one of its instructions.
struct PausePoint {
  InstanceIdx instance = 0;
  FuncIdx func = 0;
  std::optional<WasmOffset> offset;  // of the instruction in the module's binary
  uint64_t nth = 1;                  // which arrival, counted from now
};

struct HostCallPauses {
  bool before = false;
  bool after = false;
};
using HostCallChooser = std::function<HostCallPauses(const HostFunction&)>;

}  // namespace tine
