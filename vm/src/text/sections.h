// Sections: the sections of a binary while the fields of a text fill them, in whatever order the
// text has. spec: binary/modules#sections
#pragma once

#include <cstdint>
#include <optional>

#include "text/byte_writer.h"
#include "text/type_table.h"

namespace tine::text {

/// A section that is a vector: its elements and how many.
struct VectorSection {
  uint32_t count = 0;
  ByteWriter elements;

  /// Where one more element goes.
  ByteWriter& next() {
    ++count;
    return elements;
  }
};

struct Sections {
  VectorSection imports;
  VectorSection funcs;
  VectorSection tables;
  VectorSection memories;
  VectorSection tags;
  VectorSection globals;
  VectorSection exports;
  std::optional<uint32_t> start;
  VectorSection elems;
  bool needs_data_count = false;
  VectorSection codes;
  VectorSection datas;

  /// The whole module. Sections without content are left out.
  [[nodiscard]] ByteWriter module(const TypeTable& types) const;
};

}  // namespace tine::text
