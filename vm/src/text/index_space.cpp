#include "text/index_space.h"

#include "text/annotation_reader.h"

namespace tine::text {

Result<uint32_t> IndexSpace::add(TokenReader& in) {
  const Token& token = in.here();
  if (auto id = in.take_id()) {
    const auto [entry, is_new] = indices_.try_emplace(std::move(*id), count_);
    if (!is_new)
      return in.error_at(token, "duplicate " + std::string(field_) + " $" + entry->first);
  }
  TINE_TRY_ASSIGN(auto name, read_name(in, noun_));
  if (name) annotated_names_.emplace(count_, *std::move(name));
  return add_unnamed();
}

Result<uint32_t> IndexSpace::read(TokenReader& in) const {
  if (!in.at(TokenKind::kId)) {
    TINE_TRY_ASSIGN(const uint64_t number, in.expect_unsigned(32));
    return static_cast<uint32_t>(number);
  }
  const Token& token = in.here();
  const std::string id = *in.take_id();
  const auto found = indices_.find(id);
  if (found == indices_.end()) return in.error_of_id(token, "unknown " + std::string(noun_));
  return found->second;
}

Result<uint32_t> IndexSpace::read_or_zero(TokenReader& in) const {
  if (!in.at_index()) return 0;
  return read(in);
}

std::map<uint32_t, std::string_view> IndexSpace::names() const {
  std::map<uint32_t, std::string_view> by_index(annotated_names_.begin(), annotated_names_.end());
  for (const auto& [id, index] : indices_) by_index.emplace(index, id);
  return by_index;
}

}  // namespace tine::text
