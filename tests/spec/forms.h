// Forms: where the parenthesised forms of a .wast file begin and end.
//
// Not a parser of the text format: it knows strings, comments and parentheses, which is enough to
// take a form that is pending out of a file and leave the rest (pending.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tine::spec {

struct Form {
  uint32_t line = 0;   // of its opening parenthesis, from 1
  uint32_t depth = 0;  // 0: a command; 1: inside one, e.g. a field of a module
  size_t begin = 0;    // bytes [begin, end), parentheses included
  size_t end = 0;
  std::string head;  // first word: module, assert_return, func, …
};

/// The forms of depth 0 and 1 in order of their beginning. Cost: linear.
[[nodiscard]] std::vector<Form> find_forms(std::string_view wast);

/// Replaces the form that starts on each of `lines` (the outermost one) by blanks, so that line
/// numbers stay. With a module go the commands up to the next module, as they are about it.
/// Returns how many commands are gone. A line on which nothing starts is added to `unmatched`.
size_t blank_forms(std::string& wast, const std::vector<uint32_t>& lines,
                   std::vector<uint32_t>& unmatched);

}  // namespace tine::spec
