#include "text/script_reader.h"

#include <algorithm>

#include "text/module_encoder.h"
#include "text/script_values.h"

namespace tine::text {
namespace {

struct Assertion {
  std::string_view word;
  ScriptCommandKind kind;
  bool has_text;  // ends with the expected message
};

constexpr Assertion kAssertions[] = {
    {"assert_return", ScriptCommandKind::kAssertReturn, false},
    {"assert_trap", ScriptCommandKind::kAssertTrap, true},
    {"assert_exhaustion", ScriptCommandKind::kAssertExhaustion, true},
    {"assert_exception", ScriptCommandKind::kAssertException, false},
    {"assert_suspension", ScriptCommandKind::kAssertSuspension, true},
    {"assert_invalid", ScriptCommandKind::kAssertInvalid, true},
    {"assert_malformed", ScriptCommandKind::kAssertMalformed, true},
    {"assert_invalid_custom", ScriptCommandKind::kAssertInvalidCustom, true},
    {"assert_malformed_custom", ScriptCommandKind::kAssertMalformedCustom, true},
    {"assert_unlinkable", ScriptCommandKind::kAssertUnlinkable, true},
};

std::vector<uint8_t> to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

Result<std::vector<ScriptCommand>> ScriptReader::run() {
  std::vector<ScriptCommand> commands;
  if (!at_command()) {
    ScriptCommand command{.line = 1};
    TINE_TRY_ASSIGN(command.module, loose_fields());
    TINE_TRY(in_.expect(TokenKind::kEnd));
    commands.push_back(std::move(command));
    return commands;
  }
  uint32_t line = 1;
  uint32_t counted_to = 0;
  while (!in_.at_end()) {
    const uint32_t begin = in_.here().begin;
    line += in_.lines_between(counted_to, begin);
    counted_to = begin;
    TINE_TRY_ASSIGN(ScriptCommand next, command());
    next.line = line;
    commands.push_back(std::move(next));
  }
  return commands;
}

bool ScriptReader::at_command() const {
  return in_.at_end() || in_.at_form("module") || in_.at_form("register") || at_action() ||
         in_.text_of(in_.peek(1)).starts_with("assert_");
}

Result<ScriptCommand> ScriptReader::command() {
  ScriptCommand command;
  if (!in_.at(TokenKind::kLeft)) return in_.unexpected();
  if (in_.at_form("module")) {
    TINE_TRY_ASSIGN(command.module, module());
  } else if (in_.at_form("register")) {
    TINE_TRY(register_command(command));
  } else if (at_action()) {
    command.kind = ScriptCommandKind::kAction;
    TINE_TRY_ASSIGN(command.action, action());
  } else if (in_.text_of(in_.peek(1)).starts_with("assert_")) {
    TINE_TRY(assertion(command));
  } else {
    return in_.unexpected_form();
  }
  return command;
}

Result<void> ScriptReader::assertion(ScriptCommand& command) {
  const auto* const row = std::ranges::find_if(
      kAssertions, [&](const Assertion& assertion) { return in_.at_form(assertion.word); });
  if (row == std::end(kAssertions)) return in_.unexpected_form();
  in_.skip();
  in_.skip();
  command.kind = row->kind;
  if (at_action()) {
    TINE_TRY_ASSIGN(command.action, action());
  } else {
    TINE_TRY_ASSIGN(command.module, module());
    if (row->kind == ScriptCommandKind::kAssertTrap)
      command.kind = ScriptCommandKind::kAssertUninstantiable;
  }
  if (row->has_text) {
    TINE_TRY_ASSIGN(command.expected_text, in_.expect_string());
  } else {
    TINE_TRY_ASSIGN(command.expected, read_values(in_));
  }
  return in_.expect(TokenKind::kRight);
}

/// `(register "name" $module)`
Result<void> ScriptReader::register_command(ScriptCommand& command) {
  command.kind = ScriptCommandKind::kRegister;
  TINE_TRY(in_.expect_form("register"));
  TINE_TRY_ASSIGN(command.register_as, in_.expect_name());
  command.register_name = in_.take_id().value_or("");
  return in_.expect(TokenKind::kRight);
}

Result<ScriptAction> ScriptReader::action() {
  ScriptAction action;
  action.is_get = in_.at_form("get");
  in_.skip();
  in_.skip();
  action.module = in_.take_id().value_or("");
  TINE_TRY_ASSIGN(action.name, in_.expect_name());
  TINE_TRY_ASSIGN(action.arguments, read_values(in_));
  TINE_TRY(in_.expect(TokenKind::kRight));
  return action;
}

// ------------------------------------------------------------------------------------------------
// Modules

Result<ScriptModule> ScriptReader::module() {
  const Token& begin = in_.here();
  TINE_TRY(in_.expect_form("module"));
  if (in_.take_word("instance")) return instance();
  const bool is_definition = in_.take_word("definition");
  const std::string name = in_.take_id().value_or("");
  ScriptModule module;
  if (in_.take_word("binary")) {
    module.form = ScriptModule::Form::kBinary;
    module.binary = to_bytes(in_.take_strings());
    TINE_TRY(in_.expect(TokenKind::kRight));
  } else if (in_.take_word("quote")) {
    module.form = ScriptModule::Form::kQuote;
    module.source = in_.take_strings();
    module.binary = encode_text_module(module.source);
    TINE_TRY(in_.expect(TokenKind::kRight));
  } else {
    TINE_TRY_ASSIGN(module, text_module(begin));
  }
  module.is_definition = is_definition;
  module.name = name;
  return module;
}

/// Fields up to the parenthesis that closes the module, whose first token is `begin`. An error
/// within them is the module's own.
Result<ScriptModule> ScriptReader::text_module(const Token& begin) {
  ScriptModule module;
  const Token& fields = in_.here();
  module.binary = encode_fields(in_, "", {});
  if (!module.binary) in_.seek(begin.match);
  module.source = in_.text_between(fields, in_.here());
  TINE_TRY(in_.expect(TokenKind::kRight));
  return module;
}

/// A file without commands: the fields of one module.
Result<ScriptModule> ScriptReader::loose_fields() {
  ScriptModule module;
  const Token& begin = in_.here();
  TINE_TRY_ASSIGN(module.binary, encode_fields(in_, "", {}));
  module.source = in_.text_between(begin, in_.here());
  return module;
}

/// `(module instance $instance $definition)`
Result<ScriptModule> ScriptReader::instance() {
  ScriptModule module;
  module.form = ScriptModule::Form::kInstance;
  module.name = in_.take_id().value_or("");
  module.definition = in_.take_id().value_or("");
  TINE_TRY(in_.expect(TokenKind::kRight));
  return module;
}

}  // namespace tine::text

namespace tine {

Result<std::vector<ScriptCommand>> read_script(std::string_view text) {
  TINE_TRY_ASSIGN(const text::Tokens tokens, text::read_tokens(text));
  text::TokenReader in(tokens);
  return text::ScriptReader(in).run();
}

}  // namespace tine
