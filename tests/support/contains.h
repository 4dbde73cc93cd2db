// Whether a text has a part, for expectations that print the text when it has not.
#pragma once

#include <string>
#include <string_view>

namespace tine::test {

inline bool contains(const std::string& text, std::string_view part) { return text.contains(part); }

}  // namespace tine::test
