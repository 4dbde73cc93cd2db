#include "spec/link.h"

#include <fmt/format.h>

#include <algorithm>

#include "tine/snapshot.h"

namespace tine::spec {

Result<std::vector<uint8_t>> snapshot_bytes(Machine& machine) {
  TINE_TRY_ASSIGN(const auto captured, Snapshot::capture(machine));
  return captured->to_bytes();
}

Result<std::unique_ptr<Machine>> machine_from(std::span<const uint8_t> snapshot,
                                              const MachineConfig& config) {
  TINE_TRY_ASSIGN(const auto loaded, Snapshot::from_bytes(snapshot));
  WorldConfig grants;
  grants.closed = true;
  TINE_TRY_ASSIGN(World world, World::restore(loaded->state().world, grants));
  return loaded->machine(std::move(world), config);
}

std::string exact_text(const Effect& effect) {
  std::string text = to_string(effect);
  for (const Value& v : effect.results) text += fmt::format(" {:x}:{:x}", v.hi, v.lo);
  return text;
}

std::string snapshot_difference(Machine& machine, Machine& undisturbed) {
  const auto ours = snapshot_bytes(machine);
  const auto theirs = snapshot_bytes(undisturbed);
  for (const auto* bytes : {&ours, &theirs})
    if (!*bytes) return bytes->error().to_line("capture");
  if (*ours == *theirs) return "";
  const size_t at = std::ranges::mismatch(*ours, *theirs).in1 - ours->begin();
  std::string text = fmt::format("the snapshots differ from offset {:#x} on", at);
  const auto state = machine.capture();
  const auto undisturbed_state = undisturbed.capture();
  if (!state || !undisturbed_state) return text;
  for (const std::string& line : differences(*state, *undisturbed_state, 8)) text += "; " + line;
  return text;
}

}  // namespace tine::spec
