#include "name_section.h"

namespace tine {
namespace {

constexpr uint8_t kModuleName = 0;
constexpr uint8_t kFunctionNames = 1;
constexpr uint8_t kGlobalNames = 7;  // not in the spec yet, but written by every toolchain
constexpr uint8_t kDataNames = 9;

Result<void> read_name_map(ByteReader& in, uint32_t item_count, std::vector<std::string>& names) {
  names.resize(item_count);
  TINE_TRY_ASSIGN(const uint32_t count, in.u32());
  for (uint32_t i = 0; i < count; ++i) {
    TINE_TRY_ASSIGN(const uint32_t index, in.u32());
    TINE_TRY_ASSIGN(const std::string_view name, in.name());
    if (index < item_count && names[index].empty()) names[index] = name;
  }
  return {};
}

}  // namespace

Result<Names> parse_name_section(ByteReader in, const ItemCounts& counts) {
  Names names;
  while (!in.at_end()) {
    TINE_TRY_ASSIGN(const uint8_t id, in.byte());
    TINE_TRY_ASSIGN(const uint32_t size, in.length());
    ByteReader contents = in.take(size);
    if (id == kModuleName) {
      TINE_TRY_ASSIGN(names.module_name, contents.name());
    } else if (id == kFunctionNames) {
      TINE_TRY(read_name_map(contents, counts.funcs, names.func_names));
    } else if (id == kGlobalNames) {
      TINE_TRY(read_name_map(contents, counts.globals, names.global_names));
    } else if (id == kDataNames) {
      TINE_TRY(read_name_map(contents, counts.data_segments, names.data_names));
    } else {
      continue;  // locals, labels, types, …: nobody here asks for them
    }
    if (!contents.at_end()) return malformed(contents.offset(), "section size mismatch");
  }
  return names;
}

}  // namespace tine
