#include "text/sections.h"

namespace tine::text {
namespace {

void append_vector(ByteWriter& module, uint8_t id, const VectorSection& section) {
  if (section.count == 0) return;
  ByteWriter contents;
  contents.u64(section.count);
  contents.raw(section.elements.view());
  module.byte(id);
  module.sized(contents);
}

void append_number(ByteWriter& module, uint8_t id, uint32_t number) {
  ByteWriter contents;
  contents.u64(number);
  module.byte(id);
  module.sized(contents);
}

}  // namespace

/// The order is that of the binary format, which is not that of the section numbers.
ByteWriter Sections::module(const TypeTable& types) const {
  ByteWriter module;
  module.raw({"\0asm\1\0\0\0", 8});
  if (types.has_groups()) {
    module.byte(1);
    module.sized(types.section());
  }
  append_vector(module, 2, imports);
  append_vector(module, 3, funcs);
  append_vector(module, 4, tables);
  append_vector(module, 5, memories);
  append_vector(module, 13, tags);
  append_vector(module, 6, globals);
  append_vector(module, 7, exports);
  if (start) append_number(module, 8, *start);
  append_vector(module, 9, elems);
  if (needs_data_count) append_number(module, 12, datas.count);
  append_vector(module, 10, codes);
  append_vector(module, 11, datas);
  return module;
}

}  // namespace tine::text
