// Sections: the sections of a binary while the fields of a text fill them, in whatever order the
// text has. spec: binary/modules#sections
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Sections in the order of the binary format, which is not that of their numbers.
enum class SectionKind : uint8_t {
  kType,
  kImport,
  kFunc,
  kTable,
  kMemory,
  kTag,
  kGlobal,
  kExport,
  kStart,
  kElem,
  kDataCount,
  kCode,
  kData,
};
inline constexpr SectionKind kFirstSection = SectionKind::kType;
inline constexpr SectionKind kLastSection = SectionKind::kData;

/// The kind that annotations call by that name, or nothing.
[[nodiscard]] std::optional<SectionKind> section_kind_named(std::string_view name);

/// A custom section as an annotation of the text gives it. Many at one place keep their order.
struct CustomSectionText {
  std::string name;
  std::string contents;
  SectionKind section = kLastSection;  // stands right before that place, or
  bool is_behind = true;               // behind it, whether there is such a section or not
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
  VectorSection branch_hints;  // of functions; a custom section in front of the code
  std::vector<CustomSectionText> customs;

  /// The whole module. Sections without content are left out.
  [[nodiscard]] ByteWriter module(const TypeTable& types) const;

 private:
  void append(ByteWriter& module, SectionKind kind, const TypeTable& types) const;
  void append_customs(ByteWriter& module, SectionKind kind, bool is_behind) const;
};

}  // namespace tine::text
