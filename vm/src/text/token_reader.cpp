#include "text/token_reader.h"

#include <algorithm>
#include <unordered_set>

#include "limit_check.h"
#include "text/number_literal.h"
#include "text/string_literal.h"
#include "text/text_ops.h"
#include "tine/module.h"
#include "utf8.h"

namespace tine::text {
namespace {

const std::unordered_set<std::string_view>& keywords() {
  static const std::unordered_set<std::string_view> set = {
#define TINE_KEYWORD(text) text,
#include "text/keywords.def"
#define TINE_VALUE_TYPE(code, text) text,
#define TINE_HEAP_TYPE(code, text, reference) text, reference,
#include "text/types.def"
  };
  return set;
}

/// `offset=8`, `align=4`
bool is_memarg_word(std::string_view word) {
  for (const std::string_view key : {"offset=", "align="})
    if (word.starts_with(key))
      return parse_unsigned(word.substr(key.size()), 64).fault != Literal::Fault::kSyntax;
  return false;
}

bool is_known_word(std::string_view word) {
  return is_number(word) || find_op(word) || keywords().contains(word) || is_memarg_word(word);
}

/// Long tokens are cut: the position says where the rest is.
std::string shortened(std::string_view token) {
  constexpr size_t kShownBytes = 64;
  std::string shown = escape_for_terminal(token.substr(0, kShownBytes));
  if (token.size() > kShownBytes) shown += "...";
  return shown;
}

}  // namespace

const Token& TokenReader::peek(uint32_t ahead) const {
  return tokens_.list[std::min<size_t>(size_t{at_} + ahead, tokens_.list.size() - 1)];
}

std::string_view TokenReader::text_of(const Token& token) const {
  return tokens_.text.substr(token.begin, token.end - token.begin);
}

bool TokenReader::at_word(std::string_view word) const {
  return at(TokenKind::kWord) && text() == word;
}

bool TokenReader::is_form(uint32_t position, std::string_view word) const {
  if (tokens_.list[position].kind != TokenKind::kLeft) return false;
  const Token& head = tokens_.list[position + 1];  // there is one: the last is never a kLeft
  return head.kind == TokenKind::kWord && text_of(head) == word;
}

bool TokenReader::is_index(const Token& token) const {
  if (token.kind == TokenKind::kId) return true;
  return token.kind == TokenKind::kWord &&
         parse_unsigned(text_of(token), 32).fault != Literal::Fault::kSyntax;
}

bool TokenReader::is_unknown_word(const Token& token) const {
  return token.kind == TokenKind::kWord && !is_known_word(text_of(token));
}

bool TokenReader::take_word(std::string_view word) {
  if (!at_word(word)) return false;
  ++at_;
  return true;
}

bool TokenReader::take_form(std::string_view word) {
  if (!at_form(word)) return false;
  at_ += 2;
  return true;
}

std::optional<std::string> TokenReader::take_id() {
  if (!at(TokenKind::kId)) return std::nullopt;
  const std::string_view name = text().substr(1);
  ++at_;
  return name[0] == '"' ? decode_string(name) : std::string(name);
}

void TokenReader::skip_form() {
  const auto last = static_cast<uint32_t>(tokens_.list.size() - 1);
  at_ = std::min(here().match + 1, last);
}

std::vector<const Annotation*> TokenReader::annotations_here(AnnotationKind kind) {
  std::vector<const Annotation*> found;
  const std::vector<Annotation>& all = tokens_.annotations;
  auto annotation = std::ranges::lower_bound(all, at_, {}, &Annotation::next_token);
  for (; annotation != all.end() && annotation->next_token == at_; ++annotation) {
    if (annotation->kind != kind) continue;
    is_used_[static_cast<size_t>(annotation - all.begin())] = true;
    found.push_back(&*annotation);
  }
  return found;
}

const Annotation* TokenReader::unused_annotation(uint32_t first, uint32_t last) const {
  const std::vector<Annotation>& all = tokens_.annotations;
  auto annotation = std::ranges::lower_bound(all, first, {}, &Annotation::next_token);
  for (; annotation != all.end() && annotation->next_token <= last; ++annotation)
    if (!is_used_[static_cast<size_t>(annotation - all.begin())]) return &*annotation;
  return nullptr;
}

Result<void> TokenReader::expect(TokenKind kind) {
  if (!at(kind)) return unexpected();
  if (kind != TokenKind::kEnd) ++at_;
  return {};
}

Result<void> TokenReader::expect_form(std::string_view word) {
  if (take_form(word)) return {};
  return unexpected_form();
}

Result<std::string_view> TokenReader::expect_word() {
  if (!at(TokenKind::kWord)) return unexpected();
  const std::string_view word = text();
  ++at_;
  return word;
}

Result<std::string> TokenReader::expect_string() {
  if (!at(TokenKind::kString)) return unexpected();
  std::string bytes = decode_string(text());
  ++at_;
  return bytes;
}

Result<std::string> TokenReader::expect_name() {
  const Token& token = here();
  TINE_TRY_ASSIGN(std::string name, expect_string());
  if (!is_utf8(name)) return error_at(token, std::string(kMalformedUtf8));
  TINE_TRY(check_limit(limit::name_bytes, name.size(), token.begin));
  return name;
}

std::string TokenReader::take_strings() {
  std::string bytes;
  for (; at(TokenKind::kString); ++at_) bytes += decode_string(text());
  return bytes;
}

Result<uint64_t> TokenReader::expect_unsigned(unsigned width) {
  if (!at(TokenKind::kWord)) return unexpected();
  const Literal number = parse_unsigned(text(), width);
  if (number.fault == Literal::Fault::kSyntax) return unexpected();
  if (!number.ok()) return error_here('i' + std::to_string(width) + " constant out of range");
  ++at_;
  return number.bits;
}

std::unexpected<Error> TokenReader::unexpected(const Token& token) const {
  switch (token.kind) {
    case TokenKind::kBad: return error_at(token, tokens_.fault);
    case TokenKind::kEnd: return error_at(token, "unexpected token: end of text");
    case TokenKind::kString: return error_at(token, "unexpected token: a string");
    default: break;
  }
  const std::string wording = is_unknown_word(token) ? "unknown operator " : "unexpected token ";
  return error_at(token, wording + shortened(text_of(token)));
}

std::unexpected<Error> TokenReader::error_of_id(const Token& token, std::string wording) const {
  return error_at(token, std::move(wording) + ' ' + shortened(text_of(token)));
}

std::unexpected<Error> TokenReader::error_at(const Token& token, std::string wording) const {
  const std::string_view before = tokens_.text.substr(0, token.begin);
  const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 == 0: the first line
  wording += " (line " + std::to_string(lines_between(0, token.begin) + 1) + ", column " +
             std::to_string(before.size() - line_begin + 1) + ")";
  return fail(ErrorCode::kMalformed, token.begin, std::move(wording));
}

uint32_t TokenReader::lines_between(uint32_t begin, uint32_t end) const {
  const std::string_view between = tokens_.text.substr(begin, end - begin);
  return static_cast<uint32_t>(std::count(between.begin(), between.end(), '\n'));
}

}  // namespace tine::text
