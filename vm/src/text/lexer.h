// The lexer: from a text to its tokens, all at once.
//
// Whoever parses a token list can look ahead, jump over a parenthesised form and come back to it,
// which is what the passes of the module encoder live on: every left parenthesis knows its right
// one. White space, comments and annotations are no tokens, but must be in order; the annotations
// that tine understands are listed beside the tokens.
//
// A lexical error does not fail the lexer: the list ends with a token kBad at that place, and the
// error is reported by whoever reads that far. So the earliest error in the text wins, whatever
// its kind. spec: text/lexical
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tine/result.h"

namespace tine::text {

enum class TokenKind : uint8_t {
  kLeft,
  kRight,
  kString,  // with its quotes and escapes
  kId,      // $name or $"name"
  kWord,    // keyword, number or nothing that the grammar knows
  kEnd,     // behind the text
  kBad,     // what follows is not lexically correct
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t begin = 0;  // byte offsets in the text
  uint32_t end = 0;
  uint32_t match = 0;  // kLeft: index of its kRight; of the last token where there is none
};

/// `(@custom …)` and so on: annotations that say something about the module. annotation_reader.h
/// knows what; all others are comments.
enum class AnnotationKind : uint8_t { kCustom, kName, kBranchHint };

struct Annotation {
  AnnotationKind kind = AnnotationKind::kCustom;
  uint32_t next_token = 0;   // index of the token behind it
  uint32_t begin = 0;        // byte offsets in the text: of its left parenthesis,
  uint32_t items_begin = 0;  // behind its name,
  uint32_t items_end = 0;    // of its right parenthesis
};

/// The name of a kind, without `@`.
[[nodiscard]] std::string_view annotation_name(AnnotationKind kind);

struct Tokens {
  std::string_view text;
  std::vector<Token> list;              // the last one, and only that, is kEnd or kBad
  std::string fault;                    // what is wrong at kBad, in the spec suite's words
  std::vector<Annotation> annotations;  // in the order of the text
};

/// Cost: linear, 16 bytes a token. The text must outlive the tokens.
/// Errors: kLimit beyond limit::text_size_bytes.
[[nodiscard]] Result<Tokens> read_tokens(std::string_view text);
/// The tokens inside an annotation, with the offsets that they have in the whole text.
[[nodiscard]] Tokens read_items(const Tokens& tokens, const Annotation& annotation);

}  // namespace tine::text
