#include "decoder.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include <xxhash.h>

#include "name_section.h"

namespace tine {
namespace {

constexpr uint8_t kMagic[4] = {0x00, 'a', 's', 'm'};
constexpr uint8_t kVersion[4] = {0x01, 0x00, 0x00, 0x00};
constexpr uint8_t kCustomSection = 0;
constexpr uint8_t kLastSection = 13;
constexpr std::string_view kNameSection = "name";

}  // namespace

ModuleDecoder::ModuleDecoder(std::vector<uint8_t> bytes) : module_(new Module()), m_(*module_) {
  m_.bytes_ = std::move(bytes);
}

Result<std::shared_ptr<const Module>> ModuleDecoder::decode(std::vector<uint8_t> bytes) {
  TINE_TRY(check_limit(limit::module_size_bytes, bytes.size(), 0));
  ModuleDecoder decoder(std::move(bytes));
  TINE_TRY(decoder.preamble());
  TINE_TRY(decoder.sections());
  TINE_TRY(decoder.finish());
  return decoder.module_;
}

/// spec: binary/modules#binary-module
Result<void> ModuleDecoder::preamble() {
  const auto starts_with = [&](size_t at, const uint8_t(&wanted)[4]) {
    return std::memcmp(m_.bytes_.data() + at, wanted, sizeof wanted) == 0;
  };
  const size_t size = m_.bytes_.size();
  if (size < sizeof kMagic) return malformed(size, "unexpected end");
  if (!starts_with(0, kMagic)) return malformed(0, "magic header not detected");
  if (size < sizeof kMagic + sizeof kVersion) return malformed(size, "unexpected end");
  if (!starts_with(sizeof kMagic, kVersion))
    return malformed(sizeof kMagic, "unknown binary version");
  return {};
}

/// Sections come in the order of this table, each at most once, custom ones anywhere.
Result<void> ModuleDecoder::sections() {
  struct Section {
    uint8_t id;
    Result<void> (ModuleDecoder::*decode)(ByteReader&);
  };
  static constexpr Section kInOrder[] = {
      {1, &ModuleDecoder::type_section},        {2, &ModuleDecoder::import_section},
      {3, &ModuleDecoder::function_section},    {4, &ModuleDecoder::table_section},
      {5, &ModuleDecoder::memory_section},      {13, &ModuleDecoder::tag_section},
      {6, &ModuleDecoder::global_section},      {7, &ModuleDecoder::export_section},
      {8, &ModuleDecoder::start_section},       {9, &ModuleDecoder::element_section},
      {12, &ModuleDecoder::data_count_section}, {10, &ModuleDecoder::code_section},
      {11, &ModuleDecoder::data_section},
  };

  ByteReader in(m_.bytes_, sizeof kMagic + sizeof kVersion,
                static_cast<WasmOffset>(m_.bytes_.size()));
  const Section* allowed = std::begin(kInOrder);  // from here on
  while (!in.at_end()) {
    const WasmOffset offset = in.offset();
    TINE_TRY_ASSIGN(const uint8_t id, in.byte());
    if (id > kLastSection) return malformed(offset, "malformed section id");
    const WasmOffset size_offset = in.offset();
    TINE_TRY_ASSIGN(const uint32_t size, in.u32());
    if (size > in.remaining()) return malformed(size_offset, "length out of bounds");
    m_.sections.push_back({id, in.offset(), size});
    ByteReader contents = in.take(size);
    if (id == kCustomSection) {
      TINE_TRY(custom_section(contents));
      continue;
    }
    const Section* section =
        std::find_if(allowed, std::end(kInOrder), [&](const Section& s) { return s.id == id; });
    if (section == std::end(kInOrder))
      return malformed(offset, "unexpected content after last section");
    allowed = section + 1;
    TINE_TRY((this->*section->decode)(contents));
    if (!contents.at_end()) return malformed(contents.offset(), "section size mismatch");
  }
  return {};
}

/// What two sections must agree on where the second is missing, and what needs the whole module.
Result<void> ModuleDecoder::finish() {
  const size_t end = m_.bytes_.size();
  if (m_.bodies.size() != m_.func_types.size() - m_.imported_funcs)
    return malformed(end, "function and code section have inconsistent lengths");
  if (data_count_ && *data_count_ != m_.data.size())
    return malformed(end, "data count and data section have inconsistent lengths");

  const auto names = std::find_if(m_.customs.begin(), m_.customs.end(),
                                  [](const auto& custom) { return custom.name == kNameSection; });
  if (names != m_.customs.end()) {
    const ByteReader contents(m_.bytes_, names->begin, names->begin + names->size);
    const ItemCounts counts{.funcs = m_.func_count(),
                            .globals = static_cast<uint32_t>(m_.global_types.size()),
                            .data_segments = static_cast<uint32_t>(m_.data.size())};
    if (auto parsed = parse_name_section(contents, counts)) {
      m_.module_name_ = std::move(parsed->module_name);
      m_.func_names_ = std::move(parsed->func_names);
      m_.global_names_ = std::move(parsed->global_names);
      m_.data_names_ = std::move(parsed->data_names);
    }
  }
  const XXH128_hash_t hash = XXH3_128bits(m_.bytes_.data(), m_.bytes_.size());
  m_.hash_[0] = hash.low64;
  m_.hash_[1] = hash.high64;
  return {};
}

Result<void> ModuleDecoder::custom_section(ByteReader& in) {
  if (in.at_end()) return malformed(in.offset(), "unexpected end: a custom section without a name");
  TINE_TRY_ASSIGN(const std::string_view name, in.name());
  m_.customs.push_back({std::string(name), in.offset(), in.remaining()});
  return {};
}

void ModuleDecoder::declare_func(FuncIdx func) {
  if (declared_funcs_.size() <= func) declared_funcs_.resize(m_.func_types.size());
  declared_funcs_[func] = true;
}

}  // namespace tine
