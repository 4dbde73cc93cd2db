// Hooks run on top of a paused run, which stands afterwards where it stood; at host calls only.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "support/module_builder.h"
#include "tine/fork.h"
#include "tine/machine.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;
using test::ModuleBuilder;

constexpr std::array kKinds{CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};
constexpr uint64_t kBeforeAt = 0, kAfterAt = 4;  // where the hooks count how often they ran
constexpr uint32_t kDepth = 20;

/// `test.note`: its argument plus one.
std::shared_ptr<const HostRegistry> hosts() {
  auto registry = std::make_shared<HostRegistry>();
  registry->add({"test", "note", {{ValType::kI32}, {ValType::kI32}}, [](HostCall& call) {
                   call.set_result_u32(0, call.arg_u32(0) + 1);
                   return HostAction::done();
                 }});
  return registry;
}

Code count_at(uint64_t address) {
  const auto at = static_cast<int32_t>(address);
  return Code()
      .i32_const(at)
      .i32_const(at)
      .memory_op(Op::i32_load, 2)
      .i32_const(1)
      .op(Op::i32_add)
      .memory_op(Op::i32_store, 2);
}

/// What the hooks of a module do, and how its exports come about.
struct Hooks {
  Code before;
  Code after;
  bool has_parameter = false;
  bool is_wrapped = false;  // as wasm-ld does for commands
};

Hooks counting() {
  return {.before = count_at(kBeforeAt).end(), .after = count_at(kAfterAt).end()};
}

/// f(n) = n = 0 ? 7 : note(n) * 3 + f(n - 1), with all of that on the operand stack. deep(n) recurses
/// n times without anything else.
Bytes module_of(const Hooks& hooks) {
  ModuleBuilder b;
  const TypeIdx unary = b.add_type({{ValType::kI32}, {ValType::kI32}});
  const TypeIdx plain = b.add_type({});
  const FuncIdx note = b.import_func("test", "note", unary);
  b.add_memory(1);
  const FuncIdx f = 1;
  b.add_func(unary, Code()
                        .local_get(0)
                        .begin(Op::if_, ValType::kI32)
                        .i32_const(3)
                        .local_get(0)
                        .op(Op::call, note)
                        .op(Op::i32_mul)
                        .local_get(0)
                        .i32_const(1)
                        .op(Op::i32_sub)
                        .op(Op::call, f)
                        .op(Op::i32_add)
                        .op(Op::else_)
                        .i32_const(7)
                        .end()
                        .end());
  const TypeIdx hook = hooks.has_parameter ? unary : plain;
  FuncIdx before = b.add_func(hook, hooks.before);
  FuncIdx after = b.add_func(hook, hooks.after);
  FuncIdx start = b.add_func(plain, Code().end());
  if (hooks.is_wrapped) {
    const FuncIdx trap = b.add_func(plain, Code().op(Op::unreachable).end());
    const auto wrap = [&](FuncIdx func) {
      return b.add_func(plain,
                        Code().op(Op::call, trap).op(Op::call, func).op(Op::call, trap).end());
    };
    before = wrap(before);
    after = wrap(after);
    start = wrap(start);
  }
  b.export_func("f", f);
  b.export_func("_start", start);
  b.export_func("tine_before_snapshot", before);
  b.export_func("tine_after_restore", after);
  return b.build();
}

std::unique_ptr<Machine> machine_of(const Hooks& hooks, CodeKind kind,
                                    uint64_t stack_limit_slots = 3'000) {
  auto machine =
      Machine::create({.hosts = hosts(), .kind = kind, .stack_limit_slots = stack_limit_slots});
  const auto module = Module::create(module_of(hooks));
  TINE_CHECK(module.has_value());
  TINE_CHECK(machine->instantiate(*module, {}).has_value());
  return machine;
}

void push_f(Machine& machine) {
  machine.push_call(machine.find_export(0, "f")->address, std::array{Value::i32(kDepth)});
}

/// f, paused before its nth host call, or after it.
std::unique_ptr<Machine> paused_machine(const Hooks& hooks, CodeKind kind, uint32_t nth = 1,
                                        bool after = false) {
  auto machine = machine_of(hooks, kind);
  push_f(*machine);
  machine->pause_at_host_calls(
      [after](const HostFunction&) { return HostCallPauses{.before = !after, .after = after}; });
  for (uint32_t i = 0; i < nth; ++i) TINE_CHECK(machine->run().kind == OutcomeKind::kPaused);
  machine->pause_at_host_calls(nullptr);
  return machine;
}

uint32_t count_of(const Machine& machine, uint64_t address) {
  return machine.memory(0).bytes()[address];
}

uint32_t expected_result() {
  uint32_t sum = 7;
  for (uint32_t n = 1; n <= kDepth; ++n) sum += (n + 1) * 3;
  return sum;
}

std::unique_ptr<Machine> restored(Machine& machine, CodeKind kind) {
  const auto snapshot = Snapshot::capture(machine);
  TINE_CHECK(snapshot.has_value());
  const auto bytes = (*snapshot)->to_bytes();
  TINE_CHECK(bytes.has_value());
  const auto loaded = Snapshot::from_bytes(*bytes);
  TINE_CHECK(loaded.has_value());
  auto made = (*loaded)->machine(World(), {.hosts = hosts(), .kind = kind});
  TINE_CHECK(made.has_value());
  return std::move(*made);
}

TEST(Hooks, LeaveTheRunWhereItStood) {
  const auto undisturbed = machine_of(counting(), CodeKind::kPlain);
  push_f(*undisturbed);
  ASSERT_TRUE(undisturbed->run().returned());
  for (const CodeKind kind : kKinds) {
    for (const bool after : {false, true}) {
      for (uint32_t nth = 1; nth <= kDepth; ++nth) {
        const auto machine = paused_machine(counting(), kind, nth, after);
        const auto frames = machine->backtrace();
        const uint64_t count = machine->instructions();
        ASSERT_TRUE(machine->run_snapshot_hooks().returned());
        EXPECT_EQ(count_of(*machine, kBeforeAt), 1u);
        const uint64_t hook_count = machine->instructions() - count;
        EXPECT_EQ(hook_count, 6u);
        ASSERT_EQ(machine->backtrace().size(), frames.size());
        EXPECT_EQ(machine->backtrace()[0].operands, frames[0].operands);
        ASSERT_TRUE(machine->run().returned());
        EXPECT_EQ(machine->results()[0], Value::i32(expected_result()));
        EXPECT_EQ(machine->instructions(), undisturbed->instructions() + hook_count);
        EXPECT_EQ(count_of(*machine, kAfterAt), 0u) << "this machine was not restored";
      }
    }
  }
}

TEST(Hooks, ARestoredMachineRunsThemFirstAndOnce) {
  for (const CodeKind from : kKinds) {
    for (const CodeKind to : kKinds) {
      const auto machine = paused_machine(counting(), from, 5);
      ASSERT_TRUE(machine->run_snapshot_hooks().returned());
      const auto next = restored(*machine, to);
      EXPECT_EQ(next->instructions(), machine->instructions());
      EXPECT_EQ(next->run(1).kind, OutcomeKind::kOutOfFuel);
      EXPECT_EQ(next->instructions(), machine->instructions() + 6 + 1) << "beside the fuel";
      ASSERT_TRUE(next->run().returned());
      EXPECT_EQ(next->results()[0], Value::i32(expected_result()));
      EXPECT_EQ(count_of(*next, kAfterAt), 1u);
    }
  }
}

TEST(Hooks, TheOrderOfTheirCallIsPartOfTheState) {
  const auto machine = paused_machine(counting(), CodeKind::kPlain);
  ASSERT_TRUE(machine->run_snapshot_hooks().returned());
  EXPECT_TRUE(machine->capture()->awaits_restore_hooks);
  const auto next = restored(*machine, CodeKind::kPlain);
  EXPECT_TRUE(next->capture()->awaits_restore_hooks) << "captured again before it ran";
  ASSERT_TRUE(next->run_restore_hooks().returned());
  EXPECT_FALSE(next->capture()->awaits_restore_hooks);
  EXPECT_EQ(count_of(*next, kAfterAt), 1u);
  ASSERT_TRUE(machine->run().returned());
  EXPECT_FALSE(machine->capture()->awaits_restore_hooks);
}

TEST(Hooks, AreOfNoConcernToProgramsWithoutThem) {
  ModuleBuilder b;
  const TypeIdx unary = b.add_type({{ValType::kI32}, {ValType::kI32}});
  const FuncIdx note = b.import_func("test", "note", unary);
  b.export_func("f", b.add_func(unary, Code().local_get(0).op(Op::call, note).end()));
  const auto machine = Machine::create({.hosts = hosts()});
  ASSERT_TRUE(machine->instantiate(*Module::create(b.build()), {}).has_value());
  push_f(*machine);
  machine->pause_at_host_calls([](const HostFunction&) { return HostCallPauses{.before = true}; });
  ASSERT_EQ(machine->run().kind, OutcomeKind::kPaused);
  const auto before = Snapshot::capture(*machine);
  ASSERT_TRUE(machine->run_snapshot_hooks().returned());
  EXPECT_EQ(*(*Snapshot::capture(*machine))->to_bytes(), *(*before)->to_bytes());
}

TEST(Hooks, DoNotRunAtAnArbitraryInstruction) {
  const auto by_fuel = machine_of(counting(), CodeKind::kPlain);
  push_f(*by_fuel);
  EXPECT_EQ(by_fuel->run(3).kind, OutcomeKind::kOutOfFuel);  // just before the call, as it happens
  const auto by_point = machine_of(counting(), CodeKind::kPlain);
  push_f(*by_point);
  by_point->pause_at({{.func = 1, .nth = 2}});
  EXPECT_EQ(by_point->run().pause, PauseReason::kFunctionEntry);
  const auto by_request = machine_of(counting(), CodeKind::kPlain);
  push_f(*by_request);
  by_request->request_pause();
  EXPECT_EQ(by_request->run().pause, PauseReason::kRequest);
  for (Machine* machine : {by_fuel.get(), by_point.get(), by_request.get()}) {
    EXPECT_TRUE(machine->run_snapshot_hooks().returned());
    EXPECT_EQ(count_of(*machine, kBeforeAt), 0u);
    EXPECT_FALSE(machine->capture()->awaits_restore_hooks);
  }
}

TEST(Hooks, AreNotPausedByTriggers) {
  Hooks hooks = counting();  // one that calls f and the host function
  hooks.before = Code(count_at(kBeforeAt)).i32_const(2).op(Op::call, 1).op(Op::drop).end();
  const auto machine = machine_of(hooks, CodeKind::kPlain);
  push_f(*machine);
  machine->pause_at({{.func = 1, .nth = 1}});
  machine->pause_at_host_calls([](const HostFunction&) { return HostCallPauses{.before = true}; });
  EXPECT_EQ(machine->run().pause, PauseReason::kBeforeHostCall);
  machine->request_pause();
  ASSERT_TRUE(machine->run_snapshot_hooks().returned());
  EXPECT_EQ(machine->run().pause, PauseReason::kRequest) << "which came in the meantime";
  EXPECT_EQ(machine->run().pause, PauseReason::kFunctionEntry) << "not counted by the hook";
  EXPECT_EQ(machine->run().pause, PauseReason::kBeforeHostCall);
}

TEST(Hooks, RunInEveryForkAnew) {
  const auto machine = paused_machine(counting(), CodeKind::kPlain, 4);
  ASSERT_TRUE(machine->run_snapshot_hooks().returned());
  const auto snapshot = Snapshot::capture(*machine);
  ASSERT_TRUE(snapshot.has_value());
  const auto fork = Fork::create(*snapshot, {.hosts = hosts()});
  ASSERT_TRUE(fork.has_value()) << fork.error().detail;
  for (int run = 0; run < 3; ++run) {
    ASSERT_TRUE((*fork)->machine().run().returned());
    EXPECT_EQ((*fork)->machine().results()[0], Value::i32(expected_result()));
    EXPECT_EQ(count_of((*fork)->machine(), kAfterAt), 1u);
    (*fork)->reset();
    EXPECT_EQ((*fork)->verify(Fork::Scope::kEveryByte), std::vector<std::string>());
  }
}

TEST(Hooks, ATrapInOneEndsTheRunThere) {
  Hooks hooks = counting();
  hooks.before = Code().op(Op::unreachable).end();
  const auto machine = paused_machine(hooks, CodeKind::kPlain, 3);
  const Outcome outcome = machine->run_snapshot_hooks();
  EXPECT_EQ(outcome.kind, OutcomeKind::kTrapped);
  EXPECT_EQ(outcome.position.func, 2u);
  EXPECT_EQ(machine->backtrace().at(0).position.func, 2u);
  push_f(*machine);
  ASSERT_TRUE(machine->run().returned()) << "the next call starts anew";
  EXPECT_EQ(machine->results()[0], Value::i32(expected_result()));
}

TEST(Hooks, OneThatDoesNotReturnEndsTheRun) {
  Hooks hooks = counting();
  hooks.after = Code().begin(Op::loop).op(Op::br, 0).end().end();
  const auto machine = paused_machine(hooks, CodeKind::kPlain);
  ASSERT_TRUE(machine->run_snapshot_hooks().returned());
  const auto next = restored(*machine, CodeKind::kPlain);
  const Outcome outcome = next->run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kHostError);
  EXPECT_EQ(outcome.detail, "tine_after_restore: did not return (out of fuel)");
}

TEST(Hooks, HaveNoParameters) {
  Hooks hooks = counting();
  hooks.before = hooks.after = Code().local_get(0).end();
  hooks.has_parameter = true;
  const auto machine = paused_machine(hooks, CodeKind::kPlain);
  const Outcome outcome = machine->run_snapshot_hooks();
  EXPECT_EQ(outcome.kind, OutcomeKind::kHostError);
  EXPECT_EQ(outcome.detail,
            "tine_before_snapshot: expected a function without parameters and results");
  ASSERT_TRUE(machine->run().returned());
  EXPECT_TRUE(machine->results().empty()) << "the run has ended";
}

TEST(Hooks, RunBeforeAnEmbedderCompletesTheCall) {
  const auto machine = paused_machine(counting(), CodeKind::kPlain, kDepth);
  ASSERT_TRUE(machine->run_snapshot_hooks().returned());
  const auto next = restored(*machine, CodeKind::kPlain);
  ASSERT_TRUE(next->complete_host_call(std::array{Value::i32(1000)}).has_value());
  EXPECT_EQ(count_of(*next, kAfterAt), 1u);
  ASSERT_TRUE(next->run().returned());
  EXPECT_EQ(count_of(*next, kAfterAt), 1u);
  EXPECT_EQ(next->results()[0], Value::i32(expected_result() - 2 * 3 + 1000 * 3));
}

TEST(Hooks, ThatFailCompleteNothing) {
  Hooks hooks = counting();
  hooks.after = Code().op(Op::unreachable).end();
  const auto machine = paused_machine(hooks, CodeKind::kPlain);
  ASSERT_TRUE(machine->run_snapshot_hooks().returned());
  const auto next = restored(*machine, CodeKind::kPlain);
  const auto done = next->complete_host_call(std::array{Value::i32(1)});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().detail, "complete_host_call: trapped: unreachable");
}

TEST(Hooks, TakeTheirStackFromWhatTheRunHasLeft) {
  Hooks hooks = counting();  // recursion without end
  hooks.before = Code().op(Op::call, 2).end();
  const auto machine = paused_machine(hooks, CodeKind::kPlain, kDepth);
  const Outcome outcome = machine->run_snapshot_hooks();
  EXPECT_EQ(outcome.kind, OutcomeKind::kTrapped);
  EXPECT_EQ(outcome.trap, TrapKind::kStackExhausted);
  EXPECT_LT(machine->backtrace().size(), 3'000u / 4);
}

TEST(Hooks, LookThroughTheWrapperOfCommandExports) {
  Hooks hooks = counting();
  hooks.is_wrapped = true;  // in constructors and destructors that trap
  const auto machine = paused_machine(hooks, CodeKind::kPlain);
  ASSERT_TRUE(machine->run_snapshot_hooks().returned());
  EXPECT_EQ(count_of(*machine, kBeforeAt), 1u);
  const auto next = restored(*machine, CodeKind::kPlain);
  ASSERT_TRUE(next->run_restore_hooks().returned());
  EXPECT_EQ(count_of(*next, kAfterAt), 1u);
}

}  // namespace
}  // namespace tine
