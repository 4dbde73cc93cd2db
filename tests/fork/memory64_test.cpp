// A memory of more than 4 GiB: captured, saved, mapped, forked and reset.
#include <gtest/gtest.h>

#include <cstring>

#include "fork/guest.h"
#include "support/text_guest.h"
#include "tine/fork.h"

namespace tine {
namespace {

constexpr uint64_t k4GiB = uint64_t{1} << 32;
constexpr const char* kText = R"(
    (memory i64 65537 65538)
    (func (export "store") (param i64 i64) (i64.store (local.get 0) (local.get 1)))
    (func (export "load") (param i64) (result i64) (i64.load (local.get 0))))";

Value load(Machine& machine, uint64_t at) {
  EXPECT_TRUE(test::call(machine, "load", std::vector{Value::i64(at)}).returned());
  return machine.results()[0];
}

void store(Machine& machine, uint64_t at, uint64_t value) {
  EXPECT_TRUE(
      test::call(machine, "store", std::vector{Value::i64(at), Value::i64(value)}).returned());
}

TEST(Memory64Snapshot, KeepsWhatStandsBeyondFourGibibytes) {
  test::TextGuest guest(test::text_module(kText));
  store(guest.machine(), k4GiB - 4, 0x1122334455667788);
  const auto snapshot = test::capture(guest.machine());
  const std::string path = test::scratch_path("memory64.snap");
  ASSERT_TRUE(snapshot->save(path).has_value());
  const auto loaded = Snapshot::load(path);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_line(path);
  EXPECT_EQ((*loaded)->hash(), snapshot->hash());
  const auto machine = test::resume(**loaded);
  ASSERT_TRUE(machine.has_value()) << machine.error().detail;
  EXPECT_EQ(load(**machine, k4GiB - 4), Value::i64(0x1122334455667788));

  store(**machine, k4GiB + 8, 99);
  const auto child = Snapshot::capture(**machine, **loaded);
  ASSERT_TRUE(child.has_value()) << child.error().detail;
  const std::string delta = test::scratch_path("memory64-delta.snap");
  ASSERT_TRUE(
      (*child)->save(delta, {.parent = *loaded, .parent_file = "memory64.snap"}).has_value());
  const auto joined = Snapshot::load(delta);
  ASSERT_TRUE(joined.has_value()) << joined.error().to_line(delta);
  ASSERT_EQ((*joined)->state().memories[0].contents.bytes.size(), 65537 * kWasmPageBytes);
  const auto fork = test::make_fork(*joined);
  EXPECT_EQ(load(fork->machine(), k4GiB + 8), Value::i64(99));
  store(fork->machine(), k4GiB + 8, 7);
  store(fork->machine(), 8, 7);
  fork->reset();
  EXPECT_EQ(fork->verify(), std::vector<std::string>{});
  EXPECT_EQ(load(fork->machine(), k4GiB + 8), Value::i64(99));
  EXPECT_EQ(load(fork->machine(), 8), Value::i64(0));
}

}  // namespace
}  // namespace tine
