// Random modules in place of a script: what the suite's authors did not think of, in the same modes.
#pragma once

#include <cstdint>

#include "spec/session.h"

namespace tine::spec {

/// Calls every function of the module of `seed` a few times, each for some 1000 instructions at most,
/// in the mode that is asked for and in an undisturbed machine in plain code. Every call counts
/// once; both must agree in effect and snapshot. A call that runs out of fuel is the last one.
[[nodiscard]] Report run_random_module(uint64_t seed, const SessionOptions& options);

}  // namespace tine::spec
