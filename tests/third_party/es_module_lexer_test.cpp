// es-module-lexer: where a source imports and exports. It works on UTF-16 in its memory.
#include "third_party/guest.h"

namespace tine {
namespace {

using test::Guest;

constexpr std::string_view kSource =
    "import a from 'first';\n"         // 0..22: the name stands at 15..20
    "const b = import('second');\n"    // 23..50: import( at 33, its argument at 40..48
    "export const c = [ a, b ];\n"     // 51..77: c at 64
    "export { a as e } from 'third';"  // 78: 'third' at 102..107
    ;

struct ImportPlace {
  uint32_t begin, end, statement_begin;
  bool is_dynamic;
  bool operator==(const ImportPlace&) const = default;
};

void set_source(Guest& lexer, std::string_view source) {
  const uint32_t at = lexer.call("sa", {static_cast<uint32_t>(source.size())});
  std::string utf16;
  for (const char c : source) utf16 += {c, '\0'};
  lexer.write(at, utf16);
}

std::vector<ImportPlace> imports_of(Guest& lexer) {
  std::vector<ImportPlace> imports;
  while (lexer.call("ri") != 0)
    imports.push_back({lexer.call("is"), lexer.call("ie"), lexer.call("ss"),
                       static_cast<int32_t>(lexer.call("id")) >= 0});
  return imports;
}

std::vector<std::string> exports_of(Guest& lexer, std::string_view source) {
  std::vector<std::string> names;
  while (lexer.call("re") != 0) {
    const uint32_t begin = lexer.call("es");
    names.emplace_back(source.substr(begin, lexer.call("ee") - begin));
  }
  return names;
}

TEST(EsModuleLexer, FindsImportsAndExports) {
  TINE_SKIP_WITHOUT("es-module-lexer");
  for (const CodeKind kind : test::kKinds) {
    Guest lexer("es-module-lexer", kind);
    set_source(lexer, kSource);
    ASSERT_EQ(lexer.call("parse"), 1u);
    EXPECT_EQ(
        imports_of(lexer),
        (std::vector<ImportPlace>{{15, 20, 0, false}, {40, 48, 33, true}, {102, 107, 78, false}}));
    EXPECT_EQ(exports_of(lexer, kSource), (std::vector<std::string>{"c", "e"}));
  }
}

TEST(EsModuleLexer, SaysWhereASourceIsBroken) {
  TINE_SKIP_WITHOUT("es-module-lexer");
  Guest lexer("es-module-lexer", CodeKind::kPlain);
  constexpr std::string_view kBroken = "import a from 'x'; import {";
  set_source(lexer, kBroken);
  EXPECT_EQ(lexer.call("parse"), 0u);
  EXPECT_GE(lexer.call("e"), 19u);
}

}  // namespace
}  // namespace tine
