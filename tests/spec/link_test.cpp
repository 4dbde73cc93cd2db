// What chains are judged by: were these comparisons too soft, no chain could break.
#include "spec/link.h"

#include <gtest/gtest.h>

#include "spec/driver.h"
#include "spec/spectest.h"
#include "support/module_builder.h"

namespace tine::spec {
namespace {

using test::Code;

MachineConfig config_of(CodeKind kind) {
  MachineConfig config;
  config.hosts = spectest_hosts();
  config.kind = kind;
  return config;
}

/// About to call a loop that counts its parameter down, keeps it in memory and a global, and
/// returns it: seven rounds of a dozen instructions.
std::unique_ptr<Machine> machine_with_a_call() {
  test::ModuleBuilder b;
  const TypeIdx type = b.add_type({{ValType::kI32}, {ValType::kI32}});
  b.add_memory(1);
  b.add_global({ValType::kI32, true}, Code().i32_const(0).end());
  Code code;
  code.begin(Op::loop);
  code.i32_const(4096).local_get(0).memory_op(Op::i32_store, 2);
  code.local_get(0).op(Op::global_set, 0);
  code.local_get(0).i32_const(1).op(Op::i32_sub).local_set(0);
  code.local_get(0).op(Op::br_if, 0).end();
  code.local_get(0).end();
  b.export_func("f", b.add_func(type, code));
  const auto module = Module::create(b.build());
  TINE_CHECK(module);
  auto machine = Machine::create(config_of(CodeKind::kPlain));
  TINE_CHECK(machine->instantiate(*module, {}));
  const std::vector<Value> args{Value::i32(7)};
  machine->push_call(machine->find_export(0, "f")->address, args);
  return machine;
}

TEST(SnapshotDifference, IsEmptyForTheSameState) {
  EXPECT_EQ(snapshot_difference(*machine_with_a_call(), *machine_with_a_call()), "");
}

TEST(SnapshotDifference, SeesOneBitOfMemory) {
  const auto machine = machine_with_a_call();
  machine->memory(0).writable(60'000, 1)[0] = 1;
  EXPECT_NE(snapshot_difference(*machine, *machine_with_a_call()), "");
}

TEST(SnapshotDifference, SeesOneInstructionMore) {
  const auto machine = machine_with_a_call();
  (void)machine->run(1);
  EXPECT_NE(snapshot_difference(*machine, *machine_with_a_call()), "");
}

TEST(ExactText, TellsNansApart) {
  const Effect one{{}, {Value{ValType::kF64, 0x7ff8'0000'0000'0000, 0}}, 1};
  const Effect other{{}, {Value{ValType::kF64, 0xfff8'0000'0000'0001, 0}}, 1};
  EXPECT_EQ(exact_text(one), exact_text(one));
  EXPECT_NE(exact_text(one), exact_text(other));
}

/// A peer in this process, which does one thing wrong at its third link.
class LocalPeer final : public LinkPeer {
 public:
  enum class Fault : uint8_t { kNone, kBytes, kEffect };
  LocalPeer(Fault fault, std::vector<Slice>& slices) : fault_(fault), slices_(slices) {}

  PeerAnswer run(std::span<const uint8_t> snapshot, const Slice& slice) override {
    slices_.push_back(slice);
    const auto machine = machine_from(snapshot, config_of(slice.kind));
    TINE_CHECK(machine);
    const Outcome outcome = (*machine)->run(slice.instructions);
    PeerAnswer answer{exact_text(effect_of(**machine, outcome)), *snapshot_bytes(**machine)};
    if (slices_.size() == 3 && fault_ == Fault::kBytes) answer.bytes.back() ^= 1;
    if (slices_.size() == 3 && fault_ == Fault::kEffect) answer.line += "0";
    return answer;
  }

 private:
  Fault fault_;
  std::vector<Slice>& slices_;
};

struct ChainRun {
  Effect effect;
  std::vector<std::string> problems;
  std::vector<Slice> slices;
  std::unique_ptr<Machine> machine;
};

ChainRun run_chain(bool changes_kind, LocalPeer::Fault fault = LocalPeer::Fault::kNone,
                   uint64_t fuel = kUnlimitedFuel) {
  ChainRun run;
  run.machine = machine_with_a_call();
  ChainOptions options;
  options.changes_kind = changes_kind;
  const auto driver = make_chain_driver(config_of(CodeKind::kStepping), options,
                                        std::make_unique<LocalPeer>(fault, run.slices));
  const Outcome outcome = driver->drive(run.machine, fuel, run.problems);
  run.effect = effect_of(*run.machine, outcome);
  return run;
}

TEST(Chain, EndsAsTheUndisturbedRun) {
  for (const bool changes_kind : {false, true}) {
    const ChainRun run = run_chain(changes_kind);
    const auto undisturbed = machine_with_a_call();
    const Outcome outcome = undisturbed->run();
    EXPECT_TRUE(run.problems.empty());
    EXPECT_EQ(exact_text(run.effect), exact_text(effect_of(*undisturbed, outcome)));
    EXPECT_EQ(snapshot_difference(*run.machine, *undisturbed), "");
  }
}

TEST(Chain, HasALinkForEveryInstruction) {
  const ChainRun run = run_chain(false);
  EXPECT_EQ(run.slices.size(), run.effect.instructions);
  for (const Slice& slice : run.slices) {
    EXPECT_EQ(slice.kind, CodeKind::kStepping);
    EXPECT_EQ(slice.instructions, 1U);
  }
}

TEST(Chain, ChangesTheKindOfCodeAtEveryLink) {
  const ChainRun run = run_chain(true);
  ASSERT_GE(run.slices.size(), 4U);
  EXPECT_EQ(run.slices[0].kind, CodeKind::kPlain);
  EXPECT_EQ(run.slices[1].kind, CodeKind::kStepping);
  EXPECT_EQ(run.slices[2].kind, CodeKind::kCovered);
  EXPECT_EQ(run.slices[3].kind, CodeKind::kPlain);
  EXPECT_EQ(run.slices[3].instructions, 5U);
}

TEST(Chain, StopsExactlyWhereItsFuelEnds) {
  const ChainRun run = run_chain(true, LocalPeer::Fault::kNone, 30);
  EXPECT_TRUE(run.problems.empty());
  EXPECT_EQ(run.effect.outcome.kind, OutcomeKind::kOutOfFuel);
  EXPECT_EQ(run.effect.instructions, 30U);
}

TEST(Chain, NoticesAPeerWithOneOtherBit) {
  EXPECT_EQ(run_chain(false, LocalPeer::Fault::kBytes).problems.size(), 1U);
  EXPECT_EQ(run_chain(true, LocalPeer::Fault::kEffect).problems.size(), 1U);
}

TEST(ProcessPeer, ThrowsWhereTheOtherProcessIsNoServer) {
  const std::vector<uint8_t> snapshot(100'000, 0);
  EXPECT_THROW((void)make_process_peer("true")->run(snapshot, {}), std::runtime_error);
  EXPECT_THROW((void)make_process_peer("/nowhere/spec_runner")->run(snapshot, {}),
               std::runtime_error);
}

}  // namespace
}  // namespace tine::spec
