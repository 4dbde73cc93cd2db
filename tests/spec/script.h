// Script: the commands of one spec test file as tine's own text reader gives them (tine/text.h),
// and how the values in them compare with what a machine answers.
// Test code: what cannot be read is an exception.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tine/text.h"
#include "tine/types.h"

namespace tine::spec {

struct Script {
  std::string name;  // of the .wast file, relative to the suite
  std::vector<ScriptCommand> commands;
  size_t left_out = 0;  // commands that are pending
};

/// `suite/name` without the forms that start on `pending_lines`. Throws where it cannot be read.
[[nodiscard]] Script read_script_file(const std::filesystem::path& suite, const std::string& name,
                                      const std::vector<uint32_t>& pending_lines);

[[nodiscard]] const char* name_of(ScriptCommandKind kind);

/// What is called or read, with arguments that a machine takes.
struct Action {
  bool is_get = false;  // the value of an exported global, not a call
  std::string module;   // the name of an instance, or empty for the current one
  std::string field;    // export
  std::vector<Value> args;
};
/// Throws where an argument is no value of a type that tine has.
[[nodiscard]] Action action_of(const ScriptAction& action);

/// Whether `actual` is what `expected` asks for.
[[nodiscard]] bool matches(const ScriptValue& expected, const Value& actual);
[[nodiscard]] std::string to_string(const ScriptValue& expected);

}  // namespace tine::spec
