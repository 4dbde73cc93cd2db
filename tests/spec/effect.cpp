#include "spec/effect.h"

#include <fmt/format.h>

namespace tine::spec {

Effect effect_of(const Machine& machine, const Outcome& outcome) {
  Effect effect{outcome, {}, machine.instructions()};
  if (outcome.returned()) effect.results.assign(machine.results().begin(), machine.results().end());
  for (Value& v : effect.results)
    if (v.type == ValType::kExnRef) v.lo = v.lo == kNullRef ? 0 : 1;  // which number is its own affair
  return effect;
}

bool same(const Effect& a, const Effect& b) {
  if (a.outcome.kind != b.outcome.kind || a.instructions != b.instructions) return false;
  if (a.outcome.kind != OutcomeKind::kTrapped) return a.results == b.results;
  return a.outcome.trap == b.outcome.trap && a.outcome.position == b.outcome.position;
}

std::string to_string(const Effect& effect) {
  std::string out = tine::to_string(effect.outcome);
  if (effect.outcome.kind == OutcomeKind::kTrapped) {
    const Position& p = effect.outcome.position;
    out += fmt::format(" at instance {} function {} offset {:#x}", p.instance, p.func, p.offset);
  } else {
    out += " " + to_string(effect.results);
  }
  return out + fmt::format(" after {} instructions", effect.instructions);
}

std::string to_string(const std::vector<Value>& values) {
  if (values.empty()) return "nothing";
  std::string out;
  for (const Value& v : values) {
    if (!out.empty()) out += ' ';
    out += tine::to_string(v);
  }
  return out;
}

}  // namespace tine::spec
