// setjmp and longjmp by import: values, frames, dead frames, bounds, and that nothing of a record
// is lost by snapshots, changes of the kind of code, or resets of a fork, at any instruction.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/module_expect.h"
#include "support/text_expect.h"
#include "tine/fork.h"
#include "tine/machine.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

constexpr CodeKind kKinds[] = {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

/// Functions of two parameters and one result, each another use of the pair.
const char* const kJumper = R"((module
  (import "tine" "setjmp" (func $setjmp (param i32) (result i32)))
  (import "tine" "longjmp" (func $longjmp (param i32 i32)))
  (type $set (func (param i32) (result i32)))
  (type $throw (func (param i32 i32)))
  (memory (export "memory") 1)
  (table (export "table") funcref (elem $setjmp $throw_deep $longjmp))
  (global $count (mut i32) (i32.const 0))

  (func $throw_deep (param $depth i32) (param $value i32)
    (if (local.get $depth)
      (then (call $throw_deep (i32.sub (local.get $depth) (i32.const 1)) (local.get $value))))
    (call $longjmp (i32.const 64) (local.get $value)))

  ;; Out of some frames; the locals stay, what lies on the stack comes back.
  (func (export "across") (param $depth i32) (param $value i32) (result i32)
    (local $tries i32)
    (i32.const 1000)
    (call $setjmp (i32.const 64))
    (if (i32.eqz (local.get $tries))
      (then
        (local.set $tries (i32.const 7))
        (call $throw_deep (local.get $depth) (local.get $value))))
    (i32.add)
    (i32.add (local.get $tries)))

  ;; One jmp_buf within the other: the inner one first, then the outer one from the frame of the
  ;; inner one, whose record dies with it.
  (func $inner (param $depth i32) (param $value i32)
    (if (i32.eqz (call $setjmp (i32.const 128)))
      (then (call $longjmp (i32.const 128) (i32.const 3))))
    (call $throw_deep (local.get $depth) (i32.add (local.get $value) (i32.const 1))))
  (func (export "nested") (param $depth i32) (param $value i32) (result i32)
    (local $got i32)
    (local.set $got (call $setjmp (i32.const 64)))
    (if (i32.lt_u (local.get $got) (i32.const 5))
      (then (call $inner (local.get $depth) (local.get $got))))
    (local.get $got))

  ;; Both through a table, with operands of every type below.
  (func (export "indirect") (param $depth i32) (param $value i32) (result i32)
    (local $again i32) (local $got i32)
    (i64.const -9) (f64.const 1.5) (v128.const i64x2 3 4) (f32.const 2) (ref.null func)
    (local.set $got (call_indirect (type $set) (i32.const 64) (i32.const 0)))
    (if (i32.eqz (local.get $again))
      (then
        (local.set $again (i32.const 1))
        (call_indirect (type $throw) (local.get $depth) (local.get $value) (i32.const 1))))
    (ref.is_null)
    (i32.add (local.get $got))
    (local.set $got)
    (i32.trunc_f32_s)
    (i32.add (local.get $got))
    (local.set $got)
    (i64x2.extract_lane 1) (i32.wrap_i64)
    (i32.add (local.get $got))
    (local.set $got)
    (i32.trunc_f64_s)
    (i32.add (local.get $got))
    (local.set $got)
    (i32.wrap_i64)
    (i32.add (local.get $got)))

  ;; The frame is gone.
  (func $leave (param $buffer i32) (drop (call $setjmp (local.get $buffer))))
  (func (export "dead") (param $depth i32) (param $value i32) (result i32)
    (call $leave (i32.const 64))
    (call $throw_deep (local.get $depth) (local.get $value))
    (i32.const 1))
  ;; So it is after a tail call, even of the same function.
  (func $again (param $n i32) (param $value i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (drop (call $setjmp (i32.const 64)))))
    (if (i32.eq (local.get $n) (i32.const 2))
      (then (call $longjmp (i32.const 64) (local.get $value))))
    (return_call $again (i32.add (local.get $n) (i32.const 1)) (local.get $value)))
  (func (export "tail") (param $depth i32) (param $value i32) (result i32)
    (call $again (i32.const 0) (local.get $value)))
  ;; A call of setjmp that is a tail call has no frame to return to.
  (func $tail_set (param $buffer i32) (result i32) (return_call $setjmp (local.get $buffer)))
  (func (export "tail_set") (param $depth i32) (param $value i32) (result i32)
    (if (call $tail_set (i32.const 64)) (then (unreachable)))
    (call $throw_deep (local.get $depth) (local.get $value))
    (i32.const 1))
  ;; A longjmp that is a tail call: from another frame it works, from its own it does not.
  (func $tail_throw (param $value i32) (return_call $longjmp (i32.const 64) (local.get $value)))
  (func (export "tail_jump") (param $depth i32) (param $value i32) (result i32)
    (local $got i32)
    (local.set $got (call $setjmp (i32.const 64)))
    (if (i32.eqz (local.get $got)) (then (call $tail_throw (i32.const 6))))
    (local.get $got))
  (func $tail_own (if (i32.eqz (call $setjmp (i32.const 64)))
    (then (return_call $longjmp (i32.const 64) (i32.const 1)))))
  (func (export "tail_own") (param $depth i32) (param $value i32) (result i32)
    (call $tail_own) (i32.const 1))

  (func (export "garbage") (param $depth i32) (param $value i32) (result i32)
    (i64.store (i32.const 64) (i64.const 99))
    (call $longjmp (i32.const 64) (local.get $value))
    (i32.const 1))
  (func (export "outside") (param $depth i32) (param $value i32) (result i32)
    (call $setjmp (i32.const 65529)))
  ;; A copy of a jmp_buf is as good as the jmp_buf.
  (func (export "copied") (param $depth i32) (param $value i32) (result i32)
    (local $got i32)
    (local.set $got (call $setjmp (i32.const 128)))
    (if (i32.eqz (local.get $got))
      (then
        (memory.copy (i32.const 64) (i32.const 128) (i32.const 8))
        (call $throw_deep (local.get $depth) (local.get $value))))
    (local.get $got))

  ;; `depth` jumps in one frame, by one buffer, each out of another one.
  (func $bounce (drop (call $setjmp (i32.const 128))) (call $longjmp (i32.const 64) (i32.const 1)))
  (func (export "many") (param $depth i32) (param $value i32) (result i32)
    (local $n i32)
    (drop (call $setjmp (i32.const 64)))
    (local.set $n (i32.add (local.get $n) (i32.const 1)))
    (if (i32.le_u (local.get $n) (local.get $depth)) (then (call $bounce)))
    (local.get $n))
  ;; setjmp as often.
  (func (export "often") (param $depth i32) (param $value i32) (result i32)
    (local $n i32)
    (loop $next
      (drop (call $setjmp (i32.const 64)))
      (drop (call $setjmp (i32.const 128)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $n) (local.get $depth))))
    (local.get $n))
  ;; A record in each of `depth` frames, then back into all of them, one by one.
  (func $record (param $depth i32) (param $buffer i32) (result i32)
    (local $got i32)
    (local.set $got (call $setjmp (local.get $buffer)))
    (if (local.get $got) (then (return (local.get $got))))
    (if (i32.eqz (local.get $depth)) (then (return (i32.const 0))))
    (if (call $record (i32.sub (local.get $depth) (i32.const 1))
                      (i32.add (local.get $buffer) (i32.const 8)))
      (then (global.set $count (i32.add (global.get $count) (i32.const 1)))))
    (call $longjmp (local.get $buffer) (i32.const 2))
    (i32.const 0))
  (func (export "ladder") (param $depth i32) (param $value i32) (result i32)
    (global.set $count (i32.const 0))
    (drop (call $record (local.get $depth) (i32.const 64)))
    (global.get $count))
  ;; Deeper and deeper, without end.
  (func $endless (drop (call $setjmp (i32.const 64))) (call $endless))
  (func (export "endless") (param $depth i32) (param $value i32) (result i32)
    (call $endless) (i32.const 1))
))";

struct Case {
  const char* name;
  uint32_t depth;
  uint32_t value;
  std::optional<uint32_t> result;  // nothing: it traps as `trap` says
  TrapKind trap = TrapKind::kDeadJump;
};

/// As short as they can be, for tests that stop at every instruction.
const Case kCases[] = {
    {"across", 0, 5, 1000 + 5 + 7},
    {"across", 3, 0, 1000 + 1 + 7},  // 0 becomes 1
    {"nested", 1, 0, 5},
    {"indirect", 2, 10, 10 + 1 + 2 + 4 + 1 - 9},
    {"dead", 1, 1, std::nullopt},
    {"tail", 0, 1, std::nullopt},
    {"tail_set", 0, 1, std::nullopt},
    {"tail_jump", 0, 1, 6},
    {"tail_own", 0, 1, std::nullopt},
    {"garbage", 0, 1, std::nullopt},
    {"outside", 0, 1, std::nullopt, TrapKind::kMemoryOutOfBounds},
    {"copied", 1, 4, 4},
    {"many", 4, 0, 5},
    {"often", 4, 0, 4},
    {"ladder", 3, 0, 2},
};

std::shared_ptr<const HostRegistry> hosts() {
  auto registry = std::make_shared<HostRegistry>();
  registry->add_all(jump_functions());
  return registry;
}

std::shared_ptr<const Module> jumper() {
  return test::expect_valid(test::encoded(kJumper, {.names = true}));
}

MachineConfig config(CodeKind kind) {
  return {.hosts = hosts(), .kind = kind, .stack_limit_slots = 4096};
}

/// A machine that is about to run a case.
std::unique_ptr<Machine> machine_for(const Case& c, CodeKind kind) {
  auto machine = Machine::create(config(kind));
  WorldConfig world;
  world.closed = true;
  machine->world() = std::move(*World::create(world));
  EXPECT_TRUE(machine->instantiate(jumper(), {}));
  machine->push_call(machine->find_export(0, c.name)->address,
                     std::vector{Value::i32(c.depth), Value::i32(c.value)});
  return machine;
}

void expect_end(const Case& c, const Outcome& outcome, const Machine& machine) {
  if (c.result) {
    ASSERT_TRUE(outcome.returned()) << c.name << ": " << to_string(outcome);
    EXPECT_EQ(machine.results()[0], Value::i32(*c.result)) << c.name;
  } else {
    EXPECT_EQ(outcome.kind, OutcomeKind::kTrapped) << c.name << ": " << to_string(outcome);
    EXPECT_EQ(outcome.trap, c.trap) << c.name << ": " << to_string(outcome);
  }
}

std::vector<uint8_t> bytes_of(Machine& machine) {
  const auto snapshot = Snapshot::capture(machine);
  EXPECT_TRUE(snapshot) << snapshot.error().detail;
  return *(*snapshot)->to_bytes();
}

/// The machine that a file's bytes make.
std::unique_ptr<Machine> machine_from(const std::vector<uint8_t>& bytes, CodeKind kind) {
  const auto snapshot = Snapshot::from_bytes(bytes);
  EXPECT_TRUE(snapshot) << snapshot.error().to_line("bytes");
  auto world = World::restore((*snapshot)->state().world, {});
  EXPECT_TRUE(world);
  auto machine = (*snapshot)->machine(std::move(*world), config(kind));
  EXPECT_TRUE(machine) << machine.error().detail;
  return std::move(*machine);
}

size_t record_count(const Machine& machine) { return machine.capture()->threads[0].jumps.size(); }

TEST(Jumps, ReturnTwiceOrTrapInEveryKindOfCode) {
  for (const CodeKind kind : kKinds) {
    for (const Case& c : kCases) {
      const auto machine = machine_for(c, kind);
      const Outcome outcome = machine->run();
      expect_end(c, outcome, *machine);
      if (c.result) {
        EXPECT_EQ(record_count(*machine), 0u) << c.name;
      }
    }
  }
}

TEST(Jumps, CountTheSameInstructionsInEveryKindOfCode) {
  for (const Case& c : kCases) {
    std::vector<std::vector<uint8_t>> ends;
    for (const CodeKind kind : kKinds) {
      const auto machine = machine_for(c, kind);
      static_cast<void>(machine->run());
      ends.push_back(bytes_of(*machine));
    }
    EXPECT_EQ(ends[1], ends[0]) << c.name;
    EXPECT_EQ(ends[2], ends[0]) << c.name;
  }
}

/// Every state on the way, in one kind of code and never restored.
std::vector<std::vector<uint8_t>> states_of(const Case& c, CodeKind kind) {
  std::vector<std::vector<uint8_t>> states;
  const auto machine = machine_for(c, kind);
  for (;;) {
    states.push_back(bytes_of(*machine));
    const Outcome outcome = machine->run(1);
    if (outcome.kind == OutcomeKind::kOutOfFuel) continue;
    expect_end(c, outcome, *machine);
    states.push_back(bytes_of(*machine));
    return states;
  }
}

TEST(Jumps, StandTheSameAfterEveryInstructionInEveryKindOfCode) {
  for (const Case& c : kCases) {
    const auto stepping = states_of(c, CodeKind::kStepping);
    EXPECT_EQ(states_of(c, CodeKind::kPlain), stepping) << c.name;
    EXPECT_EQ(states_of(c, CodeKind::kCovered), stepping) << c.name;
  }
}

TEST(Jumps, GoOnFromASnapshotAfterEveryInstruction) {
  for (const Case& c : kCases) {
    const auto states = states_of(c, CodeKind::kPlain);
    for (size_t i = 0; i + 1 < states.size(); ++i) {
      const auto machine = machine_from(states[i], kKinds[i % 3]);
      ASSERT_EQ(bytes_of(*machine), states[i]) << c.name << " at " << i;
      expect_end(c, machine->run(), *machine);
      EXPECT_EQ(bytes_of(*machine), states.back()) << c.name << " at " << i;
    }
  }
}

TEST(Jumps, GoOnInAChainOfMachinesAndKinds) {
  for (const Case& c : kCases) {
    const auto states = states_of(c, CodeKind::kPlain);
    for (const uint64_t slice : {1, 2, 5}) {
      auto machine = machine_for(c, CodeKind::kPlain);
      for (size_t link = 0;; ++link) {
        const Outcome outcome = machine->run(slice);
        if (outcome.kind != OutcomeKind::kOutOfFuel) {
          expect_end(c, outcome, *machine);
          break;
        }
        if (link % 2 == 0) machine = machine_from(bytes_of(*machine), CodeKind::kPlain);
        machine->set_code_kind(kKinds[link % 3]);
      }
      EXPECT_EQ(bytes_of(*machine), states.back()) << c.name << " by " << slice;
    }
  }
}

TEST(Jumps, ForksOfEveryInstructionComeBack) {
  for (const Case& c : kCases) {
    const auto states = states_of(c, CodeKind::kPlain);
    for (size_t i = 0; i + 1 < states.size(); ++i) {
      const auto snapshot = Snapshot::from_bytes(states[i]);
      ASSERT_TRUE(snapshot);
      auto fork = Fork::create(*snapshot, {.hosts = hosts(), .kind = kKinds[i % 3]});
      ASSERT_TRUE(fork) << fork.error().detail;
      Machine& machine = (*fork)->machine();
      for (const uint64_t fuel : {kUnlimitedFuel, uint64_t{3}, uint64_t{17}, kUnlimitedFuel}) {
        const Outcome outcome = machine.run(fuel);
        if (outcome.kind != OutcomeKind::kOutOfFuel) expect_end(c, outcome, machine);
        (*fork)->reset();
        ASSERT_EQ((*fork)->verify(), std::vector<std::string>{}) << c.name << " at " << i;
      }
    }
  }
}

TEST(Jumps, AMillionOfThemLeaveNothing) {
  constexpr uint32_t kMany = 1'000'000;
  for (const char* name : {"many", "often"}) {
    const Case c{name, kMany, 0, std::string(name) == "many" ? kMany + 1 : kMany};
    const auto machine = machine_for(c, CodeKind::kPlain);
    Outcome outcome;
    while ((outcome = machine->run(1'000'003)).kind == OutcomeKind::kOutOfFuel) {
      ASSERT_LE(record_count(*machine), 2u) << name;
    }
    expect_end(c, outcome, *machine);
    EXPECT_GE(machine->capture()->threads[0].jumps_made, kMany);
  }
}

TEST(Jumps, EachFrameHasItsOwnRecordAndTakesItAlong) {
  const Case c{"ladder", 20, 0, 19};
  const auto machine = machine_for(c, CodeKind::kPlain);
  size_t most = 0;
  while (machine->run(5).kind == OutcomeKind::kOutOfFuel)
    most = std::max(most, record_count(*machine));
  EXPECT_EQ(most, 21u);
  EXPECT_EQ(record_count(*machine), 0u);
}

TEST(Jumps, RecordsWithoutEndExhaustTheStack) {
  const Case c{"endless", 0, 0, std::nullopt, TrapKind::kStackExhausted};
  for (const uint64_t slots : {uint64_t{4096}, kMaxStackLimitSlots}) {
    MachineConfig wide = config(CodeKind::kPlain);
    wide.stack_limit_slots = slots;
    const auto machine = Machine::create(wide);
    ASSERT_TRUE(machine->instantiate(jumper(), {}));
    machine->push_call(machine->find_export(0, c.name)->address,
                       std::vector{Value::i32(0), Value::i32(0)});
    expect_end(c, machine->run(), *machine);
  }
}

TEST(Jumps, PausesStandBeforeAndBehindThem) {
  for (const CodeKind kind : kKinds) {
    const Case& c = kCases[1];
    const auto machine = machine_for(c, kind);
    machine->pause_at_host_calls(
        [](const HostFunction&) { return HostCallPauses{.before = true, .after = true}; });
    size_t pauses = 0;
    Outcome outcome;
    while ((outcome = machine->run()).kind == OutcomeKind::kPaused) {
      const auto copy = machine_from(bytes_of(*machine), kKinds[++pauses % 3]);
      expect_end(c, copy->run(), *copy);
    }
    expect_end(c, outcome, *machine);
    EXPECT_EQ(pauses, 4u);
  }
}

TEST(Jumps, LeadBackAcrossInstances) {
  const auto thrower = test::expect_valid(test::encoded(R"((module
    (import "tine" "longjmp" (func $longjmp (param i32 i32)))
    (memory (export "memory") 1)
    (func $throw (export "throw") (param $depth i32)
      (if (local.get $depth)
        (then (call $throw (i32.sub (local.get $depth) (i32.const 1)))))
      (call $longjmp (i32.const 64) (i32.const 6)))))"));
  const auto catcher = test::expect_valid(test::encoded(R"((module
    (import "tine" "setjmp" (func $setjmp (param i32) (result i32)))
    (import "thrower" "memory" (memory 1))
    (import "thrower" "throw" (func $throw (param i32)))
    (func $catch (param $depth i32) (result i32)
      (local $got i32)
      (i32.const 100)
      (if (i32.eqz (local.tee $got (call $setjmp (i32.const 64))))
        (then (call $throw (local.get $depth))))
      (i32.add (local.get $got)))
    (func (export "run") (param i32) (result i32)
      (i32.add (call $catch (local.get 0)) (call $catch (i32.const 0))))))"));
  for (const CodeKind kind : kKinds) {
    const auto machine = Machine::create(config(kind));
    ASSERT_TRUE(machine->instantiate(thrower, {}));
    ASSERT_TRUE(machine->instantiate(
        catcher, [&](const Import& import) { return machine->find_export(0, import.name); }));
    machine->push_call(machine->find_export(1, "run")->address, std::vector{Value::i32(2)});
    while (machine->run(1).kind == OutcomeKind::kOutOfFuel) {
      auto copy = Machine::restore(*machine->capture(), World(), config(kind));
      ASSERT_TRUE(copy) << copy.error().detail;
      ASSERT_TRUE((*copy)->run().returned());
      EXPECT_EQ((*copy)->results()[0], Value::i32(212));
    }
    EXPECT_EQ(machine->results()[0], Value::i32(212));
  }
}

TEST(Jumps, RootCallsOfThemHaveNoFrame) {
  const auto machine = Machine::create(config(CodeKind::kPlain));
  const auto module = test::expect_valid(test::encoded(R"((module
    (import "tine" "setjmp" (func $setjmp (param i32) (result i32)))
    (import "tine" "longjmp" (func $longjmp (param i32 i32)))
    (export "setjmp" (func $setjmp)) (export "longjmp" (func $longjmp))
    (memory 1)))"));
  ASSERT_TRUE(machine->instantiate(module, {}));
  machine->push_call(machine->find_export(0, "setjmp")->address, std::vector{Value::i32(64)});
  const Outcome outcome = machine->run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kTrapped);
  EXPECT_EQ(outcome.trap, TrapKind::kMemoryOutOfBounds) << "a root call has no memory";
}

TEST(Jumps, HooksCannotJumpIntoTheRunBeneath) {
  const auto module = test::expect_valid(test::encoded(R"((module
    (import "tine" "setjmp" (func $setjmp (param i32) (result i32)))
    (import "tine" "longjmp" (func $longjmp (param i32 i32)))
    (memory 1)
    (func (export "tine_before_snapshot") (call $longjmp (i32.const 64) (i32.const 1)))
    (func (export "run")
      (drop (call $setjmp (i32.const 64)))
      (drop (call $setjmp (i32.const 128))))))"));
  const auto machine = Machine::create(config(CodeKind::kPlain));
  ASSERT_TRUE(machine->instantiate(module, {}));
  machine->pause_at_host_calls([](const HostFunction&) { return HostCallPauses{.after = true}; });
  machine->push_call(machine->find_export(0, "run")->address, {});
  ASSERT_EQ(machine->run().kind, OutcomeKind::kPaused);
  EXPECT_EQ(record_count(*machine), 1u);
  const Outcome outcome = machine->run_snapshot_hooks();
  EXPECT_EQ(outcome.kind, OutcomeKind::kTrapped);
  EXPECT_EQ(outcome.trap, TrapKind::kDeadJump);
}

// --- states that no machine can be in --------------------------------------------------------------

MachineState state_with_two_records() {
  const auto machine = machine_for({"ladder", 1, 0, 0}, CodeKind::kPlain);
  while (record_count(*machine) < 2) static_cast<void>(machine->run(1));
  return *machine->capture();
}

struct HostileCase {
  const char* what;
  void (*change)(std::vector<JumpRecordState>&);
};
const HostileCase kHostileCases[] = {
    {"a record of no frame", [](auto& jumps) { jumps[1].frame = 9; }},
    {"records in another order", [](auto& jumps) { std::swap(jumps[0], jumps[1]); }},
    {"two records with one number", [](auto& jumps) { jumps[1].id = jumps[0].id; }},
    {"a number that was never given", [](auto& jumps) { jumps[1].id = 3; }},
    {"number 0", [](auto& jumps) { jumps[0].id = 0; }},
    {"a record outside its function", [](auto& jumps) { jumps[0].offset = 0; }},
    {"a record at no instruction", [](auto& jumps) { ++jumps[0].offset; }},
    {"a record at no call", [](auto& jumps) { jumps[0].offset += 2; }},
    {"an operand too many", [](auto& jumps) { jumps[0].operands.push_back(Value::i32(1)); }},
    {"two records of one buffer in a frame",
     [](auto& jumps) { jumps[1].frame = jumps[0].frame, jumps[1].buffer = jumps[0].buffer; }},
};

TEST(Jumps, HostileRecordsAreRefused) {
  const MachineState good = state_with_two_records();
  ASSERT_TRUE(Machine::restore(good, World(), config(CodeKind::kPlain)));
  for (const HostileCase& c : kHostileCases) {
    MachineState state = good;
    c.change(state.threads[0].jumps);
    const auto machine = Machine::restore(state, World(), config(CodeKind::kPlain));
    ASSERT_FALSE(machine) << c.what;
    EXPECT_EQ(machine.error().code, ErrorCode::kBadSnapshot) << c.what;
  }
}

}  // namespace
}  // namespace tine
