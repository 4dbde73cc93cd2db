// Completing a paused host call with results of the embedder's own: in every kind of code, on
// restored machines, with the state that the host function itself would have left.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/module_builder.h"
#include "support/module_expect.h"
#include "tine/fork.h"
#include "tine/machine.h"

namespace tine {
namespace {

using test::Code;
using test::ModuleBuilder;

constexpr ValType kI32 = ValType::kI32;
constexpr ValType kI64 = ValType::kI64;
constexpr CodeKind kKinds[] = {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

/// The ways in which the functions of the module below call a host function, once or thrice.
const char* const kWays[] = {"call", "indirect", "tail", "tail_indirect",
                             "last", "deep",     "loop", "both"};

/// Doubles what is on the stack and adds 5.
Code finished(Code code) {
  return code.i32_const(2).op(Op::i32_mul).i32_const(5).op(Op::i32_add).end();
}

std::shared_ptr<const Module> asking_module() {
  ModuleBuilder b;
  const TypeIdx unary = b.add_type({{kI32}, {kI32}});
  const FuncIdx ask = b.import_func("env", "ask", unary);
  const FuncIdx two = b.import_func("env", "two", b.add_type({{}, {kI64, kI32}}));
  const auto add = [&](const char* name, Code code, const std::vector<LocalRun>& locals = {}) {
    const FuncIdx func = b.add_func(unary, code, locals);
    b.export_func(name, func);
    return func;
  };
  b.add_table({ValType::kFuncRef, {2, std::nullopt}});
  b.add_elements(0, {ask});
  const Code indirect = Code().local_get(0).i32_const(0);
  const FuncIdx call = add("call", finished(Code().local_get(0).op(Op::call, ask)));
  add("indirect", finished(Code(indirect).op(Op::call_indirect, unary, 0)));
  const FuncIdx tail = b.add_func(unary, Code().local_get(0).op(Op::return_call, ask).end());
  add("tail", finished(Code().local_get(0).op(Op::call, tail)));
  const FuncIdx tail_indirect =
      b.add_func(unary, Code(indirect).op(Op::return_call_indirect, unary, 0).end());
  add("tail_indirect", finished(Code().local_get(0).op(Op::call, tail_indirect)));
  add("last", Code().local_get(0).op(Op::call, ask).end());
  add("deep", finished(Code().i32_const(7).local_get(0).op(Op::call, call).op(Op::i32_sub)));
  Code loop;
  loop.begin(Op::loop).local_get(0).op(Op::call, ask).local_set(0);
  loop.local_get(1).i32_const(1).op(Op::i32_add).op(Op::local_tee, 1).i32_const(3);
  loop.op(Op::i32_lt_u).op(Op::br_if, 0).end().local_get(0);
  add("loop", finished(loop), {{1, kI32}});
  Code both;
  both.op(Op::call, two).local_set(0).op(Op::i32_wrap_i64).local_get(0).op(Op::i32_sub);
  add("both", finished(both));
  add("trap", Code().op(Op::unreachable).end());
  b.export_func("ask", ask);
  return test::expect_valid(b.build());
}

/// A host whose functions answer, or pause the run before they do.
std::shared_ptr<const HostRegistry> host(bool pauses) {
  auto registry = std::make_shared<HostRegistry>();
  registry->add({"env", "ask", {{kI32}, {kI32}}, [pauses](HostCall& call) {
                   if (pauses) return HostAction::pause_before(PauseReason::kInput);
                   call.set_result_u32(0, call.arg_u32(0) * 10 + 1);
                   return HostAction::done();
                 }});
  registry->add({"env", "two", {{}, {kI64, kI32}}, [pauses](HostCall& call) {
                   if (pauses) return HostAction::pause_before(PauseReason::kInput);
                   call.set_result(0, 0x1'0000'0064);
                   call.set_result_u32(1, 3);
                   return HostAction::done();
                 }});
  return registry;
}

std::unique_ptr<Machine> machine_of(CodeKind kind, bool pauses) {
  auto machine = Machine::create({.hosts = host(pauses), .kind = kind});
  EXPECT_TRUE(machine->instantiate(asking_module(), {}));
  return machine;
}

void push(Machine& machine, const std::string& name, uint32_t arg) {
  const Value args[] = {Value::i32(arg)};
  machine.push_call(machine.find_export(0, name)->address, args);
}

std::unique_ptr<Machine> restored(const Machine& machine, CodeKind kind) {
  const auto state = machine.capture();
  EXPECT_TRUE(state);
  auto next = Machine::restore(*state, World(), {.hosts = host(true), .kind = kind});
  EXPECT_TRUE(next) << next.error().detail;
  return std::move(*next);
}

/// What the answering host would return from the call at which the machine stands.
std::vector<Value> answer(const Machine& machine, const std::string& way) {
  if (way == "both") return {Value::i64(0x1'0000'0064), Value::i32(3)};
  const std::vector<Value> operands = machine.backtrace()[0].operands;
  const bool is_indirect = way.ends_with("indirect");
  return {Value::i32(
      static_cast<uint32_t>(operands[operands.size() - (is_indirect ? 2 : 1)].lo) * 10 + 1)};
}

std::vector<std::string> differing(const Machine& a, const Machine& b) {
  return differences(*a.capture(), *b.capture(), 8);
}

/// Runs `way` to its end, completing each call, on a fresh machine a call where `restores`; after
/// each the state must be that of a machine whose host answered.
void expect_like_answered(CodeKind kind, const std::string& way, bool restores) {
  auto paused = machine_of(kind, true);
  push(*paused, way, 4);
  Outcome outcome = paused->run();
  int calls = 0;
  for (; outcome.kind == OutcomeKind::kPaused; outcome = paused->run(), ++calls) {
    if (restores) paused = restored(*paused, kKinds[calls % 3]);
    const uint64_t before = paused->instructions();
    const auto done = paused->complete_host_call(answer(*paused, way));
    ASSERT_TRUE(done) << done.error().detail;
    EXPECT_EQ(paused->instructions(), before + 1);
    auto answered = machine_of(kind, false);
    push(*answered, way, 4);
    const Outcome there = answered->run(before + 1);
    EXPECT_EQ(there.returned(), !paused->is_suspended());
    EXPECT_EQ(differing(*paused, *answered), std::vector<std::string>{});
  }
  auto answered = machine_of(kind, false);
  push(*answered, way, 4);
  ASSERT_TRUE(answered->run().returned());
  ASSERT_TRUE(outcome.returned()) << to_string(outcome);
  ASSERT_EQ(paused->results().size(), 1u);
  EXPECT_EQ(paused->results()[0], answered->results()[0]);
  EXPECT_EQ(paused->instructions(), answered->instructions());
  EXPECT_EQ(calls, way == "loop" ? 3 : 1);
}

TEST(CompleteHostCall, LeavesTheStateOfAnAnsweringHost) {
  for (const CodeKind kind : kKinds)
    for (const std::string way : kWays)
      for (const bool restores : {false, true}) {
        SCOPED_TRACE(way + " in " + std::string(name_of(kind)) + (restores ? ", restored" : ""));
        expect_like_answered(kind, way, restores);
      }
}

TEST(CompleteHostCall, TakesAnyResult) {
  for (const CodeKind kind : kKinds) {
    const auto origin = machine_of(kind, true);
    push(*origin, "deep", 1);
    ASSERT_EQ(origin->run().kind, OutcomeKind::kPaused);
    for (const uint32_t result : {0u, 1000u}) {
      const auto machine = restored(*origin, kind);
      const Value results[] = {Value::i32(result)};
      ASSERT_TRUE(machine->complete_host_call(results));
      ASSERT_TRUE(machine->run().returned());
      EXPECT_EQ(machine->results()[0], Value::i32((7 - (result * 2 + 5)) * 2 + 5));
    }
  }
}

/// Every refusal leaves the machine as it was.
void expect_refused(Machine& machine, std::vector<Value> results, const std::string& why) {
  const auto before = machine.capture();
  const auto done = machine.complete_host_call(results);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kBadCall);
  EXPECT_EQ(done.error().detail, "complete_host_call: " + why);
  EXPECT_EQ(differences(*before, *machine.capture(), 8), std::vector<std::string>{});
}

TEST(CompleteHostCall, RefusesOtherResults) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind, true);
    push(*machine, "call", 1);
    ASSERT_EQ(machine->run().kind, OutcomeKind::kPaused);
    expect_refused(*machine, {}, "expected [i32] -> [i32], got [i32] -> []");
    expect_refused(*machine, {Value::i64(1)}, "expected [i32] -> [i32], got [i32] -> [i64]");
    expect_refused(*machine, {Value::i32(1), Value::i32(2)},
                   "expected [i32] -> [i32], got [i32] -> [i32 i32]");
    ASSERT_TRUE(machine->complete_host_call(std::vector{Value::i32(1)}));
    EXPECT_TRUE(machine->run().returned());
  }
}

TEST(CompleteHostCall, RefusesWhereNoHostCallWaits) {
  const std::string why = "the machine stands at no call of a host function";
  const std::vector<Value> one = {Value::i32(1)};
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind, true);
    expect_refused(*machine, one, why);
    push(*machine, "tail", 1);
    expect_refused(*machine, one, why);  // not started
    ASSERT_EQ(machine->run(0).kind, OutcomeKind::kOutOfFuel);
    expect_refused(*machine, one, why);  // at local.get
    ASSERT_EQ(machine->run(1).kind, OutcomeKind::kOutOfFuel);
    expect_refused(*machine, one, why);  // at the call of a guest function
    ASSERT_EQ(machine->run().kind, OutcomeKind::kPaused);
    ASSERT_TRUE(machine->complete_host_call(one));
    expect_refused(*machine, one, why);  // behind the call
    ASSERT_TRUE(machine->run().returned());
    expect_refused(*machine, one, why);  // ended
    push(*machine, "trap", 1);
    ASSERT_EQ(machine->run().kind, OutcomeKind::kTrapped);
    expect_refused(*machine, one, why);
  }
}

/// A host function as a root call has no frame, and costs nothing.
TEST(CompleteHostCall, CompletesARootCall) {
  const auto machine = machine_of(CodeKind::kPlain, true);
  push(*machine, "ask", 1);
  push(*machine, "ask", 2);
  ASSERT_EQ(machine->run().kind, OutcomeKind::kPaused);
  ASSERT_TRUE(machine->complete_host_call(std::vector{Value::i32(42)}));
  EXPECT_EQ(machine->results()[0], Value::i32(42));
  EXPECT_EQ(machine->instructions(), 0u);
  ASSERT_EQ(machine->run().kind, OutcomeKind::kPaused);  // the second one, not called before
  ASSERT_TRUE(machine->complete_host_call(std::vector{Value::i32(43)}));
  ASSERT_TRUE(machine->run().returned());
  EXPECT_EQ(machine->results()[0], Value::i32(43));
}

TEST(CompleteHostCall, ReturnsAcrossInstances) {
  ModuleBuilder b;
  const TypeIdx unary = b.add_type({{kI32}, {kI32}});
  const FuncIdx last = b.import_func("other", "last", unary);
  b.export_func("outer", b.add_func(unary, finished(Code().local_get(0).op(Op::call, last))));
  const auto outer = test::expect_valid(b.build());
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind, true);
    const auto instance = machine->instantiate(
        outer, [&](const Import& import) { return machine->find_export(0, import.name); });
    ASSERT_TRUE(instance);
    const Value args[] = {Value::i32(1)};
    machine->push_call(machine->find_export(1, "outer")->address, args);
    ASSERT_EQ(machine->run().kind, OutcomeKind::kPaused);
    ASSERT_TRUE(machine->complete_host_call(std::vector{Value::i32(20)}));
    ASSERT_TRUE(machine->run().returned());
    EXPECT_EQ(machine->results()[0], Value::i32(45));
  }
}

TEST(CompleteHostCall, WorksAnewAfterEachReset) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind, true);
    push(*machine, "deep", 1);
    ASSERT_EQ(machine->run().kind, OutcomeKind::kPaused);
    auto snapshot = Snapshot::capture(*machine);
    ASSERT_TRUE(snapshot);
    auto fork = Fork::create(*snapshot, {.hosts = host(true), .kind = kind});
    ASSERT_TRUE(fork) << fork.error().detail;
    for (uint32_t i = 0; i < 4; ++i) {
      ASSERT_TRUE((*fork)->machine().complete_host_call(std::vector{Value::i32(i)}));
      ASSERT_TRUE((*fork)->machine().run().returned());
      EXPECT_EQ((*fork)->machine().results()[0], Value::i32((7 - (i * 2 + 5)) * 2 + 5));
      (*fork)->reset();
      EXPECT_EQ((*fork)->verify(), std::vector<std::string>{});
    }
  }
}

}  // namespace
}  // namespace tine
