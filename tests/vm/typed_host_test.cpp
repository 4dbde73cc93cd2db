// Host functions as lambdas: the signature that is deduced, and values that arrive as they left.
#include "tine/typed_host.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <string>
#include <tuple>

#include "support/text_machine.h"

namespace tine {
namespace {

using test::push_export;
using test::text_machine;
using enum ValType;

constexpr CodeKind kKinds[] = {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

template <class F>
std::string type_of(F function) {
  return to_string(host_function("m", "f", function).type);
}
uint32_t plain_function(uint64_t, double) { return 0; }

TEST(TypedHost, DeducesTheSignature) {
  EXPECT_EQ(type_of([] {}), "[] -> []");
  EXPECT_EQ(type_of([](HostCall&) {}), "[] -> []");
  EXPECT_EQ(type_of([](int32_t, uint32_t, int64_t, uint64_t, float, double) {}),
            "[i32 i32 i64 i64 f32 f64] -> []");
  EXPECT_EQ(type_of([](HostCall&, V128, FuncRef, HostRef) { return V128(); }),
            "[v128 funcref externref] -> [v128]");
  EXPECT_EQ(type_of([](const float&) { return std::tuple(1, 2.0, FuncRef()); }),
            "[f32] -> [i32 f64 funcref]");
  EXPECT_EQ(type_of([](int32_t) { return HostAction::done(); }), "[i32] -> []");
  EXPECT_EQ(type_of([]() -> HostResult<int64_t> { return 1; }), "[] -> [i64]");
  EXPECT_EQ(type_of([](HostCall&) -> HostResult<void> { return {}; }), "[] -> []");
  EXPECT_EQ(type_of([]() -> std::expected<std::tuple<float, float>, Outcome> { return {}; }),
            "[] -> [f32 f32]");
  EXPECT_EQ(type_of([n = 0](long long) mutable noexcept { return static_cast<long>(++n); }),
            "[i64] -> [i64]");
  EXPECT_EQ(type_of(plain_function), "[i64 f64] -> [i32]");
}

MachineConfig with(CodeKind kind, std::initializer_list<HostFunction> functions) {
  auto hosts = std::make_shared<HostRegistry>();
  for (const HostFunction& f : functions) hosts->add(f);
  return {.hosts = hosts, .kind = kind};
}

/// Every type through a call, and through a tail call, with a v128 in front.
constexpr const char* kEcho = R"(
  (import "env" "echo" (func $echo
    (param v128 i32 i64 f32 f64 funcref externref v128)
    (result v128 i32 i64 f32 f64 funcref externref v128)))
  (func (export "call") (param v128 i32 i64 f32 f64 funcref externref v128)
                        (result v128 i32 i64 f32 f64 funcref externref v128)
    local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 local.get 5 local.get 6 local.get 7
    call $echo)
  (func (export "tail") (param v128 i32 i64 f32 f64 funcref externref v128)
                        (result v128 i32 i64 f32 f64 funcref externref v128)
    local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 local.get 5 local.get 6 local.get 7
    return_call $echo)
  (export "root" (func $echo)))";

TEST(TypedHost, HandsOnEveryTypeAsItIs) {
  const float nan = std::bit_cast<float>(0xffa00001U);
  for (const CodeKind kind : kKinds) {
    for (const char* way : {"call", "tail", "root"}) {
      std::string seen;
      const auto machine = text_machine(
          kEcho, with(kind, {host_function("env", "echo",
                                           [&](V128 v, int32_t i, uint64_t l, float f, double d,
                                               FuncRef r, HostRef h, V128 w) {
                                             seen = std::to_string(i) + " " + std::to_string(l) +
                                                    " " + std::to_string(d) + " " +
                                                    std::to_string(h.handle.value_or(0)) +
                                                    (r.is_null() ? " null" : "");
                                             return std::tuple(v, i, l, f, d, r, h, w);
                                           })}));
      const std::vector<Value> args{
          Value{kV128, 1, 2},         Value::i32(static_cast<uint32_t>(-7)),
          Value::i64(~uint64_t{0}),   Value::f32(nan),
          Value::f64(-0.5),           Value::ref(kFuncRef, kNullRef),
          Value::ref(kExternRef, 43), Value{kV128, 3, 4}};
      push_export(*machine, way, args);
      EXPECT_TRUE(machine->run().returned()) << way;
      EXPECT_EQ(std::vector<Value>(machine->results().begin(), machine->results().end()), args)
          << way << ", " << name_of(kind);
      EXPECT_EQ(seen, "-7 18446744073709551615 -0.500000 42 null");
    }
  }
}

TEST(TypedHost, EndsTheRunInsteadOfReturning) {
  const auto end_of = [](HostFunction function) {
    const auto machine = text_machine(R"((import "env" "f" (func $f (result i32)))
                                         (func (export "main") (result i32) call $f))",
                                      with(CodeKind::kPlain, {std::move(function)}));
    push_export(*machine, "main");
    const Outcome outcome = machine->run();
    EXPECT_EQ(machine->backtrace().size(), outcome.returned() ? 0u : 1u);
    return to_string(outcome);
  };
  EXPECT_EQ(end_of(host_function("env", "f", []() -> HostResult<int32_t> { return 4; })),
            "returned");
  EXPECT_EQ(end_of(host_function(
                "env", "f",
                []() -> HostResult<int32_t> { return std::unexpected(HostAction::exit(4)); })),
            "exited: 4");
  EXPECT_EQ(end_of(host_function("env", "f",
                                 []() -> HostResult<int32_t> {
                                   return std::unexpected(HostAction::trap(TrapKind::kHostTrap));
                                 })),
            "trapped: trap raised by a host function");
  EXPECT_EQ(end_of(host_function("env", "f",
                                 []() -> HostResult<int32_t> {
                                   return std::unexpected(HostAction::error("no luck"));
                                 })),
            "host error: no luck");
}

TEST(TypedHost, RefusesAnImportOfAnotherType) {
  auto machine = Machine::create(
      with(CodeKind::kPlain, {host_function("env", "f", [](int64_t) { return 1; })}));
  const auto made = machine->instantiate(
      test::text_module(R"((import "env" "f" (func (param i32) (result i32))))"), {});
  ASSERT_FALSE(made);
  EXPECT_TRUE(made.error().detail.starts_with("incompatible import type")) << made.error().detail;
}

TEST(TypedHost, AMemoryThatTheHostGrowsIsThereAtOnce) {
  for (const CodeKind kind : kKinds) {
    const auto machine = text_machine(
        R"((import "env" "grow" (func $grow))
           (memory 1)
           (func (export "main") (result i32)
             call $grow
             (i32.store (i32.const 65536) (i32.const 5))
             (i32.load (i32.const 65536))))",
        with(kind, {host_function("env", "grow",
                                  [](HostCall& host) { EXPECT_EQ(host.memory()->grow(1), 1); })}));
    push_export(*machine, "main");
    EXPECT_TRUE(machine->run().returned()) << name_of(kind);
    EXPECT_EQ(machine->results()[0], Value::i32(5));
  }
}

}  // namespace
}  // namespace tine
