// tests/guests/setjmp.c, what C promises of setjmp, at every level of optimisation and in every kind
// of code, also as a new machine every so often.
#include <gtest/gtest.h>

#include "support/temp_dir.h"
#include "tine/machine.h"

namespace tine {
namespace {

constexpr CodeKind kKinds[] = {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};
const char* const kLevels[] = {"O0", "O1", "O2", "O3", "Os", "Oz"};

MachineConfig config(CodeKind kind) {
  auto registry = std::make_shared<HostRegistry>();
  registry->add_all(wasi_functions());
  registry->add_all(jump_functions());
  return {.hosts = registry, .kind = kind};
}

std::unique_ptr<Machine> machine_of(const std::string& level, CodeKind kind) {
  const std::string bytes =
      test::read_text(std::string(TINE_GUEST_DIR) + "/setjmp_" + level + ".wasm");
  auto module = Module::create({bytes.begin(), bytes.end()});
  EXPECT_TRUE(module) << module.error().to_line(level);
  auto machine = Machine::create(config(kind));
  const auto made = machine->instantiate(*module, {});
  EXPECT_TRUE(made) << made.error().to_line(level);
  machine->push_call(machine->find_export(0, "_start")->address, {});
  return machine;
}

/// A main that returns 0 does not call proc_exit; another code is the line of a failed check.
void expect_kept(const Outcome& outcome, const std::string& level) {
  EXPECT_TRUE(outcome.returned()) << "setjmp.c:" << outcome.exit_code << " at -" << level << ": "
                                  << to_string(outcome);
}

TEST(SetjmpGuest, CsPromisesAreKeptAtEveryLevel) {
  for (const char* level : kLevels)
    for (const CodeKind kind : kKinds) expect_kept(machine_of(level, kind)->run(), level);
}

TEST(SetjmpGuest, CsPromisesAreKeptAcrossMachines) {
  constexpr uint64_t kSlice = 997;
  for (const char* level : kLevels) {
    auto machine = machine_of(level, CodeKind::kPlain);
    Outcome outcome = machine->run(kSlice);
    for (size_t link = 0; outcome.kind == OutcomeKind::kOutOfFuel; ++link) {
      auto next = Machine::restore(*machine->capture(), World(), config(kKinds[link % 3]));
      ASSERT_TRUE(next) << next.error().detail;
      machine = std::move(*next);
      outcome = machine->run(kSlice);
    }
    expect_kept(outcome, level);
  }
}

}  // namespace
}  // namespace tine
