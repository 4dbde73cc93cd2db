#include "text/type_table.h"

namespace tine::text {
namespace {

constexpr uint8_t kRecursiveGroup = 0x4e;
constexpr uint8_t kFunction = 0x60;

void append_types(ByteWriter& out, const std::vector<TypeCode>& types) {
  out.u64(types.size());
  for (const TypeCode& type : types) out.raw(type);
}

}  // namespace

std::string encode_function_type(const Signature& signature) {
  ByteWriter out;
  out.byte(kFunction);
  append_types(out, signature.params);
  append_types(out, signature.results);
  return std::string(out.view());
}

void TypeTable::add_group(std::vector<Definition> group) {
  ++group_count_;
  if (group.size() != 1) {
    groups_.byte(kRecursiveGroup);
    groups_.u64(group.size());
  }
  for (Definition& definition : group) {
    const auto index = static_cast<uint32_t>(signatures_.size());
    groups_.raw(definition.code);
    if (group.size() == 1 && definition.signature)
      plain_functions_.try_emplace(std::move(definition.code), index);
    signatures_.push_back(std::move(definition.signature));
  }
}

uint32_t TypeTable::index_of(const Signature& signature) {
  std::string code = encode_function_type(signature);
  const auto found = plain_functions_.find(code);
  if (found != plain_functions_.end()) return found->second;
  add_group({{std::move(code), signature}});
  return static_cast<uint32_t>(signatures_.size() - 1);
}

const Signature* TypeTable::find(uint32_t index) const {
  if (index >= signatures_.size() || !signatures_[index]) return nullptr;
  return &*signatures_[index];
}

ByteWriter TypeTable::section() const {
  ByteWriter out;
  out.u64(group_count_);
  out.raw(groups_.view());
  return out;
}

}  // namespace tine::text
