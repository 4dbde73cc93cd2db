// The text format: .wat modules and .wast scripts, from text to binaries and commands.
//
// Both readers check what the text format itself demands — syntax, identifiers, ranges of numbers —
// and no more: whether a module is valid is Module::create's affair, and texts of invalid modules
// have binaries, too. All of the text format is understood, also where tine cannot run the
// instruction. Annotations become custom sections, names and branch hints. spec: text
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tine/result.h"
#include "tine/types.h"

namespace tine {

struct TextOptions {
  /// Writes a name section from the identifiers, so that backtraces have names.
  bool names = false;
};

/// The binary of a module in text form: `(module …)`, or its fields alone.
/// Cost: linear; 16 bytes a token on top of the binary. Thread: any.
/// Errors: kMalformed and kLimit with the byte offset in the text; kInvalid of one thing that the
/// binary does not forbid, a branch hint at an instruction that is no branch. The detail of kMalformed is
/// `WORDING (line L, column C)`, where WORDING is or begins with what the spec suite expects.
/// Of several errors that in the head of a field (identifiers, imports) comes first, then that in
/// a type, then the earliest.
[[nodiscard]] Result<std::vector<uint8_t>> encode_text_module(std::string_view text,
                                                              const TextOptions& options = {});

/// A value in a script, be it an argument or what a result must look like.
struct ScriptValue {
  enum class Kind : uint8_t {
    kNumber,     // `lanes` of `type`
    kRefNull,    // null; of heap type `heap_type`, or of any where that is empty
    kRefAny,     // results: any reference to `heap_type` that is not null
    kRefExtern,  // an external reference with the number `handle`
    kRefHost,    // the same, as it is seen from inside
    kRefFunc,    // a reference to the function with the index `handle`
    kEither,     // results: one of `choices`
  };
  enum class Nan : uint8_t { kNone, kCanonical, kArithmetic };
  struct Lane {
    Nan nan = Nan::kNone;  // results: any NaN of the class
    uint64_t bits = 0;
    bool operator==(const Lane&) const = default;
  };

  Kind kind = Kind::kNumber;
  ValType type = ValType::kI32;
  uint32_t lane_bits = 32;       // v128: 8 to 64; else the type's width
  std::vector<Lane> lanes = {};  // one where the type is no vector
  std::string heap_type = {};    // `func`, `extern`, `i31`, …
  uint32_t handle = 0;
  std::vector<ScriptValue> choices = {};
};

/// A module as it stands in a script.
struct ScriptModule {
  enum class Form : uint8_t {
    kText,      // `(module …)`, or fields outside of any form
    kBinary,    // `(module binary "…")`
    kQuote,     // `(module quote "…")`
    kInstance,  // `(module instance $i $m)`: of a definition, no binary
  };
  Form form = Form::kText;
  bool is_definition = false;  // `(module definition …)`: is not instantiated
  std::string name;            // without `$`; empty where it has none
  std::string definition;      // kInstance: which, empty for the last one
  std::string source;          // kText: its fields as they stand; kQuote: the joined strings
  /// The binary, or what is wrong with the text; for kQuote with offsets in the joined strings.
  Result<std::vector<uint8_t>> binary;
};

/// `(invoke $module "name" …)` or `(get $module "name")`.
struct ScriptAction {
  bool is_get = false;
  std::string module;  // without `$`; empty for the last one
  std::string name;
  std::vector<ScriptValue> arguments;
};

enum class ScriptCommandKind : uint8_t {
  kModule,
  kRegister,
  kAction,
  kAssertReturn,
  kAssertTrap,
  kAssertExhaustion,
  kAssertException,
  kAssertSuspension,
  kAssertInvalid,
  kAssertMalformed,
  kAssertInvalidCustom,    // of an annotation, which a reader need not understand
  kAssertMalformedCustom,  // likewise
  kAssertUnlinkable,
  kAssertUninstantiable,  // assert_trap of a module
};

struct ScriptCommand {
  ScriptCommandKind kind = ScriptCommandKind::kModule;
  uint32_t line = 0;                       // from 1
  ScriptModule module = {};                // kModule and assertions about modules
  ScriptAction action = {};                // kAction and assertions about actions
  std::string register_as = {};            // kRegister
  std::string register_name = {};          // kRegister: of the module, or empty for the last one
  std::string expected_text = {};          // assertions: the message
  std::vector<ScriptValue> expected = {};  // kAssertReturn
};

/// The commands of a script in order. What is wrong inside a module is a result of its command.
/// Cost: linear. Thread: any. Errors: as those of encode_text_module.
[[nodiscard]] Result<std::vector<ScriptCommand>> read_script(std::string_view text);

}  // namespace tine
