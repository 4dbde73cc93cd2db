// Script: the commands of one spec test file, as `wast2json` writes them down.
//
// wast2json turns FILE.wast into FILE.json (a list of commands) and one .wasm file a module. This
// header is the typed form of that list; script.cpp is the only place that knows the JSON.
// Test code: parse errors are exceptions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tine/types.h"

namespace tine::spec {

enum class CommandKind : uint8_t {
  kModule,
  kRegister,
  kAction,
  kAssertReturn,
  kAssertTrap,
  kAssertExhaustion,
  kAssertInvalid,
  kAssertMalformed,
  kAssertUnlinkable,
  kAssertUninstantiable,
};
[[nodiscard]] const char* name_of(CommandKind kind);

/// What a result must look like.
struct Expected {
  enum class Match : uint8_t {
    kBits,           // exactly `value`
    kCanonicalNan,   // either canonical NaN of the type
    kArithmeticNan,  // any quiet NaN of the type
    kAnyRef,         // any reference of the type that is not null
  };
  Match match = Match::kBits;
  Value value;
  std::vector<Expected> lanes;  // of a v128 some of whose lanes are NaNs by class, lowest first
};

struct Action {
  bool is_get = false;  // the value of an exported global, not a call
  std::string module;   // `$name`, or empty for the current module
  std::string field;    // export
  std::vector<Value> args;
};

struct Command {
  CommandKind kind = CommandKind::kModule;
  uint32_t line = 0;
  std::string name;            // kModule, kRegister: `$name`, or empty
  std::string register_as;     // kRegister
  std::filesystem::path file;  // the module's binary
  bool is_text = false;        // the module is text, which tine does not read
  std::string text;            // the expected message of an assertion
  Action action;
  std::vector<Expected> expected;
};

struct Script {
  std::string name;  // of the .wast file, relative to the suite
  std::vector<Command> commands;
};

/// Reads `json`; binaries are looked for beside it. Throws on anything unexpected.
[[nodiscard]] Script parse_script(const std::filesystem::path& json, const std::string& name);

/// Whether `actual` is what `expected` asks for.
[[nodiscard]] bool matches(const Expected& expected, const Value& actual);
[[nodiscard]] std::string to_string(const Expected& expected);

}  // namespace tine::spec
