// Exceptions beyond what the spec suite asks: where they leave the machine, what is kept of them,
// and that the kinds of code, snapshots and forks agree.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exceptions.h"
#include "support/contains.h"
#include "tine/fork.h"
#include "tine/limits.h"
#include "tine/machine.h"
#include "tine/snapshot.h"
#include "tine/text.h"

namespace tine {
namespace {

constexpr std::array kKinds{CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

std::shared_ptr<const Module> module_of(std::string_view text) {
  auto bytes = encode_text_module(text, {.names = true});
  EXPECT_TRUE(bytes) << bytes.error().detail;
  auto module = Module::create(*bytes);
  EXPECT_TRUE(module) << module.error().to_line("module");
  return *module;
}

struct Guest {
  explicit Guest(std::string_view text, CodeKind kind = CodeKind::kPlain,
                 uint64_t stack_limit_slots = kDefaultStackLimitSlots)
      : module(module_of(text)),
        machine(Machine::create({.kind = kind, .stack_limit_slots = stack_limit_slots})) {
    const auto made = machine->instantiate(module, {});
    EXPECT_TRUE(made && made->outcome.returned());
  }
  Outcome call(std::string_view name, const std::vector<Value>& args = {}) {
    machine->push_call(0, module->find_export(name)->index, args);
    return machine->run();
  }
  [[nodiscard]] uint64_t result() const { return machine->results()[0].lo; }

  std::shared_ptr<const Module> module;
  std::unique_ptr<Machine> machine;
};

// `deep(n)` throws n frames below its handler; both forms, the legacy one throws again.
constexpr std::string_view kDeep = R"(
  (tag $e (param i64 v128 f32))
  (func $dive (param i32)
    (if (local.get 0)
      (then (call $dive (i32.sub (local.get 0) (i32.const 1))))
      (else (throw $e (i64.const 77) (v128.const i64x2 5 6) (f32.const 1.5)))))
  (func (export "deep") (param i32) (result i64)
    (local $v v128)
    (block $caught (result i64 v128 f32)
      (try_table (catch $e $caught) (call $dive (local.get 0)))
      unreachable)
    drop
    local.set $v
    (i64.add (i64x2.extract_lane 1 (local.get $v))))
  (func (export "legacy") (param i32) (result i64)
    try (result i64)
      i64.const 1000
      try (result i64)
        i32.const 9
        local.get 0
        call $dive
        drop
        i64.const 0
      catch $e
        drop drop drop
        rethrow 0
      end
      i64.add
    catch $e
      drop drop
    catch_all
      i64.const 3
    end)
  (func (export "uncaught") (param i32) (call $dive (local.get 0)))
  (func (export "null") (throw_ref (ref.null exn))))";

TEST(Exceptions, CrossFramesInEveryKindOfCodeInTheSameTime) {
  std::vector<uint64_t> counts;
  for (const CodeKind kind : kKinds) {
    Guest guest(kDeep, kind);
    EXPECT_TRUE(guest.call("deep", {Value::i32(20)}).returned());
    EXPECT_EQ(guest.result(), 77U + 6U);
    EXPECT_TRUE(guest.call("legacy", {Value::i32(20)}).returned());
    EXPECT_EQ(guest.result(), 77U);
    counts.push_back(guest.machine->instructions());
  }
  EXPECT_EQ(counts[0], counts[1]);
  EXPECT_EQ(counts[0], counts[2]);
}

TEST(Exceptions, GiveBackTheStackThatTheirFramesTook) {
  Guest guest(kDeep, CodeKind::kPlain, 2000);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(guest.call("deep", {Value::i32(100)}).returned());
}

TEST(Exceptions, LeaveEverythingInSightWhereNobodyCatchesThem) {
  for (const CodeKind kind : kKinds) {
    Guest guest(kDeep, kind);
    const Outcome outcome = guest.call("uncaught", {Value::i32(3)});
    ASSERT_EQ(outcome.kind, OutcomeKind::kTrapped);
    EXPECT_EQ(outcome.trap, TrapKind::kUncaughtException);
    const std::vector<BacktraceFrame> frames = guest.machine->backtrace();
    ASSERT_EQ(frames.size(), 5U);
    EXPECT_EQ(frames[0].func_name, "dive");
    ASSERT_EQ(frames[0].operands.size(), 3U);
    EXPECT_EQ(frames[0].operands[0], Value::i64(77));
    EXPECT_EQ(frames[4].func_name, "uncaught");
    EXPECT_EQ(outcome.position.offset, frames[0].position.offset);
    EXPECT_TRUE(guest.call("deep", {Value::i32(1)}).returned());
  }
}

TEST(Exceptions, AreNoNullReferences) {
  Guest guest(kDeep);
  const Outcome outcome = guest.call("null");
  ASSERT_EQ(outcome.kind, OutcomeKind::kTrapped);
  EXPECT_EQ(outcome.trap, TrapKind::kNullException);
}

// `keep(n)` catches n exceptions with 100 values each by reference and forgets all but the last;
// `hoard(n)` puts them into a table; `again` throws what global $kept holds, and catches its value.
std::string keeper() {
  std::string params, values;
  for (int i = 0; i < 99; ++i) params += " i32", values += " (i32.const 7)";
  return R"(
  (tag $e (param i32)" +
         params + R"())
  (global $kept (mut exnref) (ref.null exn))
  (table $hoard 200000 exnref)
  (func $catch_one (param i32) (result exnref)
    (block $caught (result exnref)
      (try_table (catch_all_ref $caught) (throw $e (local.get 0))" +
         values + R"())
      unreachable))
  (func (export "keep") (param i32)
    (loop $again
      (global.set $kept (call $catch_one (local.get 0)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "hoard") (param i32)
    (loop $again
      (table.set $hoard (local.get 0) (call $catch_one (local.get 0)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (tag $f (param exnref))
  (func (export "wrap")
    (global.set $kept
      (block $caught (result exnref)
        (try_table (catch_all_ref $caught) (throw $f (global.get $kept)))
        unreachable)))
  (func (export "unwrap")
    (global.set $kept
      (block $caught (result exnref)
        (try_table (catch $f $caught) (throw_ref (global.get $kept)))
        unreachable)))
  (func (export "again") (result i32) (local $n i32)
    (block $caught
      (try_table (catch_all $caught) (throw_ref (global.get $kept))))
    (i32.const 1)))";
}

TEST(Exceptions, ThatAreForgottenTakeNoSpace) {
  Guest guest(keeper());
  // Together they would be twice the limit.
  ASSERT_TRUE(guest.call("keep", {Value::i32(400'000)}).returned());
  const auto state = guest.machine->capture();
  ASSERT_TRUE(state);
  ASSERT_EQ(state->exceptions.size(), 1U);
  EXPECT_EQ(state->exceptions[0].values[0], Value::i32(1));
}

TEST(Exceptions, ThatAreKeptAreLimited) {
  Guest guest(keeper());
  const Outcome outcome = guest.call("hoard", {Value::i32(199'999)});
  ASSERT_EQ(outcome.kind, OutcomeKind::kTrapped);
  EXPECT_EQ(outcome.trap, TrapKind::kTooManyExceptions);
  const auto state = guest.machine->capture();
  ASSERT_TRUE(state);
  EXPECT_EQ(state->exceptions.size(), (kLimits.exception_values - 1) / 101);
}

TEST(Exceptions, AreNumberedByWhatRefersToThem) {
  Guest clean(keeper());
  Guest used(keeper());
  ASSERT_TRUE(clean.call("keep", {Value::i32(2)}).returned());
  ASSERT_TRUE(used.call("keep", {Value::i32(2)}).returned());
  ASSERT_TRUE(used.call("wrap").returned());
  ASSERT_TRUE(used.call("unwrap").returned());
  ASSERT_TRUE(clean.call("wrap").returned());
  ASSERT_TRUE(used.call("wrap").returned());
  const auto a = clean.machine->capture();
  const auto b = used.machine->capture();
  ASSERT_TRUE(a && b);
  ASSERT_EQ(a->exceptions.size(), 2U);
  EXPECT_EQ(a->exceptions[0].values, std::vector<Value>{Value::ref(ValType::kExnRef, 2)});
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(a->exceptions[i].tag, b->exceptions[i].tag);
    EXPECT_EQ(a->exceptions[i].values, b->exceptions[i].values);
  }
}

TEST(Exceptions, TravelInSnapshotsAndForks) {
  Guest guest(keeper());
  ASSERT_TRUE(guest.call("keep", {Value::i32(3)}).returned());
  ASSERT_TRUE(guest.call("wrap").returned());
  const auto snapshot = Snapshot::capture(*guest.machine);
  ASSERT_TRUE(snapshot) << snapshot.error().detail;
  auto fork = Fork::create(*snapshot, {});
  ASSERT_TRUE(fork) << fork.error().detail;
  const auto call = [&](std::string_view name) {
    (*fork)->machine().push_call(0, guest.module->find_export(name)->index, {});
    return (*fork)->machine().run();
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(call("again").returned());
    EXPECT_TRUE(call("unwrap").returned());
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(call("wrap").returned());
    const auto grown = (*fork)->machine().capture();
    ASSERT_TRUE(grown);
    EXPECT_EQ(grown->exceptions.size(), 101U);
    (*fork)->reset();
    const auto back = (*fork)->machine().capture();
    ASSERT_TRUE(back);
    EXPECT_EQ(back->exceptions.size(), 2U);
  }
}

/// The error that restoring a changed state ends with.
template <class Change>
std::string refusal(Change change) {
  Guest guest(keeper());
  EXPECT_TRUE(guest.call("keep", {Value::i32(1)}).returned());
  auto state = guest.machine->capture();
  EXPECT_TRUE(state);
  change(*state);
  auto world = World::create({});
  const auto restored = Machine::restore(*state, std::move(*world), {});
  return restored ? "restored" : restored.error().detail;
}

TEST(Exceptions, InStatesAreChecked) {
  EXPECT_EQ(refusal([](MachineState&) {}), "restored");
  EXPECT_EQ(refusal([](MachineState& s) { s.exceptions[0].tag = 2; }),
            "an exception of a tag that does not exist");
  EXPECT_EQ(refusal([](MachineState& s) { s.exceptions[0].values.pop_back(); }),
            "an exception whose values have other types than its tag's");
  EXPECT_EQ(refusal([](MachineState& s) { s.exceptions.clear(); }),
            "a reference to an exception that does not exist");
  EXPECT_EQ(refusal([](MachineState& s) { s.instances[0].tags[0] = 9; }),
            "a tag that does not exist");
  EXPECT_EQ(refusal([](MachineState& s) { s.instances[0].tags[0] = 1; }),
            "a tag of another type than its module says");
}

// Frames that have called setjmp have a stub for a return word; a throw must get past it.
constexpr std::string_view kJumping = R"(
  (import "tine" "setjmp" (func $setjmp (param i32) (result i32)))
  (import "tine" "longjmp" (func $longjmp (param i32 i32)))
  (memory 1)
  (tag $e)
  (func $inner (drop (call $setjmp (i32.const 64))) (throw $e))
  (func $outer (drop (call $setjmp (i32.const 32))) (call $inner))
  (func (export "past_records") (result i32)
    (block $caught
      (try_table (catch $e $caught) (call $outer))
      unreachable)
    (i32.const 5))
  (func (export "dead_jump") (result i32)
    (block $caught
      (try_table (catch $e $caught) (call $outer))
      unreachable)
    (call $longjmp (i32.const 64) (i32.const 1))
    (i32.const 5))
  ;; The exception is an operand below the call of setjmp, and only there when many more come.
  (func $noise (param i32)
    (loop $again
      (drop (block $c (result exnref) (try_table (catch_all_ref $c) (throw $e)) unreachable))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (call $longjmp (i32.const 0) (i32.const 1)))
  (func (export "kept_by_record") (result i32)
    (block $again
      (try_table (catch $e $again)
        (block $c (result exnref) (try_table (catch_all_ref $c) (throw $e)) unreachable)
        (if (i32.eqz (call $setjmp (i32.const 0))) (then (call $noise (i32.const 20000))))
        throw_ref)
      unreachable)
    (i32.const 9)))";

TEST(Exceptions, AndSetjmpRecordsDoNotDisturbEachOther) {
  auto hosts = std::make_shared<HostRegistry>();
  hosts->add_all(jump_functions());
  const auto module = module_of(kJumping);
  for (const CodeKind kind : kKinds) {
    auto machine = Machine::create({.hosts = hosts, .kind = kind});
    ASSERT_TRUE(machine->instantiate(module, {}));
    const auto call = [&](std::string_view name) {
      machine->push_call(0, module->find_export(name)->index, {});
      return machine->run();
    };
    for (int round = 0; round < 3; ++round) {
      ASSERT_TRUE(call("past_records").returned());
      EXPECT_EQ(machine->results()[0], Value::i32(5));
      const Outcome dead = call("dead_jump");
      ASSERT_EQ(dead.kind, OutcomeKind::kTrapped);
      EXPECT_EQ(dead.trap, TrapKind::kDeadJump);
      ASSERT_TRUE(call("kept_by_record").returned());
      EXPECT_EQ(machine->results()[0], Value::i32(9));
      EXPECT_TRUE(machine->capture()->threads[0].jumps.empty());
    }
  }
}

TEST(Exceptions, CountAnEdgeForEachClause) {
  const auto module = module_of(R"(
    (tag $e) (tag $f)
    (func (export "run") (param i32) (result i32)
      (block $b
        (block $a
          (try_table (catch $e $a) (catch_all $b)
            (if (local.get 0) (then (throw $e)) (else (throw $f)))))
        (return (i32.const 1)))
      (i32.const 2)))");
  const std::vector<EdgeInfo> edges = coverage_edges(*module);
  ASSERT_EQ(edges.size(), 5U);  // entry, two clauses, two arms
  for (const uint32_t argument : {0U, 1U}) {
    auto machine = Machine::create({.kind = CodeKind::kCovered});
    ASSERT_TRUE(machine->instantiate(module, {}));
    std::vector<uint8_t> counters(edges.size());
    CoverageSinks sinks;
    sinks.counters = counters.data();
    machine->set_coverage(0, sinks);
    const std::array args{Value::i32(argument)};
    machine->push_call(0, 0, args);
    ASSERT_TRUE(machine->run().returned());
    EXPECT_EQ(counters[1], argument == 1 ? 1 : 0);
    EXPECT_EQ(counters[2], argument == 1 ? 0 : 1);
  }
}

TEST(ExceptionStore, UsesTheSpaceOfTheDeadAgain) {
  ExceptionStore store;
  const Ref first = store.add({0, {}});
  const Ref second = store.add({0, {{1, 0}}});
  EXPECT_EQ(store.size_values(), 3U);
  store.begin_marking();
  EXPECT_TRUE(store.mark(second));
  EXPECT_FALSE(store.mark(second));
  store.sweep();
  EXPECT_FALSE(store.has(first));
  EXPECT_TRUE(store.has(second));
  EXPECT_EQ(store.size_values(), 2U);
  EXPECT_EQ(store.add({3, {}}), first);
  EXPECT_EQ(store.at(first).tag, 3U);
}

TEST(ExceptionStore, GoesBackToItsBase) {
  ExceptionStore store;
  const Ref kept = store.add({1, {}});
  store.set_base();
  for (uint32_t i = 0; i < 10; ++i) EXPECT_TRUE(store.has(store.add({i, {}})));
  store.begin_marking();
  store.sweep();  // the base stays, marked or not
  EXPECT_TRUE(store.has(kept));
  store.reset();
  EXPECT_TRUE(store.has(kept));
  EXPECT_EQ(store.size_values(), 1U);
}

}  // namespace
}  // namespace tine
