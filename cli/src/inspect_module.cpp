// tine inspect, of a module.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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
      return fmt::format("{}{} {}", describe(module.memories[index].address_type),
                         describe(module.memories[index].limits),
                         module.memories[index].page_shift == kBytePageShift ? "bytes" : "pages");
    case ExternKind::kGlobal:
      return fmt::format("{}{}", module.global_types[index].is_mutable ? "mut " : "",
                         name_of(module.global_types[index].type));
    case ExternKind::kTag: return to_string(module.tag_type(index));
  }
  return "?";
}

Json import_facts(const Module& module) {
  Json list = Json::array();
  uint32_t next[5] = {0, 0, 0, 0, 0};  // each kind has its own index space
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
  return {{"code_bytes", code}, {"data_bytes", data}};
}

// --- sections ------------------------------------------------------------------------------------

/// spec: binary/modules#sections
std::string_view section_name(uint8_t id) {
  static constexpr std::string_view kNames[] = {
      "custom", "type",  "import",  "function", "table", "memory",    "global",
      "export", "start", "element", "code",     "data",  "datacount", "tag"};
  return id < std::size(kNames) ? kNames[id] : "unknown";
}

/// In the order of the binary. The offset is that of the contents; behind its name, of a custom one.
Json section_facts(const Module& module) {
  Json list = Json::array();
  auto custom = module.customs.begin();
  for (const ModuleSection& section : module.sections) {
    Json facts = {{"section", section_name(section.id)},
                  {"offset", section.begin},
                  {"size_bytes", section.size}};
    if (section.id == 0) facts["name"] = custom++->name;
    list.push_back(std::move(facts));
  }
  return list;
}

// --- definitions and segments --------------------------------------------------------------------

/// What an index space holds, imports first.
Json item_facts(const Module& module, ExternKind kind, size_t count, uint32_t imported) {
  Json list = Json::array();
  for (uint32_t i = 0; i < count; ++i) {
    Json facts = {
        {"index", i}, {"type", describe_item(module, kind, i)}, {"imported", i < imported}};
    if (kind == ExternKind::kFunc) facts["name"] = module.func_name(i);
    if (kind == ExternKind::kGlobal) facts["name"] = module.global_name(i);
    if (kind == ExternKind::kFunc && i >= imported) {
      facts["offset"] = module.body(i).begin;
      facts["size_bytes"] = module.body(i).end - module.body(i).begin;
    }
    list.push_back(std::move(facts));
  }
  return list;
}

const char* mode_name(SegmentMode mode) {
  switch (mode) {
    case SegmentMode::kActive: return "active";
    case SegmentMode::kPassive: return "passive";
    case SegmentMode::kDeclarative: return "declarative";
  }
  return "?";
}

/// Where an active segment goes: `1024`, `global 3`, or that it is calculated.
std::string describe_place(const ConstExpr& place) {
  switch (place.op) {
    case Op::i32_const: return std::to_string(static_cast<uint32_t>(place.bits));
    case Op::i64_const: return std::to_string(place.bits);
    case Op::global_get: return fmt::format("global {}", place.index);
    default: return "an expression";
  }
}

Json element_facts(const Module& module) {
  Json list = Json::array();
  for (const ElementSegment& segment : module.elements) {
    Json facts = {{"mode", mode_name(segment.mode)},
                  {"type", name_of(segment.type)},
                  {"elements", segment.elements.size()}};
    if (segment.mode == SegmentMode::kActive) {
      facts["table"] = segment.table;
      facts["at"] = describe_place(segment.table_offset);
    }
    list.push_back(std::move(facts));
  }
  return list;
}

Json data_facts(const Module& module) {
  Json list = Json::array();
  for (size_t i = 0; i < module.data.size(); ++i) {
    const DataSegment& segment = module.data[i];
    Json facts = {{"mode", mode_name(segment.mode)},
                  {"name", module.data_name(static_cast<uint32_t>(i))},
                  {"offset", segment.begin},
                  {"size_bytes", segment.size}};
    if (segment.mode == SegmentMode::kActive) {
      facts["memory"] = segment.memory;
      facts["at"] = describe_place(segment.memory_offset);
    }
    list.push_back(std::move(facts));
  }
  return list;
}

// --- text ----------------------------------------------------------------------------------------

constexpr size_t kMostRows = 20;  // of a list whose rows people seldom read

/// A heading and a line an item, unless there are none. `most`: of the lines.
template <class Line>
void print_list(std::string_view heading, const Json& list, size_t most, Line line) {
  if (list.empty()) return;
  fmt::print("{}\n", heading);
  for (size_t i = 0; i < std::min(list.size(), most); ++i) fmt::print("  {}\n", line(i, list[i]));
  print_more(list.size(), most, "  ");
}

std::string name_behind(const Json& item) {
  const std::string& name = item["name"].get_ref<const std::string&>();
  return name.empty() ? "" : "  " + escape_for_terminal(name);
}

std::string item_line(size_t i, const Json& item) {
  return fmt::format("{:4}  {}{}{}", i, item["type"].get_ref<const std::string&>(),
                     item.contains("name") ? name_behind(item) : "",
                     item["imported"].get<bool>() ? "  imported" : "");
}

std::string segment_line(size_t i, const Json& segment, const char* into, const std::string& size) {
  std::string line = fmt::format("{:4}  {}, {}", i, segment["mode"].get<std::string>(), size);
  if (segment.contains("at"))
    line +=
        fmt::format(", {} {} at {}", into, number(segment[into]), segment["at"].get<std::string>());
  return line + (segment.contains("name") ? name_behind(segment) : "");
}

void print_counts(const Json& facts) {
  const Json& sizes = facts["sizes"];
  fmt::print("  functions  {}, {} of them imported; {} of code, {} coverage edges\n",
             number(facts["functions"]), number(facts["imported_functions"]),
             human_bytes(number(sizes["code_bytes"])), number(facts["coverage_edges"]));
  fmt::print("  tables     {}, {} element segments\n", number(facts["tables"]),
             number(facts["element_segments"]));
  fmt::print("  memories   {}, {} data segments with {}\n", number(facts["memories"]),
             number(facts["data_segments"]), human_bytes(number(sizes["data_bytes"])));
  fmt::print("  globals    {}\n", number(facts["globals"]));
  if (!facts["start"].is_null()) fmt::print("  start      {}\n", shown(facts["start"]));
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
                {"sections", section_facts(module)},
                {"types", std::move(types)},
                {"imports", import_facts(module)},
                {"exports", export_facts(module)}};
  facts["func_list"] =
      item_facts(module, ExternKind::kFunc, module.func_count(), module.imported_funcs);
  facts["table_list"] =
      item_facts(module, ExternKind::kTable, module.tables.size(), module.imported_tables);
  facts["memory_list"] =
      item_facts(module, ExternKind::kMemory, module.memories.size(), module.imported_memories);
  facts["global_list"] =
      item_facts(module, ExternKind::kGlobal, module.global_types.size(), module.imported_globals);
  facts["tag_list"] =
      item_facts(module, ExternKind::kTag, module.tags.size(), module.imported_tags);
  facts["element_list"] = element_facts(module);
  facts["data_list"] = data_facts(module);
  if (module.has_start) facts["start"] = module.func_name(module.start);
  return facts;
}

void print_module(const std::string& file, const Json& facts) {
  constexpr size_t kAll = ~size_t{0};
  fmt::print("{}: WebAssembly module, {}\n", file, human_bytes(number(facts["size_bytes"])));
  if (!facts["name"].get_ref<const std::string&>().empty())
    fmt::print("  name       {}\n", shown(facts["name"]));
  print_counts(facts);
  print_list("sections", facts["sections"], kAll, [](size_t, const Json& section) {
    return fmt::format("{:9}  {:#08x}  {}{}", section["section"].get<std::string>(),
                       number(section["offset"]), human_bytes(number(section["size_bytes"])),
                       section.contains("name") ? name_behind(section) : "");
  });
  print_list("types", facts["types"], kAll,
             [](size_t i, const Json& type) { return fmt::format("{:4}  {}", i, shown(type)); });
  print_list("imports", facts["imports"], kAll, [](size_t, const Json& item) {
    return fmt::format("{:6}  {}.{}  {}", shown(item["kind"]), shown(item["module"]),
                       shown(item["name"]), shown(item["type"]));
  });
  print_list("exports", facts["exports"], kAll, [](size_t, const Json& item) {
    return fmt::format("{:6}  {}  {}", shown(item["kind"]), shown(item["name"]),
                       shown(item["type"]));
  });
  print_list("tables", facts["table_list"], kMostRows, item_line);
  print_list("memories", facts["memory_list"], kMostRows, item_line);
  print_list("globals", facts["global_list"], kMostRows, item_line);
  print_list("tags", facts["tag_list"], kMostRows, item_line);
  print_list(
      "element segments", facts["element_list"], kMostRows, [](size_t i, const Json& segment) {
        return segment_line(
            i, segment, "table",
            fmt::format("{} {}", number(segment["elements"]), segment["type"].get<std::string>()));
      });
  print_list("data segments", facts["data_list"], kMostRows, [](size_t i, const Json& segment) {
    return segment_line(i, segment, "memory", human_bytes(number(segment["size_bytes"])));
  });
}

}  // namespace tine::cli
