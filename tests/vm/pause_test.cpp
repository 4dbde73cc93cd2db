// Triggers: a pause at any place changes nothing but where the run stands still.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/module_builder.h"
#include "support/random_module.h"
#include "support/random_source.h"
#include "tine/instr.h"
#include "tine/machine.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;
using test::ModuleBuilder;
using test::random_module;
using test::RandomSource;

constexpr std::array kKinds{CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};
constexpr uint64_t kFuelOfACall = 20'000;

/// `test.mix` of random modules, and `test.note` of those below.
std::shared_ptr<const HostRegistry> hosts() {
  auto registry = std::make_shared<HostRegistry>();
  registry->add(
      {"test", "mix", {{ValType::kI32, ValType::kI64}, {ValType::kI64}}, [](HostCall& call) {
         call.set_result(0, call.arg_u64(1) * 3 + call.arg_u32(0));
         return HostAction::done();
       }});
  registry->add({"test", "note", {{ValType::kI32}, {ValType::kI32}}, [](HostCall& call) {
                   call.set_result_u32(0, call.arg_u32(0) + 1);
                   return HostAction::done();
                 }});
  return registry;
}

std::unique_ptr<Machine> machine_of(const Bytes& bytes, CodeKind kind) {
  auto machine = Machine::create({.hosts = hosts(), .kind = kind, .stack_limit_slots = 3'000});
  const auto module = Module::create(bytes);
  TINE_CHECK(module.has_value());
  const auto made = machine->instantiate(*module, {});
  TINE_CHECK(made && made->outcome.returned());
  return machine;
}

std::vector<std::string> state_differences(const Machine& a, const Machine& b) {
  const auto state_a = a.capture();
  const auto state_b = b.capture();
  TINE_CHECK(state_a && state_b);
  return differences(*state_a, *state_b, 8);
}

/// Every instruction of a function that is counted.
std::vector<WasmOffset> instructions_of(const Machine& machine, FuncIdx func) {
  const Module& module = machine.module_of(0);
  std::vector<WasmOffset> offsets;
  InstrReader reader(module.bytes(), module.body(func).begin, module.body(func).end);
  while (!reader.at_end()) {
    const auto in = reader.next();
    if (machine.is_pausable(0, func, in->offset)) offsets.push_back(in->offset);
  }
  return offsets;
}

/// What one call of a random module's f0 does, run straight.
struct Straight {
  std::unique_ptr<Machine> machine;
  Outcome outcome;
};

std::vector<Value> zeros(const FuncType& type) {
  std::vector<Value> args;
  args.reserve(type.params.size());
  for (const ValType t : type.params) args.push_back(Value::zero(t));
  return args;
}

void push_first(Machine& machine) {
  const uint32_t address = machine.find_export(0, "f0")->address;
  machine.push_call(address, zeros(machine.func_type(address)));
}

Straight run_straight(const Bytes& bytes, CodeKind kind) {
  Straight straight{machine_of(bytes, kind), {}};
  push_first(*straight.machine);
  straight.outcome = straight.machine->run(kFuelOfACall);
  return straight;
}

/// Runs the same call with pauses at some of the first function's instructions, and counts them.
void expect_pauses_change_nothing(uint64_t seed, CodeKind kind, size_t& all_pauses) {
  const Bytes bytes = random_module(seed);
  const Straight straight = run_straight(bytes, kind);
  const auto paused = machine_of(bytes, kind);
  RandomSource random(seed);
  std::vector<PausePoint> points{{.func = 1}};
  for (const WasmOffset offset : instructions_of(*paused, 1))
    if (random.one_in(3))
      points.push_back({.func = 1, .offset = offset, .nth = 1 + random.below(3)});
  paused->pause_at(points);
  push_first(*paused);
  Outcome outcome;
  for (size_t pauses = 0;; ++pauses) {
    ASSERT_LE(pauses, points.size());
    outcome = paused->run(kFuelOfACall - paused->instructions());
    if (outcome.kind != OutcomeKind::kPaused) break;
    ++all_pauses;
    const PausePoint& point = points[outcome.point];
    EXPECT_EQ(outcome.position.func, point.func);
    if (point.offset) EXPECT_EQ(outcome.position.offset, *point.offset);
    // Whoever stops there by fuel has executed as much.
    const auto by_fuel = machine_of(bytes, CodeKind::kPlain);
    push_first(*by_fuel);
    EXPECT_EQ(by_fuel->run(paused->instructions()).kind, OutcomeKind::kOutOfFuel);
    for (Machine* m : {by_fuel.get(), paused.get()}) ASSERT_TRUE(m->capture());
    EXPECT_EQ(by_fuel->memory(0).bytes().size(), paused->memory(0).bytes().size());
    EXPECT_TRUE(std::ranges::equal(by_fuel->memory(0).bytes(), paused->memory(0).bytes()));
  }
  EXPECT_EQ(outcome.kind, straight.outcome.kind);
  EXPECT_EQ(paused->instructions(), straight.machine->instructions());
  EXPECT_EQ(state_differences(*paused, *straight.machine), std::vector<std::string>());
}

TEST(PauseAt, AnyInstructionOfRandomModulesChangesNothing) {
  size_t pauses = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    for (const CodeKind kind : kKinds) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << name_of(kind));
      expect_pauses_change_nothing(seed, kind, pauses);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(pauses, 1000u);
}

/// f: (i32) -> i32, a loop of `n` rounds that calls test.note.
Bytes noting_loop() {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({{ValType::kI32}, {ValType::kI32}});
  const FuncIdx note = b.import_func("test", "note", type);
  const FuncIdx f = b.add_func(type, Code()
                                         .begin(Op::loop)
                                         .local_get(0)
                                         .op(Op::call, note)
                                         .op(Op::drop)
                                         .local_get(0)
                                         .i32_const(1)
                                         .op(Op::i32_sub)
                                         .op(Op::local_tee, 0)
                                         .op(Op::br_if, 0)
                                         .op(Op::end)
                                         .local_get(0)
                                         .end());
  b.export_func("f", f);
  return b.build();
}

std::unique_ptr<Machine> noting_machine(CodeKind kind, uint32_t rounds) {
  auto machine = machine_of(noting_loop(), kind);
  machine->push_call(machine->find_export(0, "f")->address, std::array{Value::i32(rounds)});
  return machine;
}

TEST(PauseAtHostCalls, BeforeAndAfterEachOne) {
  for (const CodeKind kind : kKinds) {
    const auto machine = noting_machine(kind, 3);
    machine->pause_at_host_calls([](const HostFunction& host) {
      return HostCallPauses{.before = host.name == "note", .after = host.name == "note"};
    });
    std::string order;
    std::vector<uint64_t> counts;
    for (;;) {
      const Outcome outcome = machine->run();
      if (outcome.kind != OutcomeKind::kPaused) break;
      ASSERT_TRUE(machine->capture());
      EXPECT_EQ(outcome.detail, "test.note");
      order += outcome.pause == PauseReason::kBeforeHostCall ? 'b' : 'a';
      counts.push_back(machine->instructions());
    }
    EXPECT_EQ(order, "bababa") << name_of(kind);
    // loop, local.get; the call; drop, local.get, i32.const, i32.sub, local.tee, br_if, loop, …
    EXPECT_EQ(counts, (std::vector<uint64_t>{2, 3, 11, 12, 20, 21})) << name_of(kind);
  }
}

TEST(PauseAtHostCalls, StandsBehindTheCallWithItsResult) {
  const auto machine = noting_machine(CodeKind::kPlain, 5);
  machine->pause_at_host_calls([](const HostFunction&) { return HostCallPauses{.after = true}; });
  EXPECT_EQ(machine->run().pause, PauseReason::kAfterHostCall);
  const auto frames = machine->backtrace();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].operands, std::vector{Value::i32(6)});
}

TEST(PauseAtHostCalls, AfterATailCallOutOfTheLastFrame) {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({{ValType::kI32}, {ValType::kI32}});
  const FuncIdx note = b.import_func("test", "note", type);
  b.export_func("f", b.add_func(type, Code().local_get(0).op(Op::return_call, note).end()));
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(b.build(), kind);
    machine->pause_at_host_calls([](const HostFunction&) { return HostCallPauses{.after = true}; });
    machine->push_call(machine->find_export(0, "f")->address, std::array{Value::i32(41)});
    EXPECT_EQ(machine->run().pause, PauseReason::kAfterHostCall);
    EXPECT_FALSE(machine->is_suspended());
    EXPECT_EQ(machine->results()[0], Value::i32(42));
    EXPECT_TRUE(machine->run().returned());
  }
}

TEST(RequestPause, EndsALoopFromAnotherThread) {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({{}, {}});
  b.export_func("f", b.add_func(type, Code().begin(Op::loop).op(Op::br, 0).op(Op::end).end()));
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(b.build(), kind);
    machine->push_call(machine->find_export(0, "f")->address, {});
    ASSERT_EQ(machine->run(10).kind, OutcomeKind::kOutOfFuel);
    const std::jthread other([&] { machine->request_pause(); });
    const Outcome outcome = machine->run();
    EXPECT_EQ(outcome.kind, OutcomeKind::kPaused);
    EXPECT_EQ(outcome.pause, PauseReason::kRequest);
    ASSERT_TRUE(machine->capture());
    EXPECT_EQ(machine->run(10).kind, OutcomeKind::kOutOfFuel);
  }
}

TEST(RequestPause, FuelStaysExactBeyondManyLooksAtTheFlag) {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({{}, {}});
  b.export_func(
      "f", b.add_func(type, Code().begin(Op::loop).op(Op::nop).op(Op::br, 0).op(Op::end).end()));
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(b.build(), kind);
    machine->push_call(machine->find_export(0, "f")->address, {});
    for (const uint64_t fuel : {1'000'001u, 99'999u, 100'000u, 100'001u, 7u}) {
      const uint64_t before = machine->instructions();
      EXPECT_EQ(machine->run(fuel).kind, OutcomeKind::kOutOfFuel);
      EXPECT_EQ(machine->instructions() - before, fuel);
    }
  }
}

TEST(IsPausable, KnowsWhereInstructionsStand) {
  const auto machine = machine_of(noting_loop(), CodeKind::kPlain);
  const FuncBody& body = machine->module_of(0).body(1);
  EXPECT_TRUE(machine->is_pausable(0, 1, body.begin));
  EXPECT_FALSE(machine->is_pausable(0, 1, body.begin + 1)) << "the loop's block type";
  EXPECT_FALSE(machine->is_pausable(0, 1, body.end - 1)) << "the last end";
  EXPECT_FALSE(machine->is_pausable(0, 0, body.begin)) << "an import";
  EXPECT_FALSE(machine->is_pausable(0, 7, body.begin)) << "no function";
}

}  // namespace
}  // namespace tine
