#include "text/sections.h"

#include <algorithm>
#include <iterator>

#include "text/lexer.h"

namespace tine::text {
namespace {

/// In the order of SectionKind.
struct SectionFacts {
  std::string_view name;
  uint8_t id;
};
constexpr SectionFacts kSections[] = {
    {"type", 1},       {"import", 2}, {"func", 3},   {"table", 4}, {"memory", 5},
    {"tag", 13},       {"global", 6}, {"export", 7}, {"start", 8}, {"elem", 9},
    {"datacount", 12}, {"code", 10},  {"data", 11},
};

void append_section(ByteWriter& module, SectionKind kind, const ByteWriter& contents) {
  module.byte(kSections[static_cast<size_t>(kind)].id);
  module.sized(contents);
}

void append_vector(ByteWriter& module, SectionKind kind, const VectorSection& section) {
  if (section.count == 0) return;
  ByteWriter contents;
  contents.u64(section.count);
  contents.raw(section.elements.view());
  append_section(module, kind, contents);
}

void append_number(ByteWriter& module, SectionKind kind, uint32_t number) {
  ByteWriter contents;
  contents.u64(number);
  append_section(module, kind, contents);
}

void append_custom(ByteWriter& module, std::string_view name, std::string_view contents) {
  constexpr uint8_t kCustomSection = 0;
  ByteWriter section;
  section.sized(name);
  section.raw(contents);
  module.byte(kCustomSection);
  module.sized(section);
}

/// Spec: none (branch hints, binary format)
void append_branch_hints(ByteWriter& module, const VectorSection& functions) {
  if (functions.count == 0) return;
  ByteWriter contents;
  contents.u64(functions.count);
  contents.raw(functions.elements.view());
  append_custom(module, annotation_name(AnnotationKind::kBranchHint), contents.view());
}

}  // namespace

std::optional<SectionKind> section_kind_named(std::string_view name) {
  const auto* const found = std::ranges::find(kSections, name, &SectionFacts::name);
  if (found == std::end(kSections)) return std::nullopt;
  return static_cast<SectionKind>(found - std::begin(kSections));
}

ByteWriter Sections::module(const TypeTable& types) const {
  ByteWriter module;
  module.raw({"\0asm\1\0\0\0", 8});
  for (size_t i = 0; i < std::size(kSections); ++i) {
    const auto kind = static_cast<SectionKind>(i);
    append_customs(module, kind, false);
    append(module, kind, types);
    append_customs(module, kind, true);
  }
  return module;
}

void Sections::append(ByteWriter& module, SectionKind kind, const TypeTable& types) const {
  switch (kind) {
    case SectionKind::kType:
      if (types.has_groups()) append_section(module, kind, types.section());
      return;
    case SectionKind::kImport: return append_vector(module, kind, imports);
    case SectionKind::kFunc: return append_vector(module, kind, funcs);
    case SectionKind::kTable: return append_vector(module, kind, tables);
    case SectionKind::kMemory: return append_vector(module, kind, memories);
    case SectionKind::kTag: return append_vector(module, kind, tags);
    case SectionKind::kGlobal: return append_vector(module, kind, globals);
    case SectionKind::kExport: return append_vector(module, kind, exports);
    case SectionKind::kStart:
      if (start) append_number(module, kind, *start);
      return;
    case SectionKind::kElem: return append_vector(module, kind, elems);
    case SectionKind::kDataCount:
      if (needs_data_count) append_number(module, kind, datas.count);
      return;
    case SectionKind::kCode:
      append_branch_hints(module, branch_hints);
      return append_vector(module, kind, codes);
    case SectionKind::kData: return append_vector(module, kind, datas);
  }
}

void Sections::append_customs(ByteWriter& module, SectionKind kind, bool is_behind) const {
  for (const CustomSectionText& custom : customs)
    if (custom.section == kind && custom.is_behind == is_behind)
      append_custom(module, custom.name, custom.contents);
}

}  // namespace tine::text
