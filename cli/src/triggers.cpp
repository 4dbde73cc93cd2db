#include "triggers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace tine::cli {

namespace {

enum class Argument : uint8_t { kNone, kCount, kTime, kPlace, kName, kPath };

struct TriggerInfo {
  TriggerKind kind;
  std::string_view word;
  Argument argument;
  bool once;
  std::string_view text;
};

constexpr TriggerInfo kTriggers[] = {
#define TINE_TRIGGER(kind, word, argument, once, text) \
  {TriggerKind::kind, word, Argument::argument, once, text},
#include "triggers.def"
};

/// Host functions whose answers come from outside, and differ from run to run.
constexpr std::array kNondeterministic{"clock_res_get", "clock_time_get", "poll_oneoff",
                                       "random_get",    "sock_accept",    "sock_recv"};

const TriggerInfo& info_of(TriggerKind kind) { return kTriggers[static_cast<size_t>(kind)]; }

std::string_view shape_of(Argument argument) {
  switch (argument) {
    case Argument::kNone: return "";
    case Argument::kCount: return "=N";
    case Argument::kTime: return "=TIME";
    case Argument::kPlace: return "=NAME#N";
    case Argument::kName: return "=NAME";
    case Argument::kPath: return "=PATH";
  }
  return "";
}

std::unexpected<Error> usage(std::string detail) {
  return fail(ErrorCode::kUsage, kNoOffset, std::move(detail));
}

std::optional<uint64_t> parse_count(std::string_view text, int base = 10) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  constexpr std::pair<std::string_view, uint64_t> kUnits[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  constexpr uint64_t kMostUnits = 1'000'000;
  for (const auto& [unit, milliseconds] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto number = parse_count(text.substr(0, text.size() - unit.size()));
    if (number && *number > 0 && *number <= kMostUnits)
      return std::chrono::milliseconds(*number * milliseconds);
  }
  return std::nullopt;
}

/// `NAME#N`, or `NAME+0xOFFSET#N` for kAt; `#N` may be left out.
bool parse_place(std::string_view text, Trigger& trigger) {
  const size_t hash = text.rfind('#');
  if (hash != text.npos) {
    const auto nth = parse_count(text.substr(hash + 1));
    if (!nth || *nth == 0) return false;
    trigger.count = *nth;
    text = text.substr(0, hash);
  }
  if (trigger.kind == TriggerKind::kAt) {
    const size_t plus = text.rfind("+0x");
    if (plus == text.npos) return false;
    const auto offset = parse_count(text.substr(plus + 3), 16);
    if (!offset || *offset > UINT32_MAX) return false;
    trigger.func_offset = *offset;
    text = text.substr(0, plus);
  }
  trigger.name = text;
  return !text.empty();
}

bool parse_argument(Argument argument, std::string_view text, Trigger& trigger) {
  switch (argument) {
    case Argument::kNone: return text.empty();
    case Argument::kCount: {
      const auto count = parse_count(text);
      trigger.count = count.value_or(0);
      const bool is_instr = trigger.kind == TriggerKind::kInstr;
      return count && *count <= kUnlimitedFuel && (is_instr || *count > 0);
    }
    case Argument::kTime: {
      const auto interval = parse_time(text);
      trigger.interval = interval.value_or(std::chrono::milliseconds(0));
      return interval.has_value();
    }
    case Argument::kPlace: return parse_place(text, trigger);
    case Argument::kName:
    case Argument::kPath: trigger.name = text; return !text.empty();
  }
  return false;
}

const TriggerInfo* find_info(std::string_view text) {
  const std::string_view word = text.substr(0, text.find('='));
  const auto* found = std::ranges::find(kTriggers, word, &TriggerInfo::word);
  return found == std::end(kTriggers) ? nullptr : found;
}

std::string all_words() {
  std::string words;
  for (const TriggerInfo& info : kTriggers)
    words += fmt::format("{}{}{}", words.empty() ? "" : ", ", info.word, shape_of(info.argument));
  return words;
}

/// The function called `name`, or `func[N]`, of one instance.
std::vector<FuncIdx> find_functions(const Module& module, std::string_view name) {
  if (name.starts_with("func[") && name.ends_with(']'))
    if (const auto index = parse_count(name.substr(5, name.size() - 6)))
      return *index < module.func_count() ? std::vector{static_cast<FuncIdx>(*index)}
                                          : std::vector<FuncIdx>();
  return module.funcs_named(name);
}

}  // namespace

bool fires_once(TriggerKind kind) { return info_of(kind).once; }

std::string trigger_help() {
  std::string lines = "Triggers:\n";
  for (const TriggerInfo& info : kTriggers) {
    const std::string form = fmt::format("{}{}", info.word, shape_of(info.argument));
    lines += fmt::format("  {:<14} {}\n", form, info.text);
  }
  return lines;
}

Result<Trigger> parse_trigger(std::string_view text) {
  const TriggerInfo* info = find_info(text);
  const std::string shown = escape_for_terminal(text);
  if (info == nullptr)
    return usage(fmt::format("{} is no trigger; expected one of {}", shown, all_words()));
  Trigger trigger{.kind = info->kind, .text = std::string(text), .name = {}};
  const size_t equals = text.find('=');
  const bool has_argument = equals != text.npos;
  const std::string_view argument = has_argument ? text.substr(equals + 1) : std::string_view();
  if (has_argument == (info->argument == Argument::kNone) ||
      !parse_argument(info->argument, argument, trigger)) {
    const std::string_view shape =
        info->kind == TriggerKind::kAt ? "=FUNC+0xOFFSET#N" : shape_of(info->argument);
    return usage(fmt::format("{}: expected {}{}", shown, info->word, shape));
  }
  return trigger;
}

Result<std::vector<Trigger>> parse_triggers(std::string_view list) {
  std::vector<std::string> texts;
  for (size_t at = 0; at <= list.size();) {
    const size_t comma = std::min(list.find(',', at), list.size());
    const std::string_view piece = list.substr(at, comma - at);
    if (texts.empty() || find_info(piece) != nullptr)
      texts.emplace_back(piece);
    else
      texts.back() += fmt::format(",{}", piece);
    at = comma + 1;
  }
  std::vector<Trigger> triggers;
  triggers.reserve(texts.size());
  for (const std::string& text : texts) {
    TINE_TRY_ASSIGN(Trigger trigger, parse_trigger(text));
    triggers.push_back(std::move(trigger));
  }
  return triggers;
}

Result<PausePoint> point_of(const Machine& machine, const Trigger& trigger) {
  const std::string shown = escape_for_terminal(trigger.name);
  PausePoint point;
  point.nth = trigger.count;
  size_t found = 0;
  for (InstanceIdx i = 0; i < machine.instance_count(); ++i) {
    for (const FuncIdx func : find_functions(machine.module_of(i), trigger.name)) {
      point.instance = i;
      point.func = func;
      ++found;
    }
  }
  if (found == 0) return usage(fmt::format("no function is called {}", shown));
  if (found > 1) return usage(fmt::format("{} functions are called {}: use func[N]", found, shown));
  const Module& module = machine.module_of(point.instance);
  if (module.is_imported(point.func))
    return usage(fmt::format("{} is imported: use before={} or after={}", shown, shown, shown));
  if (trigger.kind != TriggerKind::kAt) return point;
  point.offset = static_cast<WasmOffset>(module.body(point.func).begin + trigger.func_offset);
  if (!machine.is_pausable(point.instance, point.func, *point.offset))
    return usage(
        fmt::format("no instruction to pause at starts at {}+{:#x}", shown, trigger.func_offset));
  return point;
}

HostCallPauses pauses_of(const Trigger& trigger, const HostFunction& host) {
  const bool is_named =
      trigger.name == host.name || trigger.name == fmt::format("{}.{}", host.module, host.name);
  const bool is_wasi = host.module == "wasi_snapshot_preview1";
  switch (trigger.kind) {
    case TriggerKind::kBefore: return {.before = is_named};
    case TriggerKind::kAfter: return {.after = is_named};
    case TriggerKind::kListen: return {.before = is_wasi && host.name == "sock_accept"};
    case TriggerKind::kEnviron: return {.before = is_wasi && host.name.starts_with("environ_")};
    case TriggerKind::kNondet:
      return {.before = is_wasi &&
                        std::ranges::find(kNondeterministic, host.name) != kNondeterministic.end()};
    case TriggerKind::kExplicit:
      return {.before = host.module == "tine" && host.name == "snapshot"};
    case TriggerKind::kExit: return {.before = is_wasi && host.name == "proc_exit"};
    default: return {};
  }
}

}  // namespace tine::cli
