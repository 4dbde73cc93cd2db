// A module in text form, run in the test that needs it.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tine/code.h"
#include "tine/machine.h"
#include "tine/text.h"

namespace tine::test {

inline constexpr std::array kAllKinds{CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

/// The module that a text means, which has to be valid. Its functions keep their names.
inline std::shared_ptr<const Module> text_module(std::string_view text) {
  auto binary = encode_text_module(text, {.names = true});
  TINE_CHECK(binary.has_value());
  auto module = Module::create(std::move(*binary));
  EXPECT_TRUE(module.has_value()) << module.error().to_line("module");
  TINE_CHECK(module.has_value());
  return *module;
}

/// A machine with one instance of a module without imports.
class TextGuest {
 public:
  explicit TextGuest(std::shared_ptr<const Module> module, CodeKind kind = CodeKind::kPlain) {
    MachineConfig config;
    config.kind = kind;
    machine_ = Machine::create(config);
    const auto made = machine_->instantiate(std::move(module), {});
    EXPECT_TRUE(made.has_value() && made->outcome.returned());
  }
  [[nodiscard]] Machine& machine() { return *machine_; }

  Outcome call(FuncIdx func, const std::vector<Value>& args) {
    machine_->push_call(0, func, args);
    return machine_->run();
  }
  Outcome call(const std::string& name, const std::vector<Value>& args) {
    const Export* item = machine_->module_of(0).find_export(name);
    TINE_CHECK(item != nullptr);
    return call(item->index, args);
  }
  /// The only result of a call that has to return.
  Value result(const std::string& name, const std::vector<Value>& args) {
    const Outcome outcome = call(name, args);
    EXPECT_TRUE(outcome.returned()) << name;
    return outcome.returned() ? machine_->results()[0] : Value::zero(ValType::kExternRef);
  }

 private:
  std::unique_ptr<Machine> machine_;
};

}  // namespace tine::test
