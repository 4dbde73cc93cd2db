#include "text/annotation_reader.h"

#include <utility>

#include "text/string_literal.h"

namespace tine::text {
namespace {

/// The items of one annotation, and the words of its errors.
class Items {
 public:
  Items(const TokenReader& outer, const Annotation& annotation)
      : annotation_(annotation), tokens_(read_items(outer.tokens(), annotation)), in_(tokens_) {}
  Items(const Items&) = delete;  // the reader holds on to the tokens
  Items& operator=(const Items&) = delete;

  [[nodiscard]] TokenReader& in() { return in_; }
  /// `@KIND annotation: WORDING`, where the annotation begins.
  [[nodiscard]] std::unexpected<Error> error(std::string_view wording) const {
    const std::string name(annotation_name(annotation_.kind));
    const Token place{.begin = annotation_.begin};
    return in_.error_at(place, "@" + name + " annotation: " + std::string(wording));
  }
  [[nodiscard]] Result<std::string> expect_name() {
    auto name = in_.expect_name();
    if (!name && name.error().code == ErrorCode::kMalformed) return error(kMalformedUtf8);
    return name;
  }
  [[nodiscard]] Result<void> expect_end() const {
    if (!in_.at_end()) return error("unexpected token");
    return {};
  }

 private:
  const Annotation& annotation_;
  Tokens tokens_;
  TokenReader in_;
};

std::optional<SectionKind> take_section_kind(TokenReader& in) {
  if (!in.at(TokenKind::kWord)) return std::nullopt;
  const auto kind = section_kind_named(in.text());
  if (kind) in.skip();
  return kind;
}

/// `(before global)`, or nothing. spec: appendix/custom#text-placement
Result<void> read_place(Items& items, CustomSectionText& custom) {
  TokenReader& in = items.in();
  if (!in.at(TokenKind::kLeft)) return {};
  in.skip();
  const bool is_before = in.take_word("before");
  if (!is_before && !in.take_word("after")) return items.error("malformed placement");
  custom.is_behind = !is_before;
  if (in.take_word(is_before ? "first" : "last")) {
    custom.section = is_before ? kFirstSection : kLastSection;
  } else {
    const auto kind = take_section_kind(in);
    if (!kind) return items.error("malformed section kind");
    custom.section = *kind;
  }
  if (!in.at(TokenKind::kRight)) return items.error("unexpected token");
  in.skip();
  return {};
}

Result<CustomSectionText> read_custom(const TokenReader& outer, const Annotation& annotation) {
  Items items(outer, annotation);
  TokenReader& in = items.in();
  CustomSectionText custom;
  if (!in.at(TokenKind::kString)) return items.error("missing section name");
  TINE_TRY_ASSIGN(custom.name, items.expect_name());
  TINE_TRY(read_place(items, custom));
  custom.contents = in.take_strings();
  TINE_TRY(items.expect_end());
  return custom;
}

}  // namespace

Result<void> read_customs(TokenReader& in, std::vector<CustomSectionText>& out) {
  for (const Annotation* annotation : in.annotations_here(AnnotationKind::kCustom)) {
    TINE_TRY_ASSIGN(CustomSectionText custom, read_custom(in, *annotation));
    out.push_back(std::move(custom));
  }
  return {};
}

Result<std::optional<std::string>> read_name(TokenReader& in, std::string_view noun) {
  const auto found = in.annotations_here(AnnotationKind::kName);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) return Items(in, *found[1]).error("multiple " + std::string(noun));
  Items items(in, *found[0]);
  if (!items.in().at(TokenKind::kString)) return items.error("unexpected token");
  TINE_TRY_ASSIGN(std::string name, items.expect_name());
  TINE_TRY(items.expect_end());
  return name;
}

Result<std::optional<bool>> read_branch_hint(TokenReader& in, bool is_branch) {
  const auto found = in.annotations_here(AnnotationKind::kBranchHint);
  if (found.empty()) return std::nullopt;
  if (found.size() > 1) return Items(in, *found[1]).error("duplicate annotation");
  Items items(in, *found[0]);
  const std::string hint = items.in().take_strings();
  TINE_TRY(items.expect_end());
  const bool is_hint = hint.size() == 1 && (hint[0] == 0 || hint[0] == 1);
  if (!is_hint) return items.error("invalid branch hint");
  if (!is_branch) {
    Error error = items.error("invalid target").error();
    error.code = ErrorCode::kInvalid;
    return std::unexpected(std::move(error));
  }
  return hint[0] == 1;
}

Result<void> check_all_read(const TokenReader& in, uint32_t first, uint32_t last,
                            bool is_function) {
  const Annotation* unread = in.unused_annotation(first, last);
  if (unread == nullptr) return {};
  if (unread->kind == AnnotationKind::kBranchHint && !is_function)
    return Items(in, *unread).error("not in a function");
  const std::string name(annotation_name(unread->kind));
  return in.error_at({.begin = unread->begin}, "misplaced @" + name + " annotation");
}

}  // namespace tine::text
