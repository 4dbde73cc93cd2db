#include "engine_flags.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>

namespace tine {

namespace {

/// The value of `arg` if it is `-name=value`.
std::optional<std::string_view> value_of(std::string_view arg, std::string_view name) {
  if (!arg.starts_with('-') || !arg.substr(1).starts_with(name)) return std::nullopt;
  arg.remove_prefix(1 + name.size());
  if (!arg.starts_with('=')) return std::nullopt;
  return arg.substr(1);
}

void read_number(std::string_view arg, std::string_view name, int& number) {
  if (auto value = value_of(arg, name))
    std::from_chars(value->data(), value->data() + value->size(), number);
}

void read_text(std::string_view arg, std::string_view name, std::string& text) {
  if (auto value = value_of(arg, name)) text = *value;
}

}  // namespace

EngineFlags EngineFlags::parse(std::span<const std::string> args) {
  EngineFlags flags;
  int minimizing = 0;
  size_t inputs = 0;
  size_t files = 0;
  for (const std::string& arg : args) {
    if (arg == "-ignore_remaining_args=1") break;
    read_number(arg, "error_exitcode", flags.error_exitcode);
    read_number(arg, "timeout_exitcode", flags.timeout_exitcode);
    read_number(arg, "minimize_crash_internal_step", minimizing);
    read_text(arg, "artifact_prefix", flags.artifact_prefix);
    read_text(arg, "exact_artifact_path", flags.exact_artifact_path);
    if (arg.starts_with('-')) continue;
    std::error_code error;
    ++inputs;
    files += std::filesystem::is_regular_file(arg, error) ? 1 : 0;
  }
  flags.save_artifacts = inputs == 0 || files < inputs || minimizing != 0;
  return flags;
}

}  // namespace tine
