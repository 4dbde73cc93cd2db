#include "data_symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tine::cli {

namespace {

/// The value of a constant expression that is an address.
std::optional<uint64_t> address_of(const MachineState& state, const InstanceState& instance,
                                   const ConstExpr& expr) {
  if (expr.op == Op::i32_const) return static_cast<uint32_t>(expr.bits);
  if (expr.op != Op::global_get) return std::nullopt;
  return state.globals[instance.globals[expr.index]].value.lo;
}

std::string behind(const std::string& name, uint64_t offset) {
  return fmt::format("{}+{:#x}", name, offset);
}

/// The last item that begins at or before `address`, or the end.
template <class Map>
typename Map::const_iterator last_at(const Map& items, uint64_t address) {
  const auto next = items.upper_bound(address);
  return next == items.begin() ? items.end() : std::prev(next);
}

}  // namespace

DataSymbols::DataSymbols(const MachineState& state, uint32_t memory) {
  for (const InstanceState& instance : state.instances) add_instance(state, instance, memory);
}

void DataSymbols::add_instance(const MachineState& state, const InstanceState& instance,
                               uint32_t memory) {
  const Module& module = *state.modules[instance.module];
  for (uint32_t i = 0; i < module.data.size(); ++i) {
    const DataSegment& data = module.data[i];
    if (data.mode != SegmentMode::kActive || instance.memories[data.memory] != memory) continue;
    const auto begin = address_of(state, instance, data.memory_offset);
    if (!begin || data.size == 0) continue;
    const std::string name = module.data_name(i);
    segments_[*begin] = {*begin + data.size, name.empty() ? fmt::format("data[{}]", i) : name};
  }
  if (instance.memories.empty() || instance.memories[0] != memory) return;
  for (const Export& item : module.exports) {
    if (item.kind != ExternKind::kGlobal) continue;
    const GlobalState& global = state.globals[instance.globals[item.index]];
    if (!global.is_mutable && global.value.type == ValType::kI32)
      variables_.emplace(global.value.lo, item.name);
  }
}

std::string DataSymbols::segment_at(uint64_t address) const {
  const auto segment = last_at(segments_, address);
  if (segment == segments_.end() || address >= segment->second.end) return {};
  return behind(segment->second.name, address - segment->first);
}

/// A variable does not reach over the border of a segment.
std::string DataSymbols::variable_at(uint64_t address) const {
  const auto variable = last_at(variables_, address);
  if (variable == variables_.end()) return {};
  const auto segment = last_at(segments_, address);
  if (segment != segments_.end()) {
    const uint64_t border = address < segment->second.end ? segment->first : segment->second.end;
    if (variable->first < border) return {};
  }
  return behind(variable->second, address - variable->first);
}

std::string DataSymbols::at(uint64_t address) const {
  const std::string segment = segment_at(address);
  const std::string variable = variable_at(address);
  if (variable.empty() || segment.empty()) return variable + segment;
  return fmt::format("{} ({})", variable, segment);
}

}  // namespace tine::cli
