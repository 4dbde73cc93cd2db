// A machine with one instance of a module in text form: the guest and the test are read together.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/module_expect.h"
#include "support/text_expect.h"
#include "tine/machine.h"

namespace tine::test {

inline std::shared_ptr<const Module> text_module(std::string_view text) {
  return expect_valid(encoded(text, {.names = true}));
}

inline std::unique_ptr<Machine> text_machine(std::string_view text, const MachineConfig& config) {
  auto machine = Machine::create(config);
  const auto made = machine->instantiate(text_module(text), {});
  EXPECT_TRUE(made) << made.error().detail;
  return machine;
}

/// Pushes a call of an export of the first instance.
inline void push_export(Machine& machine, std::string_view name,
                        const std::vector<Value>& args = {}) {
  const auto item = machine.find_export(0, name);
  ASSERT_TRUE(item) << name;
  machine.push_call(item->address, args);
}

}  // namespace tine::test
