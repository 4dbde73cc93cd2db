// Instructions with two results: what becomes of either one does not touch the other, nor the local
// behind the one that it is put into. Their values are the spec suite's affair.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/text_expect.h"
#include "tine/machine.h"

namespace tine {
namespace {

/// The results of the only function, which takes two i64 and has two more as locals.
std::vector<uint64_t> results_of(const std::string& code, CodeKind kind) {
  const auto module =
      Module::create(test::encoded("(func (param i64 i64) (result i64 i64 i64) (local i64 i64)" +
                                   code + " local.get 2 local.get 3 local.get 1)"));
  EXPECT_TRUE(module.has_value()) << code << module.error().detail;
  const auto machine = Machine::create({.hosts = nullptr, .kind = kind});
  const auto made = machine->instantiate(*module, {});
  EXPECT_TRUE(made.has_value());
  machine->push_call(made->instance, 0, std::vector{Value::i64(~uint64_t{0}), Value::i64(7)});
  EXPECT_TRUE(machine->run().returned());
  std::vector<uint64_t> results;
  for (const Value& value : machine->results()) results.push_back(value.lo);
  return results;
}

void expect_results(const std::string& code, const std::vector<uint64_t>& expected) {
  for (const CodeKind kind : {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping})
    EXPECT_EQ(results_of(code, kind), expected) << code;
}

const std::string kProduct = "local.get 0 local.get 1 i64.mul_wide_u ";
constexpr uint64_t kLow = ~uint64_t{0} * 7;
constexpr uint64_t kHigh = 6;

TEST(WideArithmetic, PutsEachResultWhereItIsAskedFor) {
  expect_results(kProduct + "local.set 2 local.set 3", {kHigh, kLow, 7});
  expect_results(kProduct + "local.set 3 local.set 2", {kLow, kHigh, 7});
}

TEST(WideArithmetic, LeavesTheLocalBehindALowWordAlone) {
  expect_results(kProduct + "drop local.set 2", {kLow, 0, 7});
  expect_results(kProduct + "drop local.set 0", {0, 0, 7});
}

TEST(WideArithmetic, ForgetsWhatStoodInAnAccumulator) {
  // i64.add leaves its sum in an accumulator and in the slot that the high word takes.
  expect_results(
      "local.get 0 local.get 0 local.get 1 i64.add i64.mul_wide_s local.set 2 local.set 3",
      {~uint64_t{0}, ~uint64_t{0} - 5, 7});
}

TEST(WideArithmetic, ReadsFourOperandsFromWhereverTheyAre) {
  expect_results(
      "local.get 0 i64.const 1 local.get 1 i64.const 2 i64.add128 local.set 3 local.set 2",
      {6, 4, 7});
  expect_results(
      "i64.const 0 local.get 1 local.get 0 local.get 1 i64.sub128 local.set 3 local.set 2",
      {1, ~uint64_t{0}, 7});
}

}  // namespace
}  // namespace tine
