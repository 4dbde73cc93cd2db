#include "text/lexer.h"

#include <algorithm>
#include <iterator>

#include "limit_check.h"
#include "text/string_literal.h"
#include "utf8.h"

namespace tine::text {
namespace {

/// spec: text/values#text-idchar
constexpr bool is_id_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return true;
  return c != '\0' &&
         std::string_view("!#$%&'*+-./:<=>?@\\^_`|~").find(c) != std::string_view::npos;
}

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Punctuation that no production uses; inside annotations anything goes.
constexpr bool is_reserved_char(char c) {
  return c == ',' || c == ';' || c == '[' || c == ']' || c == '{' || c == '}';
}

constexpr std::string_view kAnnotationNames[] = {"custom", "name", "metadata.code.branch_hint"};

class Lexer {
 public:
  explicit Lexer(std::string_view text, size_t begin = 0) : at_(begin) { tokens_.text = text; }
  Tokens run() &&;

 private:
  /// Each consumes one thing and returns false at a lexical error, which `fault` has noted.
  bool step();
  bool skip_char();
  bool single(TokenKind kind);
  bool line_comment();
  bool block_comment();
  bool annotation();
  bool annotation_body();
  /// Lists an annotation whose right parenthesis is here, if it is one of ours.
  void note_annotation(std::string_view name, size_t begin, size_t items_begin);
  bool word_or_string();
  bool string();
  bool source_char();
  bool fault(size_t at, std::string_view wording);

  [[nodiscard]] std::string_view rest() const { return tokens_.text.substr(at_); }
  [[nodiscard]] bool at_end() const { return at_ >= tokens_.text.size(); }
  [[nodiscard]] char here() const { return tokens_.text[at_]; }
  /// The token from `begin` to here.
  void add(TokenKind kind, size_t begin);
  void finish();

  Tokens tokens_;
  size_t at_ = 0;
  size_t fault_at_ = 0;
  std::vector<uint32_t> open_;  // indices of left parentheses without their right ones
};

Tokens Lexer::run() && {
  while (!at_end())
    if (!step()) break;
  finish();
  return std::move(tokens_);
}

bool Lexer::step() {
  const char c = here();
  if (is_space(c)) return skip_char();
  if (rest().starts_with(";;")) return line_comment();
  if (rest().starts_with("(;")) return block_comment();
  if (rest().starts_with("(@")) return annotation();
  if (c == '(') return single(TokenKind::kLeft);
  if (c == ')') return single(TokenKind::kRight);
  if (is_reserved_char(c)) return single(TokenKind::kWord);
  return word_or_string();
}

bool Lexer::skip_char() {
  ++at_;
  return true;
}

/// A token of one character.
bool Lexer::single(TokenKind kind) {
  ++at_;
  add(kind, at_ - 1);
  return true;
}

bool Lexer::line_comment() {
  while (!at_end() && here() != '\n' && here() != '\r')
    if (!source_char()) return false;
  return true;
}

bool Lexer::block_comment() {
  const size_t begin = at_;
  size_t depth = 0;
  do {
    if (at_end()) return fault(begin, "unclosed comment");
    if (rest().starts_with("(;")) {
      ++depth, at_ += 2;
    } else if (rest().starts_with(";)")) {
      --depth, at_ += 2;
    } else if (!source_char()) {
      return false;
    }
  } while (depth > 0);
  return true;
}

/// `(@id …)`, which makes no token. spec: text/lexical#annotations
bool Lexer::annotation() {
  const size_t begin = at_;
  at_ += 2;
  const size_t id_begin = at_;
  if (!at_end() && here() == '"') {
    if (!string()) {
      // Where a string that crosses a line begins, the name is missing.
      return tokens_.fault == kMalformedUtf8 ? false : fault(begin, "empty annotation id");
    }
    if (at_ - id_begin == 2) return fault(begin, "empty annotation id");
  } else {
    while (!at_end() && is_id_char(here())) ++at_;
    if (at_ == id_begin) return fault(begin, "empty annotation id");
  }
  const size_t items_begin = at_;
  const std::string_view id = tokens_.text.substr(id_begin, at_ - id_begin);
  if (!annotation_body()) return false;
  if (at_end()) return fault(begin, "unclosed annotation");
  note_annotation(id[0] == '"' ? decode_string(id) : std::string(id), begin, items_begin);
  return skip_char();
}

void Lexer::note_annotation(std::string_view name, size_t begin, size_t items_begin) {
  const auto* const found = std::ranges::find(kAnnotationNames, name);
  if (found == std::end(kAnnotationNames)) return;
  tokens_.annotations.push_back(
      {.kind = static_cast<AnnotationKind>(found - std::begin(kAnnotationNames)),
       .next_token = static_cast<uint32_t>(tokens_.list.size()),
       .begin = static_cast<uint32_t>(begin),
       .items_begin = static_cast<uint32_t>(items_begin),
       .items_end = static_cast<uint32_t>(at_)});
}

/// Up to the parenthesis that closes the annotation, or to the end of the text.
bool Lexer::annotation_body() {
  size_t depth = 0;
  while (!at_end() && (here() != ')' || depth > 0)) {
    const char c = here();
    if (rest().starts_with(";;")) {
      if (!line_comment()) return false;
    } else if (rest().starts_with("(;")) {
      if (!block_comment()) return false;
    } else if (c == '"') {
      if (!string()) return false;
    } else if (c == '(' || c == ')' || is_space(c) || is_reserved_char(c) || is_id_char(c)) {
      if (c == '(') ++depth;
      if (c == ')') --depth;
      ++at_;
    } else {
      const size_t at = at_;
      return source_char() && fault(at, "illegal character");
    }
  }
  return true;
}

/// Characters and strings that stand side by side are one token, most often one that the grammar
/// does not know. spec: text/lexical#text-reserved
bool Lexer::word_or_string() {
  const size_t begin = at_;
  size_t strings = 0;
  while (!at_end() && (is_id_char(here()) || here() == '"')) {
    const bool is_id_name = at_ == begin + 1 && tokens_.text[begin] == '$';
    if (here() != '"') {
      ++at_;
      continue;
    }
    ++strings;
    if (!string()) {
      const bool is_empty = is_id_name && tokens_.fault != kMalformedUtf8;
      return is_empty ? fault(begin, "empty identifier") : false;
    }
  }
  const std::string_view token = tokens_.text.substr(begin, at_ - begin);
  if (token.empty()) return source_char() && fault(begin, "illegal character");
  if (token == "$" || token == "$\"\"") return fault(begin, "empty identifier");

  const bool is_string = token[0] == '"' && strings == 1 && token.back() == '"';
  const bool is_quoted_id = token.starts_with("$\"") && strings == 1 && token.back() == '"';
  const bool is_id = token[0] == '$' && strings == 0;
  add(is_string               ? TokenKind::kString
      : is_id || is_quoted_id ? TokenKind::kId
                              : TokenKind::kWord,
      begin);
  return true;
}

/// A string with its quotes. Its escapes must be in order; what they mean is string_literal.h's.
bool Lexer::string() {
  const size_t begin = at_++;
  while (!at_end() && here() != '"') {
    if (here() == '\\') {
      const size_t length = escape_length(rest());
      if (length == 0) return fault(at_, "illegal escape");
      at_ += length;
    } else if (here() == '\n' || here() == '\r') {
      return fault(begin, "unclosed string");
    } else if (static_cast<uint8_t>(here()) < ' ' || here() == 0x7f) {
      return fault(at_, "illegal character");
    } else if (!source_char()) {
      return false;
    }
  }
  if (at_end()) return fault(begin, "unclosed string");
  ++at_;
  // Names must be UTF-8, other strings may be any bytes.
  const bool is_name =
      begin > 0 && (tokens_.text[begin - 1] == '$' || tokens_.text[begin - 1] == '@');
  if (is_name && !is_utf8(decode_string(tokens_.text.substr(begin, at_ - begin))))
    return fault(begin, kMalformedUtf8);
  return true;
}

/// Any character of the source, which is UTF-8.
bool Lexer::source_char() {
  const CodePoint point = first_code_point(rest());
  if (point.length_bytes == 0) return fault(at_, kMalformedUtf8);
  at_ += point.length_bytes;
  return true;
}

bool Lexer::fault(size_t at, std::string_view wording) {
  fault_at_ = at;
  tokens_.fault = wording;
  return false;
}

void Lexer::add(TokenKind kind, size_t begin) {
  const auto index = static_cast<uint32_t>(tokens_.list.size());
  tokens_.list.push_back({kind, static_cast<uint32_t>(begin), static_cast<uint32_t>(at_), index});
  if (kind == TokenKind::kLeft) {
    open_.push_back(index);
  } else if (kind == TokenKind::kRight && !open_.empty()) {
    tokens_.list[open_.back()].match = index;
    open_.pop_back();
  }
}

void Lexer::finish() {
  const auto index = static_cast<uint32_t>(tokens_.list.size());
  const bool is_bad = !tokens_.fault.empty();
  const auto at = static_cast<uint32_t>(is_bad ? fault_at_ : tokens_.text.size());
  tokens_.list.push_back({is_bad ? TokenKind::kBad : TokenKind::kEnd, at, at, index});
  for (const uint32_t left : open_) tokens_.list[left].match = index;
}

}  // namespace

std::string_view annotation_name(AnnotationKind kind) {
  return kAnnotationNames[static_cast<size_t>(kind)];
}

Tokens read_items(const Tokens& tokens, const Annotation& annotation) {
  return Lexer(tokens.text.substr(0, annotation.items_end), annotation.items_begin).run();
}

Result<Tokens> read_tokens(std::string_view text) {
  TINE_TRY(check_limit(limit::text_size_bytes, text.size(), 0));
  return Lexer(text).run();
}

}  // namespace tine::text
