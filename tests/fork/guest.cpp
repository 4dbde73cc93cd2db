// Building the machines, snapshots and forks that the tests start from.
#include "fork/guest.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tine::test {

std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<const Module> guest_module(const std::string& name) {
  auto module = Module::create(read_file(std::string(TINE_GUESTS_DIR "/") + name + ".wasm"));
  EXPECT_TRUE(module.has_value()) << module.error().to_line(name);
  return module ? *module : nullptr;
}

std::unique_ptr<Machine> guest_machine(const std::string& name, CodeKind kind) {
  MachineConfig config;
  config.kind = kind;
  config.stack_limit_slots = 4096;
  auto machine = Machine::create(config);
  const auto made = machine->instantiate(guest_module(name), {});
  EXPECT_TRUE(made.has_value() && made->outcome.returned());
  return machine;
}

void push(Machine& machine, const std::string& function, std::span<const Value> args) {
  const auto item = machine.find_export(0, function);
  ASSERT_TRUE(item.has_value()) << function;
  machine.push_call(item->address, args);
}

Outcome call(Machine& machine, const std::string& function, std::span<const Value> args,
             uint64_t fuel) {
  push(machine, function, args);
  return machine.run(fuel);
}

Result<std::unique_ptr<Machine>> resume(const Snapshot& snapshot, CodeKind kind) {
  MachineConfig config;
  config.kind = kind;
  TINE_TRY_ASSIGN(World world, World::restore(snapshot.state().world, {}));
  return snapshot.machine(std::move(world), config);
}

std::unique_ptr<Fork> make_fork(const std::shared_ptr<const Snapshot>& snapshot, CodeKind kind) {
  ForkConfig config;
  config.kind = kind;
  auto fork = Fork::create(snapshot, config);
  EXPECT_TRUE(fork.has_value()) << fork.error().to_line("fork");
  return fork ? std::move(*fork) : nullptr;
}

std::shared_ptr<const Snapshot> capture(Machine& machine) {
  auto snapshot = Snapshot::capture(machine);
  EXPECT_TRUE(snapshot.has_value()) << snapshot.error().to_line("capture");
  return snapshot ? *snapshot : nullptr;
}

std::shared_ptr<const Snapshot> deep_snapshot(uint32_t depth) {
  const auto machine = guest_machine("scratch");
  EXPECT_TRUE(call(*machine, "scribble", std::vector{Value::i32(11), Value::i32(50)}).returned());
  const auto here = machine->module_of(0).find_export("here");
  machine->pause_at({{.func = here->index, .offset = {}}});
  const Outcome outcome = call(*machine, "descend", std::vector{Value::i32(depth)});
  EXPECT_EQ(outcome.kind, OutcomeKind::kPaused) << to_string(outcome);
  return capture(*machine);
}

std::shared_ptr<const Snapshot> tiny_snapshot() {
  const auto machine = guest_machine("tiny");
  const Outcome outcome = call(*machine, "sum", std::vector{Value::i32(100)}, 500);
  EXPECT_EQ(outcome.kind, OutcomeKind::kOutOfFuel) << to_string(outcome);
  return capture(*machine);
}

std::string scratch_path(const std::string& name) {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  const auto folder = std::filesystem::path(testing::TempDir()) /
                      (std::string("tine-") + info->test_suite_name() + "-" + info->name());
  std::filesystem::create_directories(folder);
  return (folder / name).string();
}

}  // namespace tine::test
