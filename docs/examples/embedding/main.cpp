// A guest asks its host for a price. The host freezes it inside that question, and answers twice.
#include <array>
#include <iostream>

#include "tine/program.h"
#include "tine/snapshot.h"

using namespace tine;

/// A host function that never answers: the run pauses before the call, and the answer comes later.
std::shared_ptr<const HostRegistry> shop() {
  auto hosts = std::make_shared<HostRegistry>();
  hosts->add({"shop", "price", {{ValType::kI32}, {ValType::kI32}}, [](HostCall& call) {
                std::cout << "asked for the price of " << call.arg_u32(0) << " pieces\n";
                return HostAction::pause_before(PauseReason::kInput);
              }});
  return hosts;
}

Result<void> run(const std::string& file) {
  TINE_TRY_ASSIGN(auto bytes, read_file(file));
  TINE_TRY_ASSIGN(auto module, Module::create(std::move(bytes)));
  const MachineConfig config{.hosts = shop()};
  auto machine = Machine::create(config);
  TINE_TRY_ASSIGN(const Instantiation instance, machine->instantiate(module, {}));
  machine->push_call(instance.instance, module->find_export("total")->index,
                     std::array{Value::i32(3)});
  std::cout << to_string(machine->run()) << "\n";

  TINE_TRY_ASSIGN(auto snapshot, Snapshot::capture(*machine));
  TINE_TRY(snapshot->save("asked.snap"));
  for (const uint32_t price : {5, 7}) {
    TINE_TRY_ASSIGN(World world, World::restore(snapshot->state().world, {}));
    TINE_TRY_ASSIGN(auto resumed, snapshot->machine(std::move(world), config));
    TINE_TRY(resumed->complete_host_call(std::array{Value::i32(price)}));
    std::cout << to_string(resumed->run()) << ", at " << price
              << " each: " << to_string(resumed->results()[0]) << "\n";
  }
  return {};
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const Result<void> done = run(argv[1]);
  if (!done) std::cerr << done.error().to_line(argv[1]) << "\n";
  return done ? 0 : exit_code(done.error().code);
}
