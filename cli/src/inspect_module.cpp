// tine inspect, of a module.
#include <fmt/format.h>

#include "inspect.h"
#include "tine/code.h"

namespace tine::cli {

namespace {

const char* kind_name(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc: return "func";
    case ExternKind::kTable: return "table";
    case ExternKind::kMemory: return "memory";
    case ExternKind::kGlobal: return "global";
    case ExternKind::kTag: return "tag";
  }
  return "?";
}

std::string describe(const SizeLimits& limits) {
  return limits.max ? fmt::format("{}..{}", limits.min, *limits.max)
                    : fmt::format("{}..", limits.min);
}

/// As the text format has it: only 64-bit addresses are named.
std::string_view describe(AddressType type) { return type == AddressType::kI64 ? "i64 " : ""; }

/// The type of an item of the module's index spaces, as text.
std::string describe_item(const Module& module, ExternKind kind, uint32_t index) {
  switch (kind) {
    case ExternKind::kFunc: return to_string(module.func_type(index));
    case ExternKind::kTable:
      return fmt::format("{}{} {}", describe(module.tables[index].address_type),
                         name_of(module.tables[index].element),
                         describe(module.tables[index].limits));
    case ExternKind::kMemory:
      return fmt::format("{}{} pages", describe(module.memories[index].address_type),
                         describe(module.memories[index].limits));
    case ExternKind::kGlobal:
      return fmt::format("{}{}", module.global_types[index].is_mutable ? "mut " : "",
                         name_of(module.global_types[index].type));
    case ExternKind::kTag: return to_string(module.tag_type(index));
  }
  return "?";
}

Json import_facts(const Module& module) {
  Json list = Json::array();
  uint32_t next[4] = {0, 0, 0, 0};  // each kind has its own index space
  for (const Import& import : module.imports) {
    const uint32_t index = next[static_cast<size_t>(import.kind)]++;
    list.push_back({{"module", import.module},
                    {"name", import.name},
                    {"kind", kind_name(import.kind)},
                    {"type", describe_item(module, import.kind, index)}});
  }
  return list;
}

Json export_facts(const Module& module) {
  Json list = Json::array();
  for (const Export& item : module.exports)
    list.push_back({{"name", item.name},
                    {"kind", kind_name(item.kind)},
                    {"index", item.index},
                    {"type", describe_item(module, item.kind, item.index)}});
  return list;
}

Json size_facts(const Module& module) {
  uint64_t code = 0;
  for (const FuncBody& body : module.bodies) code += body.end - body.begin;
  uint64_t data = 0;
  for (const DataSegment& segment : module.data) data += segment.size;
  Json customs = Json::array();
  for (const CustomSection& section : module.customs)
    customs.push_back({{"name", section.name}, {"size_bytes", section.size}});
  return {{"code_bytes", code}, {"data_bytes", data}, {"customs", std::move(customs)}};
}

}  // namespace

Json module_facts(const Module& module) {
  Json types = Json::array();
  for (const FuncType& type : module.types) types.push_back(to_string(type));
  Json facts = {{"format", "wasm"},
                {"name", module.name()},
                {"size_bytes", module.bytes().size()},
                {"functions", module.func_count()},
                {"imported_functions", module.imported_funcs},
                {"tables", module.tables.size()},
                {"memories", module.memories.size()},
                {"globals", module.global_types.size()},
                {"element_segments", module.elements.size()},
                {"data_segments", module.data.size()},
                {"coverage_edges", edge_count(module)},
                {"start", nullptr},
                {"sizes", size_facts(module)},
                {"types", std::move(types)},
                {"imports", import_facts(module)},
                {"exports", export_facts(module)}};
  if (module.has_start) facts["start"] = module.func_name(module.start);
  return facts;
}

void print_module(const std::string& file, const Json& facts) {
  const auto number = [](const Json& n) { return n.get<uint64_t>(); };
  const Json& sizes = facts["sizes"];
  fmt::print("{}: WebAssembly module, {}\n", file, human_bytes(number(facts["size_bytes"])));
  if (!facts["name"].get_ref<const std::string&>().empty())
    fmt::print("  name       {}\n", shown(facts["name"]));
  fmt::print("  functions  {}, {} of them imported; {} of code, {} coverage edges\n",
             number(facts["functions"]), number(facts["imported_functions"]),
             human_bytes(number(sizes["code_bytes"])), number(facts["coverage_edges"]));
  fmt::print("  tables     {}, {} element segments\n", number(facts["tables"]),
             number(facts["element_segments"]));
  fmt::print("  memories   {}, {} data segments with {}\n", number(facts["memories"]),
             number(facts["data_segments"]), human_bytes(number(sizes["data_bytes"])));
  fmt::print("  globals    {}\n", number(facts["globals"]));
  if (!facts["start"].is_null()) fmt::print("  start      {}\n", shown(facts["start"]));
  for (const Json& custom : sizes["customs"])
    fmt::print("  custom     {}, {}\n", shown(custom["name"]),
               human_bytes(number(custom["size_bytes"])));
  fmt::print("types\n");
  for (size_t i = 0; i < facts["types"].size(); ++i)
    fmt::print("  {:4}  {}\n", i, shown(facts["types"][i]));
  fmt::print("imports\n");
  for (const Json& item : facts["imports"])
    fmt::print("  {:6}  {}.{}  {}\n", shown(item["kind"]), shown(item["module"]),
               shown(item["name"]), shown(item["type"]));
  fmt::print("exports\n");
  for (const Json& item : facts["exports"])
    fmt::print("  {:6}  {}  {}\n", shown(item["kind"]), shown(item["name"]), shown(item["type"]));
}

}  // namespace tine::cli
