#include "text/name_writer.h"

#include <map>

namespace tine::text {
namespace {

// Subsections; those behind the locals are not in the spec yet, but written by every toolchain.
constexpr uint8_t kModuleName = 0;
constexpr uint8_t kFunctionNames = 1;
constexpr uint8_t kLocalNames = 2;
constexpr uint8_t kTypeNames = 4;
constexpr uint8_t kTableNames = 5;
constexpr uint8_t kMemoryNames = 6;
constexpr uint8_t kGlobalNames = 7;
constexpr uint8_t kElementNames = 8;
constexpr uint8_t kDataNames = 9;
constexpr uint8_t kFieldNames = 10;
constexpr uint8_t kTagNames = 11;

using NameMap = std::map<uint32_t, std::string_view>;

void append_map(ByteWriter& out, const NameMap& names) {
  out.u64(names.size());
  for (const auto& [index, name] : names) {
    out.u64(index);
    out.sized(name);
  }
}

/// Name maps by the index of what they belong to.
void append_indirect_map(ByteWriter& out, const std::map<uint32_t, NameMap>& maps) {
  out.u64(maps.size());
  for (const auto& [index, names] : maps) {
    out.u64(index);
    append_map(out, names);
  }
}

class NameWriter {
 public:
  void module_name(std::string_view name) {
    if (name.empty()) return;
    ByteWriter contents;
    contents.sized(name);
    subsection(kModuleName, contents);
  }
  void names(uint8_t id, const IndexSpace& space) {
    const NameMap map = space.names();
    if (map.empty()) return;
    ByteWriter contents;
    append_map(contents, map);
    subsection(id, contents);
  }
  void indirect_names(uint8_t id, const std::map<uint32_t, NameMap>& maps) {
    if (maps.empty()) return;
    ByteWriter contents;
    append_indirect_map(contents, maps);
    subsection(id, contents);
  }
  [[nodiscard]] const ByteWriter& bytes() const { return out_; }

 private:
  void subsection(uint8_t id, const ByteWriter& contents) {
    out_.byte(id);
    out_.sized(contents);
  }
  ByteWriter out_;
};

std::map<uint32_t, NameMap> local_maps(const std::vector<FieldEncoder::LocalNames>& locals) {
  std::map<uint32_t, NameMap> maps;
  for (const auto& [func, names] : locals)
    if (NameMap map = names.names(); !map.empty()) maps.emplace(func, std::move(map));
  return maps;
}

std::map<uint32_t, NameMap> field_maps(const Scope& scope) {
  std::map<uint32_t, NameMap> maps;
  for (uint32_t type = 0; type < scope.fields.size(); ++type)
    if (NameMap map = scope.fields[type].names(); !map.empty()) maps.emplace(type, std::move(map));
  return maps;
}

}  // namespace

void append_name_section(ByteWriter& module, std::string_view module_name, const Scope& scope,
                         const std::vector<FieldEncoder::LocalNames>& locals) {
  NameWriter names;
  names.module_name(module_name);
  names.names(kFunctionNames, scope.funcs);
  names.indirect_names(kLocalNames, local_maps(locals));
  names.names(kTypeNames, scope.types);
  names.names(kTableNames, scope.tables);
  names.names(kMemoryNames, scope.memories);
  names.names(kGlobalNames, scope.globals);
  names.names(kElementNames, scope.elems);
  names.names(kDataNames, scope.datas);
  names.indirect_names(kFieldNames, field_maps(scope));
  names.names(kTagNames, scope.tags);
  if (names.bytes().empty()) return;

  constexpr uint8_t kCustomSection = 0;
  ByteWriter section;
  section.sized("name");
  section.raw(names.bytes().view());
  module.byte(kCustomSection);
  module.sized(section);
}

}  // namespace tine::text
