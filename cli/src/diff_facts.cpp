// tine diff: which parts of two states differ.
//
// Parts that people ask for by name (globals, table elements, frames, descriptors, memories) are
// told in their own words; all the rest is found by walking the table of mutable state, so that no
// field is forgotten.
#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "diff.h"
#include "tine/field_differences.h"

namespace tine::cli {

namespace {

Json side_facts(const SnapshotView& view) {
  return {{"program", view.label}, {"instructions", view.state().instructions}};
}

/// The state without the parts that have words of their own.
MachineState rest_of(const MachineState& state) {
  MachineState rest = state;
  for (GlobalState& global : rest.globals) global.value = {};
  for (TableState& table : rest.tables) table.elements.clear();
  for (MemoryState& memory : rest.memories) memory.contents = {};
  rest.threads[0].frames.clear();
  rest.world.fds.clear();
  return rest;
}

Json field_list(const std::vector<Difference>& differences) {
  Json list = Json::array();
  for (const Difference& d : differences) {
    if (d.note.empty())
      list.push_back({{"field", d.field}, {"a", d.a}, {"b", d.b}});
    else
      list.push_back({{"field", d.field}, {"note", d.note}});
  }
  return list;
}

Json diff_globals(const MachineState& a, const MachineState& b) {
  Json list = Json::array();
  for (uint32_t i = 0; i < std::max(a.globals.size(), b.globals.size()); ++i) {
    const bool in_a = i < a.globals.size();
    const bool in_b = i < b.globals.size();
    if (in_a && in_b && a.globals[i].value == b.globals[i].value) continue;
    list.push_back({{"global", i},
                    {"name", store_global_name(in_a ? a : b, i)},
                    {"a", in_a ? Json(to_string(a.globals[i].value)) : Json(nullptr)},
                    {"b", in_b ? Json(to_string(b.globals[i].value)) : Json(nullptr)}});
  }
  return list;
}

/// Element `i` of a table as text, or null where the table ends before.
Json element_text(const MachineState& state, const TableState& table, size_t i) {
  if (i >= table.elements.size()) return nullptr;
  return describe_reference(state, static_cast<ValType>(table.element), table.elements[i]);
}

Json diff_tables(const MachineState& a, const MachineState& b) {
  Json list = Json::array();
  for (size_t t = 0; t < std::max(a.tables.size(), b.tables.size()); ++t) {
    const TableState none{};
    const TableState& ta = t < a.tables.size() ? a.tables[t] : none;
    const TableState& tb = t < b.tables.size() ? b.tables[t] : none;
    Json elements = Json::array();
    for (size_t i = 0; i < std::max(ta.elements.size(), tb.elements.size()); ++i) {
      if (i < ta.elements.size() && i < tb.elements.size() && ta.elements[i] == tb.elements[i])
        continue;
      elements.push_back(
          {{"index", i}, {"a", element_text(a, ta, i)}, {"b", element_text(b, tb, i)}});
    }
    if (!elements.empty())
      list.push_back({{"table", t},
                      {"size_a", ta.elements.size()},
                      {"size_b", tb.elements.size()},
                      {"elements", std::move(elements)}});
  }
  return list;
}

Json diff_fds(const WorldState& a, const WorldState& b) {
  std::map<uint32_t, std::pair<const FdState*, const FdState*>> by_number;
  for (const FdState& fd : a.fds) by_number[fd.number].first = &fd;
  for (const FdState& fd : b.fds) by_number[fd.number].second = &fd;
  Json list = Json::array();
  for (const auto& [number, fds] : by_number) {
    const auto& [fa, fb] = fds;
    Json fields = Json::array();
    if (fa != nullptr && fb != nullptr) {
      fields = field_list(field_differences(*fa, *fb));
      if (fields.empty()) continue;
    }
    list.push_back({{"fd", number},
                    {"a", fa != nullptr ? fd_facts(a, *fa) : Json(nullptr)},
                    {"b", fb != nullptr ? fd_facts(b, *fb) : Json(nullptr)},
                    {"fields", std::move(fields)}});
  }
  return list;
}

}  // namespace

Json diff_facts(const SnapshotView& a, const SnapshotView& b, uint64_t most_rows) {
  const MachineState& sa = a.state();
  const MachineState& sb = b.state();
  Json facts = {{"format", "diff"}, {"equal", true}, {"a", side_facts(a)}, {"b", side_facts(b)}};
  const std::pair<const char*, Json> parts[] = {
      {"fields", field_list(field_differences(rest_of(sa), rest_of(sb), ~size_t{0}))},
      {"frames", diff_frames(a, b)},
      {"globals", diff_globals(sa, sb)},
      {"tables", diff_tables(sa, sb)},
      {"fds", diff_fds(sa.world, sb.world)},
      {"memories", diff_memories(sa, sb, most_rows)}};
  for (const auto& [name, differences] : parts) {
    facts[name] = differences;
    if (!differences.empty()) facts["equal"] = false;
  }
  return facts;
}

}  // namespace tine::cli
