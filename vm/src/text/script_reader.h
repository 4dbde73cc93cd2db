// ScriptReader: a .wast file as a list of commands.
//
// Scripts are not part of the language but of its test suite; their grammar stands in the reference
// interpreter's README. Each command is a form; a file may also be the fields of one module.
// Spec: none (interpreter/README, "Scripts")
#pragma once

#include <vector>

#include "text/token_reader.h"
#include "tine/text.h"

namespace tine::text {

class ScriptReader {
 public:
  explicit ScriptReader(TokenReader& in) : in_(in) {}
  [[nodiscard]] Result<std::vector<ScriptCommand>> run();

 private:
  [[nodiscard]] bool at_command() const;
  [[nodiscard]] Result<ScriptCommand> command();
  [[nodiscard]] Result<void> assertion(ScriptCommand& command);
  [[nodiscard]] Result<void> register_command(ScriptCommand& command);

  [[nodiscard]] bool at_action() const { return in_.at_form("invoke") || in_.at_form("get"); }
  [[nodiscard]] Result<ScriptAction> action();
  [[nodiscard]] Result<ScriptModule> module();
  [[nodiscard]] Result<ScriptModule> text_module(const Token& begin);
  [[nodiscard]] Result<ScriptModule> instance();
  [[nodiscard]] Result<ScriptModule> loose_fields();

  TokenReader& in_;
};

}  // namespace tine::text
