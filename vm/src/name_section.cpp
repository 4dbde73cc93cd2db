#include "name_section.h"

namespace tine {
namespace {

constexpr uint8_t kModuleName = 0;
constexpr uint8_t kFunctionNames = 1;

Result<void> read_function_names(ByteReader& in, uint32_t func_count,
                                 std::vector<std::string>& names) {
  names.resize(func_count);
  TINE_TRY_ASSIGN(const uint32_t count, in.u32());
  for (uint32_t i = 0; i < count; ++i) {
    TINE_TRY_ASSIGN(const uint32_t func, in.u32());
    TINE_TRY_ASSIGN(const std::string_view name, in.name());
    if (func < func_count && names[func].empty()) names[func] = name;
  }
  return {};
}

}  // namespace

Result<Names> parse_name_section(ByteReader in, uint32_t func_count) {
  Names names;
  while (!in.at_end()) {
    TINE_TRY_ASSIGN(const uint8_t id, in.byte());
    TINE_TRY_ASSIGN(const uint32_t size, in.length());
    ByteReader contents = in.take(size);
    if (id == kModuleName) {
      TINE_TRY_ASSIGN(names.module_name, contents.name());
    } else if (id == kFunctionNames) {
      TINE_TRY(read_function_names(contents, func_count, names.func_names));
    } else {
      continue;  // locals, labels, types, …: nobody here asks for them
    }
    if (!contents.at_end()) return malformed(contents.offset(), "section size mismatch");
  }
  return names;
}

}  // namespace tine
