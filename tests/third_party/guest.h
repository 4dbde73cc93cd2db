// A third-party module in a machine of its own: calls of its exports, and its memory.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tine/machine.h"

namespace tine::test {

/// The bytes of a module that tools/third_party.sh has fetched; none where it could not.
inline std::vector<uint8_t> third_party(const std::string& name) {
  std::ifstream file(TINE_THIRD_PARTY_DIR "/" + name + ".wasm", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

#define TINE_SKIP_WITHOUT(name)                                                         \
  if (tine::test::third_party(name).empty())                                            \
    GTEST_SKIP() << (name) << " is not in " TINE_THIRD_PARTY_DIR " (no npm registry?)"; \
  static_cast<void>(0)

class Guest {
 public:
  Guest(const std::string& name, CodeKind kind, std::span<const HostFunction> functions = {}) {
    auto hosts = std::make_shared<HostRegistry>();
    hosts->add_all(wasi_functions());
    hosts->add_all(functions);
    auto module = Module::create(third_party(name));
    EXPECT_TRUE(module) << module.error().to_line(name);
    machine_ = Machine::create({.hosts = hosts, .kind = kind});
    if (!module) return;
    const auto made = machine_->instantiate(*module, {});
    EXPECT_TRUE(made) << made.error().to_line(name);
    is_there_ = made && made->outcome.returned();
  }

  /// The result of an exported function, or 0 where it has none or does not return.
  uint32_t call(const std::string& name, const std::vector<uint32_t>& args = {}) {
    const auto function = is_there_ ? machine_->find_export(0, name) : std::nullopt;
    EXPECT_TRUE(function) << name;
    if (!function) return 0;
    std::vector<Value> values;
    for (const uint32_t arg : args) values.push_back(Value::i32(arg));
    machine_->push_call(function->address, values);
    const Outcome outcome = machine_->run();
    EXPECT_TRUE(outcome.returned()) << name << ": " << to_string(outcome);
    return machine_->results().empty() ? 0 : static_cast<uint32_t>(machine_->results()[0].lo);
  }

  void write(uint32_t address, std::string_view bytes) {
    ASSERT_TRUE(memory().in_bounds(address, bytes.size()));
    memory().write(address, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  }
  [[nodiscard]] std::string read(uint32_t address, uint32_t size) {
    EXPECT_TRUE(memory().in_bounds(address, size));
    if (!memory().in_bounds(address, size)) return {};
    return {reinterpret_cast<const char*>(memory().base()) + address, size};
  }
  [[nodiscard]] uint32_t read_u32(uint32_t address) {
    uint32_t value = 0;
    const std::string bytes = read(address, 4);
    for (size_t i = 0; i < bytes.size(); ++i)
      value |= uint32_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
    return value;
  }
  [[nodiscard]] Memory& memory() { return *machine_->memory_of(0); }
  [[nodiscard]] Machine& machine() { return *machine_; }

 private:
  std::unique_ptr<Machine> machine_;
  bool is_there_ = false;
};

inline constexpr CodeKind kKinds[] = {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

}  // namespace tine::test
