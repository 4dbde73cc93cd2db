// Names come out of modules that nobody vouches for; escaped, they can be printed.
#include <cstdio>

#include "tine/module.h"
#include "utf8.h"

namespace tine {
namespace {

/// Code points that act on a terminal, or reorder or break the line they stand in: C0 and C1
/// controls, DEL, line and paragraph separators, and the marks of bidirectional text.
bool acts_on_terminal(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return true;
  return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool is_quoting(char32_t c) { return c == '"' || c == '\'' || c == '\\' || c == '`'; }

}  // namespace

std::string escape_for_terminal(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const CodePoint point = first_code_point(raw);
    const size_t length = point.length_bytes == 0 ? 1 : point.length_bytes;
    const std::string_view bytes = raw.substr(0, length);
    if (point.length_bytes != 0 && !acts_on_terminal(point.value) && !is_quoting(point.value)) {
      out += bytes;
    } else {
      for (const char c : bytes) {
        char text[8];
        std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned>(static_cast<uint8_t>(c)));
        out += text;
      }
    }
    raw.remove_prefix(length);
  }
  return out;
}

}  // namespace tine
