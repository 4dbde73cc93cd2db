// TokenReader: the cursor with which every production of the grammar reads tokens, and the place
// where errors get their wording and their line and column.
//
// `at_…` looks, `take_…` consumes what is there if it is there, `expect_…` fails otherwise. A form
// is a left parenthesis and the word behind it: `(param`. Errors are kMalformed with the byte
// offset; the detail is `WORDING (line L, column C)`, both from 1, columns in bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/lexer.h"
#include "tine/result.h"

namespace tine::text {

class TokenReader {
 public:
  /// The tokens must outlive the reader.
  explicit TokenReader(const Tokens& tokens)
      : tokens_(tokens), is_used_(tokens.annotations.size()) {}

  [[nodiscard]] uint32_t position() const { return at_; }
  void seek(uint32_t position) { at_ = position; }
  [[nodiscard]] const Token& here() const { return tokens_.list[at_]; }
  /// The token `ahead` behind the present one; behind the last one that again.
  [[nodiscard]] const Token& peek(uint32_t ahead) const;
  [[nodiscard]] std::string_view text_of(const Token& token) const;
  /// The source from the beginning of one token to that of another.
  [[nodiscard]] std::string_view text_between(const Token& first, const Token& behind) const {
    return tokens_.text.substr(first.begin, behind.begin - first.begin);
  }
  [[nodiscard]] std::string_view text() const { return text_of(here()); }

  [[nodiscard]] bool at(TokenKind kind) const { return here().kind == kind; }
  [[nodiscard]] bool at_end() const { return at(TokenKind::kEnd); }
  [[nodiscard]] bool at_word(std::string_view word) const;
  [[nodiscard]] bool at_form(std::string_view word) const { return is_form(at_, word); }
  /// Whether such a form starts at a position, which need not be the present one.
  [[nodiscard]] bool is_form(uint32_t position, std::string_view word) const;
  /// A number or an identifier: what an index may be.
  [[nodiscard]] bool at_index() const { return is_index(here()); }
  [[nodiscard]] bool is_index(const Token& token) const;

  /// A word that the format does not know at all, be it a keyword or a number.
  [[nodiscard]] bool at_unknown_word() const { return is_unknown_word(here()); }

  bool take_word(std::string_view word);
  bool take_form(std::string_view word);
  /// The name without `$`, escapes decoded.
  [[nodiscard]] std::optional<std::string> take_id();
  /// Consumes the present token, whatever it is. Pre: it is not the last.
  void skip() { ++at_; }
  /// Consumes a whole form. Pre: at kLeft. The position may then be the last token.
  void skip_form();

  /// The annotations of a kind that stand right in front of the present token. Each counts as used
  /// from then on; whoever reads a token twice finds them twice.
  [[nodiscard]] std::vector<const Annotation*> annotations_here(AnnotationKind kind);
  /// The first annotation in front of the tokens from `first` to `last` that is not used, or
  /// nullptr.
  [[nodiscard]] const Annotation* unused_annotation(uint32_t first, uint32_t last) const;
  [[nodiscard]] const Tokens& tokens() const { return tokens_; }

  [[nodiscard]] Result<void> expect(TokenKind kind);
  [[nodiscard]] Result<void> expect_form(std::string_view word);
  [[nodiscard]] Result<std::string_view> expect_word();
  [[nodiscard]] Result<std::string> expect_string();
  /// A string that is UTF-8. Errors: `malformed UTF-8 encoding`; also kLimit.
  [[nodiscard]] Result<std::string> expect_name();
  /// All strings that follow, one behind the other.
  [[nodiscard]] std::string take_strings();
  /// Errors: `i32 constant out of range` and so on.
  [[nodiscard]] Result<uint64_t> expect_unsigned(unsigned width);

  /// That the present token cannot stand here.
  [[nodiscard]] std::unexpected<Error> unexpected() const { return unexpected(here()); }
  /// The same of a form: then it is its word that is wrong.
  [[nodiscard]] std::unexpected<Error> unexpected_form() const {
    return unexpected(at(TokenKind::kLeft) ? peek(1) : here());
  }
  [[nodiscard]] std::unexpected<Error> error_at(const Token& token, std::string wording) const;
  /// `WORDING $id`, where `id` is the name that was taken at `token`.
  [[nodiscard]] std::unexpected<Error> error_of_id(const Token& token, std::string wording) const;
  [[nodiscard]] std::unexpected<Error> error_here(std::string wording) const {
    return error_at(here(), std::move(wording));
  }
  /// Line breaks in the text between two byte offsets.
  [[nodiscard]] uint32_t lines_between(uint32_t begin, uint32_t end) const;

 private:
  [[nodiscard]] bool is_unknown_word(const Token& token) const;
  [[nodiscard]] std::unexpected<Error> unexpected(const Token& token) const;

  const Tokens& tokens_;
  uint32_t at_ = 0;
  std::vector<bool> is_used_;  // of every annotation
};

}  // namespace tine::text
