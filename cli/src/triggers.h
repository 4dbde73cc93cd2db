// Triggers as people write them: `stdin`, `func=parse#3`, `every=1000000,sigusr1`.
//
// The words stand in triggers.def. A list is read before the program is loaded; names of functions
// are looked up afterwards (resolve).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tine/machine.h"
#include "tine/result.h"

namespace tine::cli {

enum class TriggerKind : uint8_t {
#define TINE_TRIGGER(kind, word, argument, once, text) kind,
#include "triggers.def"
};

struct Trigger {
  TriggerKind kind = TriggerKind::kStdin;
  std::string text;                       // as it was given
  std::string name;                       // kPlace: the function; kName, kPath
  uint64_t count = 1;                     // kCount; kPlace: N
  uint64_t func_offset = 0;               // kAt: from the function's first instruction
  std::chrono::milliseconds interval{0};  // kTime
  uint64_t next_at = UINT64_MAX;          // kCount: the instruction count at which it fires next
  bool has_fired = false;
};

[[nodiscard]] bool fires_once(TriggerKind kind);
/// One line a trigger, for --help.
[[nodiscard]] std::string trigger_help();

/// One trigger. Errors: kUsage.
[[nodiscard]] Result<Trigger> parse_trigger(std::string_view text);
/// Triggers between commas. A comma behind which no trigger's word stands belongs to a name.
/// Errors: kUsage.
[[nodiscard]] Result<std::vector<Trigger>> parse_triggers(std::string_view list);

/// Where a kFunc or kAt trigger pauses. Functions are called by their names, or `func[N]`.
/// Errors: kUsage (no such function or instruction; a name that stands for several).
[[nodiscard]] Result<PausePoint> point_of(const Machine& machine, const Trigger& trigger);
/// Whether a trigger pauses before (after) the calls of a host function.
[[nodiscard]] HostCallPauses pauses_of(const Trigger& trigger, const HostFunction& host);

}  // namespace tine::cli
