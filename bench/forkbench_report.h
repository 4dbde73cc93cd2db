// The figures of forkbench, for people and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "forkbench_run.h"

namespace tine::bench {

/// Keys end in their unit.
[[nodiscard]] nlohmann::ordered_json to_json(const ForkbenchOptions& options,
                                             const ForkbenchResult& result);
/// The same figures as a table.
[[nodiscard]] std::string to_table(const ForkbenchOptions& options, const ForkbenchResult& result);

}  // namespace tine::bench
