// Modules out of files: the binary format, or the text format by way of the binary one.
//
// Text is what begins with a parenthesis, or with a comment, behind white space. Errors in it are
// told by line and column. A text that says what it means may still be an invalid module; the
// binary that the offset of such an error belongs to is nowhere to be seen, so the text says so.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "tine/program.h"
#include "tine/text.h"

namespace tine {

namespace {

bool is_binary(std::span<const uint8_t> file) {
  return file.size() >= 4 && std::memcmp(file.data(), "\0asm", 4) == 0;
}

bool is_text(std::span<const uint8_t> file) {
  const auto is_space = [](uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  const auto first = std::ranges::find_if_not(file, is_space);
  return first != file.end() && (*first == '(' || *first == ';');
}

/// With its place as a field, which it has in words so far.
Error placed(Error error, std::string_view text) {
  if (error.byte_offset > text.size()) return error;
  const std::string_view before = text.substr(0, error.byte_offset);
  const size_t line_begin = before.rfind('\n') + 1;  // 0 where there is none
  error.line = static_cast<uint32_t>(std::ranges::count(before, '\n')) + 1;
  error.column = static_cast<uint32_t>(before.size() - line_begin) + 1;
  const std::string in_words = fmt::format(" (line {}, column {})", error.line, error.column);
  if (error.detail.ends_with(in_words)) error.detail.resize(error.detail.size() - in_words.size());
  return error;
}

}  // namespace

bool is_module(std::span<const uint8_t> file) { return is_binary(file) || is_text(file); }

Result<std::shared_ptr<const Module>> make_module(std::vector<uint8_t> file) {
  if (!is_text(file)) return Module::create(std::move(file));
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  auto binary = encode_text_module(text, {.names = true});
  if (!binary) return std::unexpected(placed(std::move(binary).error(), text));
  auto module = Module::create(std::move(*binary));
  if (module) return module;
  Error error = std::move(module).error();
  if (error.byte_offset != kNoOffset)
    error.detail += fmt::format(" (at {:#x} of its binary form)", error.byte_offset);
  error.byte_offset = kNoOffset;
  return std::unexpected(std::move(error));
}

Result<std::shared_ptr<const Module>> load_module(const std::string& path) {
  TINE_TRY_ASSIGN(auto file, read_file(path));
  return make_module(std::move(file));
}

}  // namespace tine
