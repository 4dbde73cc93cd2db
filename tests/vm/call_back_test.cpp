// Host functions that call the guest back: counts, limits, everything that can go wrong in there,
// and what waits until they have returned. All of it in every kind of code.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/random_module.h"
#include "support/text_machine.h"
#include "tine/fork.h"
#include "tine/limits.h"
#include "tine/typed_host.h"

namespace tine {
namespace {

using test::push_export;
using test::text_machine;
using enum ValType;

constexpr std::array kKinds{CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

/// main(n) calls env.apply with a function and n; the functions do what their names say.
constexpr const char* kGuest = R"(
  (import "env" "apply" (func $apply (param funcref i32) (result i32)))
  (memory (export "memory") 1 4)
  (table (export "table") 4 funcref)
  (elem (i32.const 0) $twice $boom $grow)
  (global $count (export "count") (mut i32) (i32.const 0))
  (func $twice (export "twice") (param i32) (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (i32.add (local.get 0) (local.get 0)))
  (func $boom (export "boom") (param i32) (result i32)
    (i32.store (i32.const 8) (local.get 0))
    (call $deeper (local.get 0)))
  (func $deeper (param i32) (result i32)
    (global.set $count (i32.const 77))
    unreachable)
  (func $grow (export "grow") (param i32) (result i32)
    (drop (memory.grow (i32.const 1)))
    (i32.store (i32.const 65536) (local.get 0))
    (i32.load (i32.const 65536)))
  (func $loop (export "loop") (param i32) (result i32)
    (loop $again
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get 0) (i32.const 300000))))
    (local.get 0))
  (func $again (export "again") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1)
                     (call $apply (ref.func $again) (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))
  (func $recurse (export "recurse") (param i32) (result i32)
    (call $recurse (i32.add (local.get 0) (i32.const 1))))
  (func (export "main_twice") (param i32) (result i32)
    (i32.add (i32.const 1) (call $apply (ref.func $twice) (local.get 0))))
  (func $main_boom (export "main_boom") (param i32) (result i32)
    (i32.add (i32.const 1) (call $apply (ref.func $boom) (local.get 0))))
  (func (export "main_grow") (param i32) (result i32)
    (drop (call $apply (ref.func $grow) (local.get 0)))
    (i32.load (i32.const 65536)))
  (func (export "main_loop") (param i32) (result i32)
    (i32.add (i32.const 1) (call $apply (ref.func $loop) (local.get 0))))
  (func (export "main_recurse") (param i32) (result i32)
    (call $apply (ref.func $recurse) (local.get 0)))
  (func (export "main_null") (param i32) (result i32)
    (call $apply (ref.null func) (local.get 0)))
  (func (export "main_other") (param i32) (result i32)
    (call $apply (ref.func $main_none) (local.get 0)))
  (func (export "tail_twice") (param i32) (result i32)
    (return_call $apply (ref.func $twice) (local.get 0)))
  (func $main_none (export "none")))";

using Apply = std::function<std::expected<int32_t, Outcome>(HostCall&, FuncRef, int32_t)>;

/// What most tests want of env.apply.
std::expected<int32_t, Outcome> just_apply(HostCall& host, FuncRef f, int32_t n) {
  return host.call<int32_t>(f, n);
}

MachineConfig config_of(CodeKind kind, Apply apply,
                        uint64_t stack_limit_slots = kDefaultStackLimitSlots) {
  auto hosts = std::make_shared<HostRegistry>();
  hosts->add(host_function("env", "apply", std::move(apply)));
  return {.hosts = hosts, .kind = kind, .stack_limit_slots = stack_limit_slots};
}

std::unique_ptr<Machine> machine_of(CodeKind kind, Apply apply = just_apply) {
  return text_machine(kGuest, config_of(kind, std::move(apply)));
}

Outcome run_export(Machine& machine, std::string_view name, uint32_t n = 5) {
  push_export(machine, name, {Value::i32(n)});
  return machine.run();
}

uint32_t count_of(const Machine& machine) {
  return static_cast<uint32_t>(machine.global_value(machine.find_export(0, "count")->address).lo);
}

std::vector<std::string> names_in(const std::vector<BacktraceFrame>& frames) {
  std::vector<std::string> names;
  for (const BacktraceFrame& f : frames) names.push_back(f.func_name + (f.is_host ? "!" : ""));
  return names;
}

using Names = std::vector<std::string>;

TEST(CallBack, ReturnsResultsAndCountsWhatItRuns) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind);
    EXPECT_TRUE(run_export(*machine, "main_twice").returned());
    EXPECT_EQ(machine->results()[0], Value::i32(11));
    // i32.const, ref.func, local.get, call; 7 of $twice; i32.add
    EXPECT_EQ(machine->instructions(), 12u) << name_of(kind);
    EXPECT_TRUE(run_export(*machine, "tail_twice").returned());
    EXPECT_EQ(machine->results()[0], Value::i32(10));
    EXPECT_EQ(machine->instructions(), 12u + 10);
    EXPECT_EQ(count_of(*machine), 2u);
  }
}

TEST(CallBack, AnyNumberInOneHostFunction) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind, [](HostCall& host, FuncRef f, int32_t n) {
      int32_t sum = 0;
      for (int32_t i = 0; i < n; ++i) sum += host.call<int32_t>(f, i).value();
      const uint64_t before = host.instructions();
      sum += host.call<int32_t>(host.exported("twice"), 100).value();
      sum += host.call<int32_t>(host.table_element(0), 1000).value();
      EXPECT_EQ(host.instructions(), before + 14);
      return sum;
    });
    EXPECT_TRUE(run_export(*machine, "main_twice", 10).returned());
    EXPECT_EQ(machine->results()[0], Value::i32(90 + 200 + 2000 + 1));
    EXPECT_EQ(machine->instructions(), 5u + 12 * 7);
  }
}

TEST(CallBack, FindsNothingWhereThereIsNothing) {
  const auto machine = machine_of(CodeKind::kPlain, [](HostCall& host, FuncRef, int32_t n) {
    EXPECT_TRUE(host.exported("no").is_null());
    EXPECT_TRUE(host.exported("memory").is_null());
    EXPECT_TRUE(host.table_element(3).is_null());
    EXPECT_TRUE(host.table_element(4).is_null());
    EXPECT_TRUE(host.table_element(0, 1).is_null());
    EXPECT_FALSE(host.table_element(1).is_null());
    return n;
  });
  EXPECT_TRUE(run_export(*machine, "main_twice").returned());
}

TEST(CallBack, GoesThroughHostAndGuestAndHostAgain) {
  for (const CodeKind kind : kKinds) {
    uint64_t per_level = 0;
    for (const uint32_t depth : {1U, 2U, 50U, kLimits.host_nesting - 1}) {
      const auto machine = machine_of(kind);
      ASSERT_TRUE(run_export(*machine, "again", depth).returned()) << depth;
      EXPECT_EQ(machine->results()[0], Value::i32(depth));
      const uint64_t first = 3;  // local.get, if, i32.const
      if (per_level == 0) per_level = machine->instructions() - first;
      EXPECT_EQ(machine->instructions(), first + depth * per_level);
    }
    EXPECT_EQ(per_level, 9u);
  }
}

TEST(CallBack, HasALimitOfItsOwn) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind);
    const Outcome outcome = run_export(*machine, "again", kLimits.host_nesting);
    EXPECT_EQ(to_string(outcome), "trapped: call stack exhausted");
    EXPECT_EQ(machine->module_of(0).func_name(outcome.position.func), "again");
    EXPECT_EQ(machine->backtrace().size(), 2 * kLimits.host_nesting);
  }
}

TEST(CallBack, TakesItsFramesFromTheSameStack) {
  // A frame of $again: 1 parameter, 4 operands and 4; one of $recurse and its caller: 1, 2 and 4.
  for (const CodeKind kind : kKinds) {
    for (const uint64_t limit : {9U * 10, 9U * 10 + 8}) {
      const auto machine = text_machine(kGuest, config_of(kind, just_apply, limit));
      EXPECT_TRUE(run_export(*machine, "again", 9).returned());
      EXPECT_EQ(to_string(run_export(*machine, "again", 10)), "trapped: call stack exhausted");
    }
    const auto machine = text_machine(kGuest, config_of(kind, just_apply, 7 * 11));
    EXPECT_EQ(to_string(run_export(*machine, "main_recurse", 0)), "trapped: call stack exhausted");
    const auto frames = machine->backtrace();
    ASSERT_GE(frames.size(), 2u);
    EXPECT_EQ(frames.size(), 10u + 2);
    EXPECT_EQ(frames[0].locals[0], Value::i32(9));
  }
}

TEST(CallBack, ATrapPassesThrough) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind);
    const Outcome outcome = run_export(*machine, "main_boom", 6);
    EXPECT_EQ(to_string(outcome), "trapped: unreachable");
    const auto frames = machine->backtrace();
    EXPECT_EQ(names_in(frames), (Names{"deeper", "boom", "env.apply!", "main_boom"}));
    EXPECT_EQ(frames[0].position, outcome.position);
    EXPECT_EQ(frames[1].locals, std::vector{Value::i32(6)});
    EXPECT_EQ(frames[3].locals, std::vector{Value::i32(6)});
    // 4 to the call, 3 + 2 of $boom, 2 + 1 of $deeper
    EXPECT_EQ(machine->instructions(), 12u) << name_of(kind);
    EXPECT_FALSE(machine->is_suspended());
    const auto state = machine->capture();
    ASSERT_FALSE(state);
    EXPECT_EQ(state.error().detail, "host function env.apply is on the stack");
    // What comes next starts afresh.
    EXPECT_TRUE(run_export(*machine, "main_twice").returned());
    EXPECT_TRUE(machine->capture());
  }
}

TEST(CallBack, ATrapMayBeDealtWith) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind, [](HostCall& host, FuncRef f, int32_t n) {
      for (int i = 0; i < 3; ++i) {
        const auto result = host.call<int32_t>(f, n);
        EXPECT_EQ(result.error().trap, TrapKind::kUnreachable);
      }
      return host.call<int32_t>(host.exported("twice"), n);
    });
    EXPECT_TRUE(run_export(*machine, "main_boom", 6).returned());
    EXPECT_EQ(machine->results()[0], Value::i32(13));
    EXPECT_EQ(count_of(*machine), 78u);
    EXPECT_EQ(machine->instructions(), 4u + 3 * 8 + 7 + 1);
  }
}

TEST(CallBack, AHostFunctionMayTrapItselfInstead) {
  for (const CodeKind kind : kKinds) {
    auto hosts = std::make_shared<HostRegistry>();
    hosts->add(host_function("env", "apply",
                             [](HostCall& host, FuncRef f, int32_t n) -> HostResult<int32_t> {
                               EXPECT_FALSE(host.call<int32_t>(f, n));
                               return std::unexpected(HostAction::trap(TrapKind::kHostTrap));
                             }));
    const auto machine = text_machine(kGuest, {.hosts = hosts, .kind = kind});
    const Outcome outcome = run_export(*machine, "main_boom");
    EXPECT_EQ(to_string(outcome), "trapped: trap raised by a host function");
    EXPECT_EQ(names_in(machine->backtrace()), Names{"main_boom"});
    EXPECT_TRUE(machine->capture()) << "the host function has gone";
  }
}

TEST(CallBack, ATrapPassesThroughManyHostFunctions) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind, [](HostCall& host, FuncRef f, int32_t n) {
      return host.call<int32_t>(n == 0 ? host.exported("boom") : f, n);
    });
    EXPECT_EQ(to_string(run_export(*machine, "again", 2)), "trapped: unreachable");
    EXPECT_EQ(names_in(machine->backtrace()),
              (Names{"deeper", "boom", "env.apply!", "again", "env.apply!", "again"}));
  }
}

TEST(CallBack, ExitsAndHostErrorsPassThrough) {
  for (const HostAction& action : {HostAction::exit(9), HostAction::error("broken")}) {
    for (const CodeKind kind : kKinds) {
      auto hosts = std::make_shared<HostRegistry>();
      hosts->add(host_function("env", "apply", just_apply));
      hosts->add(host_function("env", "end", [action] { return action; }));
      const auto machine = text_machine(R"(
        (import "env" "apply" (func $apply (param funcref i32) (result i32)))
        (import "env" "end" (func $end))
        (func $f (export "f") (param i32) (result i32) call $end local.get 0)
        (func $main (export "main") (param i32) (result i32)
          (call $apply (ref.func $f) (local.get 0))))",
                                        {.hosts = hosts, .kind = kind});
      const Outcome outcome = run_export(*machine, "main");
      EXPECT_EQ(outcome.kind, action.outcome.kind);
      EXPECT_EQ(outcome.exit_code, action.outcome.exit_code);
      EXPECT_EQ(outcome.detail, action.outcome.detail);
      EXPECT_EQ(machine->module_of(0).func_name(outcome.position.func), "f");
      EXPECT_EQ(names_in(machine->backtrace()), (Names{"f", "env.apply!", "main"}));
    }
  }
}

TEST(CallBack, TrapsWhereTheFunctionIsNoneOrAnother) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind);
    EXPECT_EQ(to_string(run_export(*machine, "main_null")), "trapped: uninitialized element");
    EXPECT_EQ(names_in(machine->backtrace()), (Names{"env.apply!", "main_null"}));
    EXPECT_EQ(to_string(run_export(*machine, "main_other")),
              "trapped: indirect call type mismatch");
  }
  const auto untyped = machine_of(CodeKind::kPlain, [](HostCall& host, FuncRef f, int32_t) {
    EXPECT_EQ(host.call(f, {}).error().trap, TrapKind::kIndirectCallTypeMismatch);
    EXPECT_EQ(host.call<int64_t>(f, 1).error().trap, TrapKind::kIndirectCallTypeMismatch);
    return static_cast<int32_t>(host.call(f, std::array{Value::i32(4)}).value().at(0).lo);
  });
  EXPECT_TRUE(run_export(*untyped, "main_twice").returned());
  EXPECT_EQ(untyped->results()[0], Value::i32(9));
}

// Fuel stops exactly there in every kind of code; what had not called a host function goes on.
TEST(CallBack, FuelIsExactAndEndsTheRunInside) {
  for (const bool is_swallowed : {false, true}) {
    const Apply apply = [is_swallowed](HostCall& host, FuncRef f, int32_t n) {
      const auto result = host.call<int32_t>(f, n);
      if (!result && is_swallowed) {
        EXPECT_EQ(host.call<int32_t>(host.exported("twice"), 1), std::unexpected(result.error()));
        return std::expected<int32_t, Outcome>(0);
      }
      return result;
    };
    for (const CodeKind kind : kKinds) {
      for (uint64_t fuel = 0; fuel <= 12; ++fuel) {
        const auto machine = machine_of(kind, apply);
        push_export(*machine, "main_twice", {Value::i32(5)});
        const Outcome outcome = machine->run(fuel);
        EXPECT_EQ(machine->instructions(), fuel) << name_of(kind);
        if (fuel == 12) {
          EXPECT_TRUE(outcome.returned());
          continue;
        }
        EXPECT_EQ(outcome.kind, OutcomeKind::kOutOfFuel);
        const bool is_inside = fuel >= 4 && fuel < 11;
        EXPECT_EQ(machine->is_suspended(), !is_inside) << fuel;
        EXPECT_EQ(to_string(outcome),
                  is_inside ? "out of fuel inside host function env.apply" : "out of fuel");
        const Names names = names_in(machine->backtrace());
        EXPECT_EQ(names.size(), is_inside ? 3u : 1u);
        if (is_inside) continue;
        EXPECT_TRUE(machine->run().returned());
        EXPECT_EQ(machine->results()[0], Value::i32(11));
        EXPECT_EQ(machine->instructions(), 12u);
      }
    }
  }
}

TEST(CallBack, FuelIsExactBeyondManyLooksAtPauseRequests) {
  for (const CodeKind kind : kKinds) {
    for (const uint64_t fuel : {99'999u, 100'005u, 1'234'567u}) {
      const auto machine = machine_of(kind);
      push_export(*machine, "main_loop", {Value::i32(0)});
      EXPECT_EQ(machine->run(fuel).kind, OutcomeKind::kOutOfFuel);
      EXPECT_EQ(machine->instructions(), fuel);
    }
    const auto machine = machine_of(kind);
    EXPECT_TRUE(run_export(*machine, "main_loop", 0).returned());
    EXPECT_EQ(machine->instructions(), 4u + 300'000 * 9 + 1 + 1);
  }
}

TEST(CallBack, CaptureNamesTheHostFunction) {
  for (const CodeKind kind : kKinds) {
    std::vector<std::string> told;
    const auto machine = machine_of(kind, [&](HostCall& host, FuncRef f, int32_t n) {
      told.push_back(host.machine().capture().error().detail);
      EXPECT_EQ(names_in(host.machine().backtrace())[0], "env.apply!");
      auto result = host.call<int32_t>(f, n);
      told.push_back(host.machine().capture().error().detail);
      return result;
    });
    EXPECT_TRUE(run_export(*machine, "again", 2).returned());
    EXPECT_EQ(told, std::vector<std::string>(4, "host function env.apply is on the stack"));
    EXPECT_TRUE(machine->capture());
  }
}

TEST(CallBack, APauseRequestWaits) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind, [](HostCall& host, FuncRef f, int32_t n) {
      host.machine().request_pause();
      return host.call<int32_t>(f, n);
    });
    push_export(*machine, "main_loop", {Value::i32(0)});
    const Outcome outcome = machine->run();
    EXPECT_EQ(outcome.kind, OutcomeKind::kPaused);
    EXPECT_EQ(outcome.pause, PauseReason::kRequest);
    EXPECT_EQ(machine->instructions(), 4u + 300'000 * 9 + 1);
    ASSERT_TRUE(machine->capture());
    EXPECT_EQ(machine->backtrace()[0].operands, (std::vector{Value::i32(1), Value::i32(300'000)}));
    EXPECT_TRUE(machine->run().returned());
    EXPECT_EQ(machine->results()[0], Value::i32(300'001));
  }
}

TEST(CallBack, TriggersInsideWaitAndComeOnce) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind);
    const FuncIdx twice = machine->module_of(0).funcs_named("twice").at(0);
    machine->pause_at({{.func = twice}});
    push_export(*machine, "main_twice", {Value::i32(5)});
    const Outcome outcome = machine->run();
    EXPECT_EQ(outcome.pause, PauseReason::kFunctionEntry);
    EXPECT_EQ(machine->module_of(0).func_name(outcome.position.func), "main_twice");
    EXPECT_EQ(machine->instructions(), 11u);
    ASSERT_TRUE(machine->capture());
    EXPECT_TRUE(machine->run().returned());
    EXPECT_EQ(machine->results()[0], Value::i32(11));
  }
}

TEST(CallBack, PausesAtHostCallsInsideWait) {
  for (const CodeKind kind : kKinds) {
    int calls = 0;
    const auto machine = machine_of(kind, [&](HostCall& host, FuncRef f, int32_t n) {
      ++calls;
      return host.call<int32_t>(f, n);
    });
    machine->pause_at_host_calls(
        [](const HostFunction&) { return HostCallPauses{.before = true}; });
    push_export(*machine, "again", {Value::i32(3)});
    EXPECT_EQ(machine->run().pause, PauseReason::kBeforeHostCall);
    EXPECT_EQ(calls, 0);
    EXPECT_EQ(machine->run().pause, PauseReason::kBeforeHostCall);
    EXPECT_EQ(calls, 3) << "the ones inside";
    EXPECT_EQ(machine->backtrace().size(), 1u);
    EXPECT_TRUE(machine->run().returned());
    EXPECT_EQ(machine->results()[0], Value::i32(3));
  }
}

TEST(CallBack, AHostFunctionInsideCannotPause) {
  for (const CodeKind kind : kKinds) {
    auto hosts = std::make_shared<HostRegistry>();
    hosts->add(host_function("env", "apply", just_apply));
    hosts->add(
        host_function("env", "ask", [] { return HostAction::pause_before(PauseReason::kInput); }));
    const auto machine = text_machine(R"(
      (import "env" "apply" (func $apply (param funcref i32) (result i32)))
      (import "env" "ask" (func $ask))
      (func $f (export "f") (param i32) (result i32) call $ask local.get 0)
      (func (export "main") (param i32) (result i32) (call $apply (ref.func $f) (local.get 0))))",
                                      {.hosts = hosts, .kind = kind});
    EXPECT_EQ(to_string(run_export(*machine, "main")),
              "host error: env.ask cannot pause: a host function that has called the guest is on "
              "the stack");
    EXPECT_EQ(run_export(*machine, "f").kind, OutcomeKind::kPaused);
  }
}

TEST(CallBack, MemoryGrownInsideIsThereBehind) {
  for (const CodeKind kind : kKinds) {
    const auto machine = machine_of(kind);
    EXPECT_TRUE(run_export(*machine, "main_grow", 41).returned());
    EXPECT_EQ(machine->results()[0], Value::i32(41));
    EXPECT_EQ(machine->memory(0).size_pages(), 2u);
  }
}

// The function called back belongs to another instance, with a memory of its own.
// What a function throws or jumps to, past a host function that passes it on. `tail_catcher` has made
// way for the host function when that throws, so it catches nothing.
constexpr const char* kLeaving = R"(
  (import "env" "apply" (func $apply (param funcref i32) (result i32)))
  (import "tine" "setjmp" (func $setjmp (param i32) (result i32)))
  (import "tine" "longjmp" (func $longjmp (param i32 i32)))
  (memory (export "memory") 1)
  (tag $e (export "e") (param i32 v128))
  (elem declare func $throws $jumps $catcher $tail_catcher)
  (func $throws (param i32) (result i32)
    (throw $e (local.get 0) (v128.const i64x2 1 2)))
  (func $jumps (param i32) (result i32)
    (call $longjmp (i32.const 64) (local.get 0))
    (i32.const 0))
  (func $catcher (export "catcher") (param i32) (result i32)
    (block $caught (result i32 v128)
      (try_table (catch $e $caught) (return (call $apply (ref.func $throws) (local.get 0))))
      unreachable)
    drop)
  (func $tail_catcher (param i32) (result i32)
    (block $caught (result i32 v128)
      (try_table (catch $e $caught)
        (return_call $apply (ref.func $throws) (local.get 0)))
      unreachable)
    drop)
  (func (export "no_catcher") (param i32) (result i32)
    (call $apply (ref.func $throws) (local.get 0)))
  (func (export "far_catcher") (param i32) (result i32)
    (block $caught (result i32 v128)
      (try_table (catch $e $caught) (return (call $tail_catcher (local.get 0))))
      unreachable)
    drop
    (i32.add (i32.const 1000)))
  (func (export "jumper") (param i32) (result i32) (local $n i32)
    (local.set $n (call $setjmp (i32.const 64)))
    (if (local.get $n) (then (return (local.get $n))))
    (call $apply (ref.func $jumps) (local.get 0))))";

std::unique_ptr<Machine> leaving_machine(CodeKind kind, Apply apply) {
  auto hosts = std::make_shared<HostRegistry>();
  hosts->add(host_function("env", "apply", std::move(apply)));
  hosts->add_all(jump_functions());
  return text_machine(kLeaving, {.hosts = hosts, .kind = kind});
}

int32_t result_of(Machine& machine, std::string_view name, uint32_t n) {
  const Outcome outcome = run_export(machine, name, n);
  EXPECT_TRUE(outcome.returned()) << name << ": " << to_string(outcome);
  return outcome.returned() ? static_cast<int32_t>(machine.results()[0].lo) : -2;
}

TEST(CallBack, AThrowPassesThroughToWhoCatchesIt) {
  for (const CodeKind kind : kKinds) {
    const auto machine = leaving_machine(kind, just_apply);
    for (int round = 0; round < 3; ++round) {
      EXPECT_EQ(result_of(*machine, "catcher", 42), 42);
      EXPECT_EQ(result_of(*machine, "far_catcher", 42), 1042);
      const Outcome outcome = run_export(*machine, "no_catcher");
      ASSERT_EQ(outcome.kind, OutcomeKind::kTrapped);
      EXPECT_EQ(outcome.trap, TrapKind::kUncaughtException);
      EXPECT_EQ(machine->backtrace().size(), 3U) << "who threw, the host function, who called it";
    }
  }
}

TEST(CallBack, AThrowMayBeDealtWith) {
  const Apply deals = [](HostCall& host, FuncRef f, int32_t n) -> std::expected<int32_t, Outcome> {
    const auto result = just_apply(host, f, n);
    EXPECT_FALSE(result);
    return result ? *result : -1;
  };
  const auto machine = leaving_machine(CodeKind::kPlain, deals);
  EXPECT_EQ(result_of(*machine, "catcher", 42), -1);
  EXPECT_EQ(result_of(*machine, "jumper", 42), -1);
}

TEST(CallBack, AJumpPassesThroughToItsFrame) {
  for (const CodeKind kind : kKinds) {
    const auto machine = leaving_machine(kind, just_apply);
    for (int round = 0; round < 3; ++round) EXPECT_EQ(result_of(*machine, "jumper", 42), 42);
    EXPECT_TRUE(machine->capture()->threads[0].jumps.empty());
  }
}

TEST(CallBack, AHostFunctionThrows) {
  auto hosts = std::make_shared<HostRegistry>();
  hosts->add({"env", "apply", {{kFuncRef, kI32}, {kI32}}, [](HostCall& call) {
                const auto tag = call.machine().find_export(0, "e");
                return HostAction::throw_exception(
                    tag->address, {Value::i32(call.arg_u32(1) + 1), {kV128, 3, 4}});
              }});
  hosts->add_all(jump_functions());
  for (const CodeKind kind : kKinds) {
    const auto machine = text_machine(kLeaving, {.hosts = hosts, .kind = kind});
    EXPECT_EQ(result_of(*machine, "catcher", 7), 8);
    EXPECT_EQ(result_of(*machine, "far_catcher", 7), 1008);
    EXPECT_EQ(run_export(*machine, "no_catcher").trap, TrapKind::kUncaughtException);
  }
}

TEST(CallBack, CrossesInstances) {
  for (const CodeKind kind : kKinds) {
    FuncRef other;
    const auto machine = machine_of(kind, [&](HostCall& host, FuncRef f, int32_t n) {
      if (n == 0) return host.call<int32_t>(f, n);  // back in the first instance
      return host.call<int32_t>(other, n);
    });
    const auto made = machine->instantiate(
        test::text_module(R"(
      (import "first" "main_twice" (func $back (param i32) (result i32)))
      (memory 1)
      (func (export "f") (param i32) (result i32)
        (i32.store (i32.const 0) (local.get 0))
        (i32.add (call $back (i32.const 0))
                 (i32.mul (i32.load (i32.const 0)) (i32.const 10)))))"),
        [&](const Import& import) { return machine->find_export(0, import.name); });
    ASSERT_TRUE(made);
    other = FuncRef::to(machine->find_export(1, "f")->address);
    EXPECT_TRUE(run_export(*machine, "main_twice", 5).returned());
    EXPECT_EQ(machine->results()[0], Value::i32(52));
    EXPECT_EQ(machine->instructions(), 4u + (3 + 2 + 4 + 7 + 1 + 5) + 1) << name_of(kind);
  }
}

TEST(CallBack, AHostFunctionCanBeCalledByAnother) {
  for (const CodeKind kind : kKinds) {
    auto hosts = std::make_shared<HostRegistry>();
    hosts->add(host_function("env", "add", [](int32_t a, int32_t b) { return a + b; }));
    hosts->add(host_function("env", "twice", [](HostCall& host, FuncRef f, int32_t n) {
      return host.call<int32_t>(f, n, n);
    }));
    const auto machine = text_machine(R"(
      (import "env" "add" (func $add (param i32 i32) (result i32)))
      (import "env" "twice" (func $twice (param funcref i32) (result i32)))
      (elem declare func $add)
      (export "twice" (func $twice)) (export "add" (func $add))
      (func (export "main") (param i32) (result i32)
        (call $twice (ref.func $add) (local.get 0))))",
                                      {.hosts = hosts, .kind = kind});
    EXPECT_TRUE(run_export(*machine, "main", 7).returned());
    EXPECT_EQ(machine->results()[0], Value::i32(14));
    EXPECT_EQ(machine->instructions(), 3u);
    // As a root call, there is no guest at all.
    const Ref add = FuncRef::to(machine->find_export(0, "add")->address).bits;
    push_export(*machine, "twice", {Value::ref(kFuncRef, add), Value::i32(8)});
    EXPECT_TRUE(machine->run().returned());
    EXPECT_EQ(machine->results()[0], Value::i32(16));
  }
}

// The embedder calls the host function, which calls the guest: there are no guest frames beneath.
TEST(CallBack, OutOfARootCall) {
  for (const CodeKind kind : kKinds) {
    const auto machine = text_machine(std::string(kGuest) + "(export \"apply\" (func $apply))",
                                      config_of(kind, just_apply));
    const auto push = [&](const char* name) {
      const Ref f = FuncRef::to(machine->find_export(0, name)->address).bits;
      push_export(*machine, "apply", {Value::ref(kFuncRef, f), Value::i32(4)});
    };
    push("twice");
    push("grow");
    push("twice");
    EXPECT_EQ(machine->run(7).kind, OutcomeKind::kOutOfFuel);
    EXPECT_FALSE(machine->is_suspended()) << "the second one had begun";
    EXPECT_EQ(machine->instructions(), 7u);
    push("twice");
    push("twice");
    EXPECT_TRUE(machine->run(14).returned());
    EXPECT_EQ(machine->results()[0], Value::i32(8));
    EXPECT_EQ(machine->instructions(), 21u);
    push("boom");
    EXPECT_EQ(machine->run().kind, OutcomeKind::kTrapped);
    EXPECT_EQ(names_in(machine->backtrace()), (Names{"deeper", "boom", "env.apply!"}));
  }
}

// A fork of a snapshot taken in front of the call comes back from whatever happens inside.
TEST(CallBack, AForkComesBackFromATrapInside) {
  for (const CodeKind kind : kKinds) {
    for (const char* entry : {"main_boom", "main_grow", "main_twice", "main_recurse", "again"}) {
      const auto machine = machine_of(kind);
      push_export(*machine, entry, {Value::i32(3)});
      ASSERT_EQ(machine->run(2).kind, OutcomeKind::kOutOfFuel);
      const auto snapshot = Snapshot::capture(*machine);
      ASSERT_TRUE(snapshot);
      const MachineConfig config = config_of(kind, just_apply);
      const auto fork = Fork::create(*snapshot, {.hosts = config.hosts, .kind = kind});
      ASSERT_TRUE(fork);
      const Outcome expected = machine->run();
      for (int round = 0; round < 3; ++round) {
        EXPECT_EQ((*fork)->machine().run(), expected);
        EXPECT_EQ((*fork)->machine().instructions(), machine->instructions());
        (*fork)->reset();
        EXPECT_EQ((*fork)->verify(), std::vector<std::string>()) << entry;
        EXPECT_EQ((*fork)->machine().run(6).kind, OutcomeKind::kOutOfFuel);
        (*fork)->reset();
        EXPECT_EQ((*fork)->verify(), std::vector<std::string>()) << entry;
      }
    }
  }
}

/// Calls the function that a random module exports, as a root call or from a host function.
struct RandomRun {
  Outcome outcome;
  uint64_t instructions = 0;
  std::vector<uint8_t> memory;
  bool operator==(const RandomRun&) const = default;
};

RandomRun run_random(const test::Bytes& bytes, CodeKind kind, bool is_nested) {
  auto hosts = std::make_shared<HostRegistry>();
  test::add_random_module_hosts(*hosts);
  uint32_t target = 0;
  Outcome inside;
  hosts->add(host_function("env", "enter", [&](HostCall& host) {
    std::vector<Value> args;
    for (const ValType t : host.machine().func_type(target).params) args.push_back(Value::zero(t));
    const auto result = host.call(FuncRef::to(target), args);
    if (!result) inside = result.error();
  }));
  auto machine = Machine::create({.hosts = hosts, .kind = kind, .stack_limit_slots = 3'000});
  const auto module = Module::create(bytes);
  EXPECT_TRUE(module && machine->instantiate(*module, {}));
  target = machine->find_export(0, "f0")->address;
  EXPECT_TRUE(machine->instantiate(test::text_module(R"((import "env" "enter" (func $enter))
                                                       (export "enter" (func $enter)))"),
                                   {}));
  if (is_nested) {
    machine->push_call(machine->find_export(1, "enter")->address, {});
  } else {
    std::vector<Value> args;
    for (const ValType t : machine->func_type(target).params) args.push_back(Value::zero(t));
    machine->push_call(target, args);
  }
  const Outcome outcome = machine->run(20'000);
  const auto memory = machine->memory(0).bytes();
  RandomRun run{
      is_nested ? inside : outcome, machine->instructions(), {memory.begin(), memory.end()}};
  run.outcome.detail.clear();
  return run;
}

TEST(CallBack, RandomModulesDoTheSameInside) {
  for (uint64_t seed = 1; seed <= 80; ++seed) {
    const test::Bytes bytes = test::random_module(seed);
    for (const CodeKind kind : kKinds) {
      const RandomRun straight = run_random(bytes, kind, false);
      const RandomRun nested = run_random(bytes, kind, true);
      // Inside, a frame less fits: the host function's own arguments count.
      if (straight.outcome.trap == TrapKind::kStackExhausted) continue;
      EXPECT_TRUE(straight == nested)
          << "seed " << seed << ", " << name_of(kind) << ": " << to_string(straight.outcome) << " "
          << straight.instructions << ", inside " << to_string(nested.outcome) << " "
          << nested.instructions;
    }
  }
}

}  // namespace
}  // namespace tine
