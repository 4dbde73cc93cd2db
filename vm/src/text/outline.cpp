#include "text/outline.h"

#include "text/annotation_reader.h"

namespace tine::text {
namespace {

class OutlineReader {
 public:
  explicit OutlineReader(TokenReader& in) : in_(in) {}
  Result<Outline> run() &&;

 private:
  Result<void> field();
  Result<void> other_field(std::string_view word);
  Result<void> recursive_types();
  Result<void> import_field(const Token& place);
  /// A function, table, memory, global or tag, imported inline or defined.
  Result<void> definition(std::string_view word, const Token& place);
  Result<void> check_import(const Token& place) const;
  void inline_segment(std::string_view word);
  /// The index space of a kind of import; nullptr where there is none of that name.
  IndexSpace* space_of(std::string_view word);

  TokenReader& in_;
  Outline outline_;
  std::string_view first_definition_;  // in the words of `import after …`, or empty
  bool has_start_ = false;
};

Result<Outline> OutlineReader::run() && {
  // What is lexically wrong is left to the end: fields in front of it may be wrong, too.
  while (true) {
    TINE_TRY(read_customs(in_, outline_.customs));
    if (in_.at(TokenKind::kRight) || in_.at_end() || in_.at(TokenKind::kBad)) break;
    const uint32_t position = in_.position();
    TINE_TRY(field());
    in_.seek(position);
    in_.skip_form();
  }
  return std::move(outline_);
}

Result<void> OutlineReader::field() {
  const uint32_t position = in_.position();
  if (!in_.at(TokenKind::kLeft)) return in_.unexpected();
  if (in_.at_form("type") || in_.at_form("rec")) {
    outline_.types.push_back(position);
    return recursive_types();
  }
  outline_.others.push_back(position);
  const std::string_view word = in_.text_of(in_.peek(1));
  if (in_.take_form("import")) return import_field(in_.peek(0));
  if (space_of(word) != nullptr) {
    const Token& place = in_.here();
    in_.skip();
    in_.skip();
    return definition(word, place);
  }
  return other_field(word);
}

Result<void> OutlineReader::other_field(std::string_view word) {
  Scope& scope = outline_.scope;
  if (in_.at_form("start")) {
    if (has_start_) return in_.error_here("multiple start sections");
    has_start_ = true;
    return {};
  }
  if (in_.at_form("export")) return {};
  if (!in_.at_form("elem") && !in_.at_form("data")) return in_.unexpected_form();
  in_.skip();
  in_.skip();
  TINE_TRY((word == "elem" ? scope.elems : scope.datas).add(in_));
  return {};
}

Result<void> OutlineReader::recursive_types() {
  const bool is_group = in_.take_form("rec");
  do {
    if (is_group && !in_.at_form("type")) break;  // the end, or what the second pass complains of
    const uint32_t position = in_.position();
    in_.skip();
    in_.skip();
    TINE_TRY(outline_.scope.types.add(in_));
    in_.seek(position);
    in_.skip_form();
  } while (is_group);
  return {};
}

/// `(import "module" "name" (func $f …))`
Result<void> OutlineReader::import_field(const Token& place) {
  TINE_TRY(check_import(place));
  TINE_TRY(in_.expect_name());
  TINE_TRY(in_.expect_name());
  if (!in_.at(TokenKind::kLeft)) return in_.unexpected();
  IndexSpace* space = space_of(in_.text_of(in_.peek(1)));
  if (space == nullptr) return in_.unexpected_form();
  in_.skip();
  in_.skip();
  TINE_TRY(space->add(in_));
  return {};
}

Result<void> OutlineReader::definition(std::string_view word, const Token& place) {
  TINE_TRY(space_of(word)->add(in_));
  while (in_.at_form("export")) in_.skip_form();
  if (in_.at_form("import")) return check_import(place);
  if (first_definition_.empty()) first_definition_ = word == "func" ? "function" : word;
  inline_segment(word);
  return {};
}

Result<void> OutlineReader::check_import(const Token& place) const {
  if (first_definition_.empty()) return {};
  return in_.error_at(place, "import after " + std::string(first_definition_));
}

/// `(table funcref (elem …))` and `(memory (data …))` are segments, too.
void OutlineReader::inline_segment(std::string_view word) {
  const bool is_table = word == "table";
  if (!is_table && word != "memory") return;
  while (!in_.at(TokenKind::kRight) && !in_.at(TokenKind::kEnd) && !in_.at(TokenKind::kBad)) {
    if (is_table && in_.at_form("elem")) outline_.scope.elems.add_unnamed();
    if (!is_table && in_.at_form("data")) outline_.scope.datas.add_unnamed();
    in_.at(TokenKind::kLeft) ? in_.skip_form() : in_.skip();
  }
}

IndexSpace* OutlineReader::space_of(std::string_view word) {
  Scope& scope = outline_.scope;
  if (word == "func") return &scope.funcs;
  if (word == "table") return &scope.tables;
  if (word == "memory") return &scope.memories;
  if (word == "global") return &scope.globals;
  if (word == "tag") return &scope.tags;
  return nullptr;
}

}  // namespace

Result<Outline> read_outline(TokenReader& in) { return OutlineReader(in).run(); }

}  // namespace tine::text
