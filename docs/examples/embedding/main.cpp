// A guest asks its host for orders, and is called back for each; then it asks for a price. The host
// freezes it inside that question, and answers twice.
#include <array>
#include <iostream>

#include "tine/program.h"
#include "tine/snapshot.h"
#include "tine/typed_host.h"

using namespace tine;

std::shared_ptr<const HostRegistry> shop() {
  auto hosts = std::make_shared<HostRegistry>();
  // A host function that never answers: the run pauses before the call, the answer comes later.
  hosts->add(host_function("shop", "price", [](int32_t pieces) -> HostResult<int32_t> {
    std::cout << "asked for the price of " << pieces << " pieces\n";
    return std::unexpected(HostAction::pause_before(PauseReason::kInput));
  }));
  // One that calls the guest back. Whatever ends the guest in there goes on through it.
  hosts->add(host_function("shop", "each_order",
                           [](HostCall& host, FuncRef f) -> std::expected<void, Outcome> {
                             for (const int32_t pieces : {1, 2, 4})
                               if (auto done = host.call<void>(f, pieces); !done) return done;
                             return {};
                           }));
  return hosts;
}

Result<void> run(const std::string& file) {
  TINE_TRY_ASSIGN(auto bytes, read_file(file));
  TINE_TRY_ASSIGN(auto module, Module::create(std::move(bytes)));
  const MachineConfig config{.hosts = shop()};
  auto machine = Machine::create(config);
  TINE_TRY_ASSIGN(const Instantiation instance, machine->instantiate(module, {}));
  machine->push_call(instance.instance, module->find_export("count")->index, {});
  std::cout << to_string(machine->run()) << ": " << to_string(machine->results()[0]) << " pieces, "
            << machine->instructions() << " instructions\n";

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
