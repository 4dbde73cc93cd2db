// A memory whose pages are bytes: saved, mapped, grown within its last block, forked and reset.
#include <gtest/gtest.h>

#include "fork/guest.h"
#include "support/text_guest.h"
#include "tine/fork.h"

namespace tine {
namespace {

using SnapshotRef = std::shared_ptr<const Snapshot>;

constexpr uint64_t kBytes = 3 * kWasmPageBytes + 5;
constexpr const char* kText = R"(
    (memory 196613 262144 (pagesize 1))
    (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))";

void store(Machine& machine, uint64_t at, uint32_t byte) {
  const auto address = static_cast<uint32_t>(at);
  EXPECT_TRUE(
      test::call(machine, "store", std::vector{Value::i32(address), Value::i32(byte)}).returned());
}

Outcome load(Machine& machine, uint64_t at) {
  return test::call(machine, "load", std::vector{Value::i32(static_cast<uint32_t>(at))});
}

void grow(Machine& machine, uint32_t delta) {
  EXPECT_TRUE(test::call(machine, "grow", std::vector{Value::i32(delta)}).returned());
}

SnapshotRef with_last_byte_set() {
  test::TextGuest guest(test::text_module(kText));
  store(guest.machine(), kBytes - 1, 1);
  return test::capture(guest.machine());
}

TEST(CustomPageSizeSnapshot, KeepsItsSize) {
  const SnapshotRef snapshot = with_last_byte_set();
  EXPECT_EQ(snapshot->state().memories[0].size_bytes, kBytes);
  const std::string path = test::scratch_path("bytes.snap");
  ASSERT_TRUE(snapshot->save(path).has_value());
  const auto loaded = Snapshot::load(path);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_line(path);
  EXPECT_EQ((*loaded)->hash(), snapshot->hash());
  const auto machine = test::resume(**loaded);
  ASSERT_TRUE(machine.has_value()) << machine.error().detail;
  EXPECT_EQ((*machine)->memory(0).size_bytes(), kBytes);
  ASSERT_TRUE(load(**machine, kBytes - 1).returned());
  EXPECT_EQ((*machine)->results()[0], Value::i32(1));
  EXPECT_EQ(load(**machine, kBytes).trap, TrapKind::kMemoryOutOfBounds);
}

TEST(CustomPageSizeSnapshot, ADeltaKnowsWhatGrewWithinTheLastBlock) {
  const SnapshotRef parent = with_last_byte_set();
  const std::string path = test::scratch_path("parent.snap");
  ASSERT_TRUE(parent->save(path).has_value());
  const auto loaded = Snapshot::load(path);
  ASSERT_TRUE(loaded.has_value());
  const auto machine = test::resume(**loaded);
  ASSERT_TRUE(machine.has_value());
  grow(**machine, 2);
  store(**machine, kBytes + 1, 9);
  const auto child = Snapshot::capture(**machine, **loaded);
  ASSERT_TRUE(child.has_value()) << child.error().detail;
  EXPECT_EQ((*child)->hash(), test::capture(**machine)->hash());
  const std::string delta = test::scratch_path("child.snap");
  ASSERT_TRUE((*child)->save(delta, {.parent = *loaded, .parent_file = "parent.snap"}).has_value());
  const auto joined = Snapshot::load(delta);
  ASSERT_TRUE(joined.has_value()) << joined.error().to_line(delta);
  const auto on = test::resume(**joined);
  ASSERT_TRUE(on.has_value()) << on.error().detail;
  EXPECT_EQ((*on)->memory(0).size_bytes(), kBytes + 2);
  ASSERT_TRUE(load(**on, kBytes + 1).returned());
  EXPECT_EQ((*on)->results()[0], Value::i32(9));
}

TEST(CustomPageSizeSnapshot, AResetTakesBackWhatGrewWithinTheLastBlock) {
  const auto fork = test::make_fork(with_last_byte_set());
  for (const uint32_t delta : {2u, 60000u}) {
    grow(fork->machine(), delta);
    store(fork->machine(), kBytes + delta - 1, 9);
    fork->reset();
    EXPECT_EQ(fork->verify(), std::vector<std::string>{});
    EXPECT_EQ(load(fork->machine(), kBytes).trap, TrapKind::kMemoryOutOfBounds);
    grow(fork->machine(), delta);
    ASSERT_TRUE(load(fork->machine(), kBytes + delta - 1).returned());
    EXPECT_EQ(fork->machine().results()[0], Value::i32(0));
    fork->reset();
  }
}

TEST(CustomPageSizeSnapshot, NothingStandsBehindTheEnd) {
  const SnapshotRef snapshot = with_last_byte_set();
  MachineState state = snapshot->state();
  std::vector<uint8_t> bytes(state.memories[0].contents.bytes.begin(),
                             state.memories[0].contents.bytes.end());
  state.memories[0].contents = {bytes, -1, 0};
  EXPECT_TRUE(Machine::restore(state, World(), {}).has_value());
  bytes[kBytes] = 1;
  const auto machine = Machine::restore(state, World(), {});
  ASSERT_FALSE(machine.has_value());
  EXPECT_EQ(machine.error().detail, "a memory with something behind its end");
}

}  // namespace
}  // namespace tine
