// The lexer: what is a token, what leaves no trace, and what ends the list.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "text/lexer.h"
#include "text/string_literal.h"

namespace tine::text {
namespace {

/// One letter a token: ( ) s(tring) i(d) w(ord) e(nd) b(ad).
std::string kinds(std::string_view text) {
  const auto tokens = read_tokens(text);
  std::string letters;
  for (const Token& token : tokens->list) letters += "()siweb"[static_cast<size_t>(token.kind)];
  return letters;
}

std::string fault(std::string_view text) { return read_tokens(text)->fault; }
uint32_t fault_offset(std::string_view text) { return read_tokens(text)->list.back().begin; }

TEST(TextLexer, TellsTokensApart) {
  EXPECT_EQ(kinds(""), "e");
  EXPECT_EQ(kinds("(func $f i32.add 0x1p3 \"text\")"), "(wiwws)e");
  EXPECT_EQ(kinds("(a)(b)"), "(w)(w)e");
}

TEST(TextLexer, TakesWhatTouchesForOneToken) {
  EXPECT_EQ(kinds("data\"a\""), "we");
  EXPECT_EQ(kinds("$l\"a\""), "we");
  EXPECT_EQ(kinds("\"a\"\"b\""), "we");
  EXPECT_EQ(kinds("0$l"), "we");
  EXPECT_EQ(kinds("$l$m"), "ie");
}

TEST(TextLexer, DropsCommentsAndAnnotations) {
  EXPECT_EQ(kinds(";; line (\n("), "(e");
  EXPECT_EQ(kinds(";; line\r("), "(e");
  EXPECT_EQ(kinds("(; a (; nested ;) \" ;) ("), "(e");
  EXPECT_EQ(kinds("module;;comment"), "we");
  EXPECT_EQ(kinds("(@name \"x)\" (nested) , ; ]) ("), "(e");
  EXPECT_EQ(kinds("((@a) module (@\"quoted id\"))"), "(w)e");
}

TEST(TextLexer, MatchesParentheses) {
  const auto tokens = read_tokens("(a (b) c");
  EXPECT_EQ(tokens->list[0].match, tokens->list.size() - 1);
  EXPECT_EQ(tokens->list[2].match, 4u);
}

TEST(TextLexer, QuotesIdentifiers) {
  EXPECT_EQ(kinds("$\"with space\""), "ie");
  EXPECT_EQ(fault("$"), "empty identifier");
  EXPECT_EQ(fault("$\"\""), "empty identifier");
  EXPECT_EQ(fault("$\"a\nb\""), "empty identifier");
  EXPECT_EQ(fault("$\"\\ef\""), "malformed UTF-8 encoding");
}

TEST(TextLexer, EndsAtTheFirstFault) {
  EXPECT_EQ(kinds("(a \x01 b)"), "(wb");
  EXPECT_EQ(fault("(a \x01 b)"), "illegal character");
  EXPECT_EQ(fault_offset("(a \x01 b)"), 3u);
  EXPECT_EQ(fault("\xc3\xa4"), "illegal character");
  EXPECT_EQ(fault("\xff"), "malformed UTF-8 encoding");
  EXPECT_EQ(fault(";; \xff"), "malformed UTF-8 encoding");
  EXPECT_EQ(fault("\"open"), "unclosed string");
  EXPECT_EQ(fault("\"a\nb\""), "unclosed string");
  EXPECT_EQ(fault("\"\\q\""), "illegal escape");
  EXPECT_EQ(fault("\"\\u{110000}\""), "illegal escape");
  EXPECT_EQ(fault("\"\\u{d800}\""), "illegal escape");
  EXPECT_EQ(fault("(; (; ;)"), "unclosed comment");
  EXPECT_EQ(fault("(@a (b)"), "unclosed annotation");
  EXPECT_EQ(fault("(@ a)"), "empty annotation id");
}

TEST(TextLexer, DecodesEscapes) {
  EXPECT_EQ(decode_string(R"("a\t\n\r\"\'\\")"), "a\t\n\r\"'\\");
  EXPECT_EQ(decode_string(R"("\00\fF\7f")"), std::string("\x00\xff\x7f", 3));
  EXPECT_EQ(decode_string(R"("\u{41}\u{e4}\u{20ac}\u{1_f600}")"), "A\u00e4\u20ac\U0001f600");
}

}  // namespace
}  // namespace tine::text
