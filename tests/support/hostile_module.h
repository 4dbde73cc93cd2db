// What must hold of any bytes that somebody calls a module: an error with a reason and an offset, or
// a module that answers every question. For tests and for the fuzz targets alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tine::test {

/// What is wrong with how tine takes these bytes, or nothing. (The sanitizers say the rest.)
[[nodiscard]] std::optional<std::string> module_misbehaviour(const std::vector<uint8_t>& bytes);

/// The same of a text, read as a module and as a script.
[[nodiscard]] std::optional<std::string> text_misbehaviour(const std::string& text);

}  // namespace tine::test
