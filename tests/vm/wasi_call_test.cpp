// WASI functions one by one: arguments, streams, clocks, entropy, bad pointers, work done.
#include <set>

#include "vm/wasi_fixture.h"

namespace tine {
namespace {

using test::make_world;
using test::WasiProgram;
using wasi::Errno;
using wasi::Ptr;
namespace rights = wasi::rights;

std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

constexpr Ptr kResult = WasiProgram::kResult;
constexpr Ptr kBuffer = WasiProgram::kBuffer;
constexpr Ptr kOutside = 0x10000;

WasiProgram closed_program(uint64_t seed = 0) { return WasiProgram(make_world(true, {}, seed)); }

TEST(WasiArgs, ArePointersToTerminatedStrings) {
  WasiProgram p = closed_program();
  EXPECT_EQ(p.call(&wasi::args_sizes_get, kResult, kResult + 4), Errno::kSuccess);
  EXPECT_EQ(p.load(kResult), 2u);
  EXPECT_EQ(p.load(kResult + 4), 9u);
  EXPECT_EQ(p.call(&wasi::args_get, kResult, kBuffer), Errno::kSuccess);
  EXPECT_EQ(p.load(kResult), kBuffer);
  EXPECT_EQ(p.load(kResult + 4), kBuffer + 5);
  EXPECT_EQ(p.text(kBuffer, 9), std::string("prog\0one\0", 9));
  EXPECT_EQ(p.call(&wasi::environ_get, kResult, kBuffer), Errno::kSuccess);
  EXPECT_EQ(p.text(kBuffer, 10), std::string("KEY=value\0", 10));
}

TEST(WasiPointers, OutsideMemoryAreEfaultInEveryFunction) {
  WasiProgram p = closed_program();
  EXPECT_EQ(p.call(&wasi::args_get, kOutside, kBuffer), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::args_get, kResult, kOutside - 3), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::args_sizes_get, kResult, kOutside - 3), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::clock_time_get, 0, 0, kOutside - 7), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::random_get, kBuffer, 0xffffffff), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::fd_fdstat_get, 1, kOutside - 1), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::fd_read, 0, 0xfffffffc, 1, kResult), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::fd_read, 0, WasiProgram::kIov, 0xffffffff, kResult), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::fd_read, 0, WasiProgram::kIov, 1, kOutside), Errno::kFault);
  p.put_iov(kOutside - 4, 5);
  EXPECT_EQ(p.call(&wasi::fd_write, 1, WasiProgram::kIov, 1, kResult), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::poll_oneoff, kOutside - 47, kBuffer, 1, kResult), Errno::kFault);
  EXPECT_EQ(p.call(&wasi::poll_oneoff, 0, 0, 0x10000000, kResult), Errno::kFault);
}

TEST(WasiPointers, AreAllBadWithoutAMemory) {
  World world = make_world(true, {});
  wasi::WasiCall call(world.impl(), nullptr, 0, false);
  EXPECT_EQ(wasi::args_get(call, 0, 0).errno_value, Errno::kFault);
  EXPECT_EQ(wasi::random_get(call, 0, 0).errno_value, Errno::kFault);
}

TEST(WasiStdin, GivesTheBytesThenEndOfFile) {
  WasiProgram p = closed_program();
  EXPECT_EQ(p.read(0), "");
  const std::string input = "hello, guest";
  p.world().set_stdin(bytes_of(input));
  EXPECT_EQ(p.read(0, 5), "hello");
  EXPECT_EQ(p.read(0), ", guest");
  EXPECT_EQ(p.read(0), "");
  p.world().set_stdin(bytes_of(input));
  EXPECT_EQ(p.read(0), input);
}

TEST(WasiStdin, PausesBeforeTheReadAndChangesNothing) {
  WasiProgram p = closed_program();
  const std::string input = "abc";
  p.world().set_stdin(bytes_of(input));
  p.world().pause_on_stdin(true);
  p.world().mark_base();
  p.put_iov(kBuffer, 10);
  p.memory().clear_cards();
  const auto answer = p.run(&wasi::fd_read, 0, WasiProgram::kIov, 1, kResult);
  ASSERT_TRUE(answer.action.has_value());
  EXPECT_EQ(answer.action->kind, HostAction::Kind::kPauseBefore);
  EXPECT_EQ(answer.action->outcome.pause, PauseReason::kStdin);
  EXPECT_FALSE(p.world().changed_since_base());
  EXPECT_EQ(p.memory().reset_to(p.memory().bytes()), 0u);
  EXPECT_EQ(p.write(1, ""), Errno::kSuccess);
  p.world().pause_on_stdin(false);
  EXPECT_EQ(p.read(0), "abc");
}

TEST(WasiStdin, MarksOnlyWhatWasRead) {
  WasiProgram p = closed_program();
  const std::string input = "abc";
  p.world().set_stdin(bytes_of(input));
  p.put_iov(kBuffer, WasiProgram::kBufferBytes);
  p.memory().clear_cards();
  EXPECT_EQ(p.call(&wasi::fd_read, 0, WasiProgram::kIov, 1, kResult), Errno::kSuccess);
  std::vector<uint64_t> dirty;
  p.memory().for_each_dirty_card([&](uint64_t at, uint64_t) { dirty.push_back(at); });
  EXPECT_EQ(dirty, (std::vector<uint64_t>{0, kBuffer}));
}

TEST(WasiOutput, GoesToTheSinks) {
  WasiProgram p = closed_program();
  std::string out;
  std::string err;
  const auto into = [](std::string* text) {
    return [text](std::span<const uint8_t> data) { text->append(data.begin(), data.end()); };
  };
  p.world().set_stdout({into(&out)});
  p.world().set_stderr({into(&err)});
  EXPECT_EQ(p.write(1, "to out"), Errno::kSuccess);
  EXPECT_EQ(p.load(kResult), 6u);
  EXPECT_EQ(p.write(2, "to err"), Errno::kSuccess);
  EXPECT_EQ(out, "to out");
  EXPECT_EQ(err, "to err");
  p.world().set_stdout({});
  EXPECT_EQ(p.write(1, "dropped"), Errno::kSuccess);
  EXPECT_EQ(p.load(kResult), 7u);
  EXPECT_EQ(p.write(0, "no"), Errno::kNotCapable);
}

TEST(WasiStreams, CannotSeekAndAreNoDirectories) {
  WasiProgram p = closed_program();
  EXPECT_EQ(p.seek(1, 0, wasi::kWhenceSet), Errno::kSPipe);
  EXPECT_EQ(p.call(&wasi::fd_tell, 0, kResult), Errno::kSPipe);
  EXPECT_EQ(p.call(&wasi::fd_prestat_get, 0, kResult), Errno::kBadf);
  EXPECT_EQ(p.call(&wasi::fd_readdir, 0, kBuffer, 10, 0, kResult), Errno::kNotDir);
  EXPECT_EQ(p.call(&wasi::sock_shutdown, 0, 0), Errno::kNotSock);
  EXPECT_EQ(p.call(&wasi::sock_shutdown, 9, 0), Errno::kBadf);
}

TEST(WasiStreams, OfAClosedWorldDoNotTellWhatTheProcessHas) {
  WasiProgram p = closed_program();
  for (uint32_t fd = 0; fd < 3; ++fd) {
    EXPECT_EQ(p.call(&wasi::fd_fdstat_get, fd, WasiProgram::kStat), Errno::kSuccess);
    EXPECT_EQ(p.load<uint8_t>(WasiProgram::kStat), 0u);
  }
}

uint64_t time_of(WasiProgram& p, uint32_t clock) {
  EXPECT_EQ(p.call(&wasi::clock_time_get, clock, 0, kResult), Errno::kSuccess);
  return p.load<uint64_t>(kResult);
}

TEST(WasiClock, OfAClosedWorldIsTheInstructionCount) {
  WasiProgram p = closed_program();
  p.set_instructions(1000);
  EXPECT_EQ(time_of(p, wasi::kClockRealtime), kClosedEpochNs + 1000);
  EXPECT_EQ(time_of(p, wasi::kClockMonotonic), 1000u);
  EXPECT_EQ(time_of(p, wasi::kClockProcessCpu), 1000u);
  p.set_instructions(1001);
  EXPECT_EQ(time_of(p, wasi::kClockMonotonic), 1001u);
  EXPECT_EQ(p.call(&wasi::clock_time_get, 4, 0, kResult), Errno::kInval);
  EXPECT_EQ(p.call(&wasi::clock_res_get, 0, kResult), Errno::kSuccess);
  EXPECT_EQ(p.load<uint64_t>(kResult), 1u);
}

/// A subscription to a clock, as wasi-libc's nanosleep makes it.
void subscribe_clock(WasiProgram& p, Ptr at, uint32_t clock, uint64_t timeout, bool absolute) {
  p.store<uint64_t>(at, 77);
  p.store<uint64_t>(at + 8, wasi::kEventClock);
  p.store<uint32_t>(at + 16, clock);
  p.store<uint64_t>(at + 24, timeout);
  p.store<uint16_t>(at + 40, absolute ? 1 : 0);
}
void subscribe_fd(WasiProgram& p, Ptr at, uint8_t type, uint32_t fd) {
  p.store<uint64_t>(at, fd);
  p.store<uint64_t>(at + 8, type);
  p.store<uint32_t>(at + 16, fd);
}

constexpr Ptr kSubscriptions = WasiProgram::kPath;

TEST(WasiPoll, JumpsAClosedWorldsClockToTheNearestTimeout) {
  WasiProgram p = closed_program();
  subscribe_clock(p, kSubscriptions, wasi::kClockMonotonic, 5'000'000'000, false);
  subscribe_clock(p, kSubscriptions + 48, wasi::kClockMonotonic, 3'000'000'000, true);
  p.set_instructions(10);
  EXPECT_EQ(p.call(&wasi::poll_oneoff, kSubscriptions, kBuffer, 2, kResult), Errno::kSuccess);
  EXPECT_EQ(p.load(kResult), 1u);
  EXPECT_EQ(p.load<uint64_t>(kBuffer), 77u);
  EXPECT_EQ(p.load<uint8_t>(kBuffer + 10), wasi::kEventClock);
  EXPECT_EQ(time_of(p, wasi::kClockMonotonic), 3'000'000'000u);
  EXPECT_EQ(time_of(p, wasi::kClockRealtime), kClosedEpochNs + 3'000'000'000);
}

TEST(WasiPoll, StopsAtTheEndOfTime) {
  WasiProgram p = closed_program();
  for (int i = 0; i < 3; ++i) {
    subscribe_clock(p, kSubscriptions, wasi::kClockRealtime, ~uint64_t{0}, false);
    EXPECT_EQ(p.call(&wasi::poll_oneoff, kSubscriptions, kBuffer, 1, kResult), Errno::kSuccess);
    EXPECT_EQ(time_of(p, wasi::kClockRealtime), kEndOfTimeNs);
  }
}

TEST(WasiPoll, PrefersReadyDescriptorsToSleeping) {
  WasiProgram p = closed_program();
  subscribe_clock(p, kSubscriptions, wasi::kClockMonotonic, 1000, false);
  subscribe_fd(p, kSubscriptions + 48, wasi::kEventFdRead, 0);
  subscribe_fd(p, kSubscriptions + 96, wasi::kEventFdWrite, 42);
  EXPECT_EQ(p.call(&wasi::poll_oneoff, kSubscriptions, kBuffer, 3, kResult), Errno::kSuccess);
  EXPECT_EQ(p.load(kResult), 2u);
  EXPECT_EQ(p.load<uint16_t>(kBuffer + 8), 0u);
  EXPECT_EQ(p.load<uint64_t>(kBuffer + 32), 42u);
  EXPECT_EQ(p.load<uint16_t>(kBuffer + 40), static_cast<uint16_t>(Errno::kBadf));
  EXPECT_EQ(time_of(p, wasi::kClockMonotonic), 0u);
}

TEST(WasiPoll, PausesBeforeItLooksAtStdin) {
  WasiProgram p = closed_program();
  subscribe_fd(p, kSubscriptions, wasi::kEventFdRead, 0);
  p.world().pause_on_stdin(true);
  const auto answer = p.run(&wasi::poll_oneoff, kSubscriptions, kBuffer, 1, kResult);
  ASSERT_TRUE(answer.action.has_value());
  EXPECT_EQ(answer.action->outcome.pause, PauseReason::kStdin);
}

TEST(WasiPoll, RefusesWhatMakesNoSense) {
  WasiProgram p = closed_program();
  EXPECT_EQ(p.call(&wasi::poll_oneoff, kSubscriptions, kBuffer, 0, kResult), Errno::kInval);
  subscribe_clock(p, kSubscriptions, 9, 1, false);
  EXPECT_EQ(p.call(&wasi::poll_oneoff, kSubscriptions, kBuffer, 1, kResult), Errno::kInval);
}

std::string random_bytes(WasiProgram& p, uint32_t size) {
  EXPECT_EQ(p.call(&wasi::random_get, kBuffer, size), Errno::kSuccess);
  return p.text(kBuffer, size);
}

TEST(WasiEntropy, OfAClosedWorldIsAFunctionOfItsSeed) {
  WasiProgram a = closed_program(1);
  WasiProgram b = closed_program(1);
  WasiProgram c = closed_program(2);
  const std::string first = random_bytes(a, 13);
  EXPECT_EQ(random_bytes(b, 13), first);
  EXPECT_NE(random_bytes(c, 13), first);
  EXPECT_NE(random_bytes(a, 13), first);
}

TEST(WasiEntropy, GoesOnWhereACapturedWorldStood) {
  WasiProgram a = closed_program(5);
  (void)random_bytes(a, 24);
  auto state = a.world().capture();
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->entropy_counter, 3u);
  auto restored = World::restore(*state, {});
  ASSERT_TRUE(restored.has_value());
  WasiProgram b(std::move(*restored));
  EXPECT_EQ(random_bytes(b, 8), random_bytes(a, 8));
}

TEST(WasiProcess, EndsWithItsCode) {
  WasiProgram p = closed_program();
  const auto exit = p.run(&wasi::proc_exit, 3);
  ASSERT_TRUE(exit.action.has_value());
  EXPECT_EQ(exit.action->outcome.kind, OutcomeKind::kExited);
  EXPECT_EQ(exit.action->outcome.exit_code, 3u);
  const auto abort = p.run(&wasi::proc_raise, 6);
  ASSERT_TRUE(abort.action.has_value());
  EXPECT_EQ(abort.action->outcome.exit_code, 134u);
  EXPECT_EQ(p.call(&wasi::proc_raise, 0), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::proc_raise, 99), Errno::kInval);
  EXPECT_EQ(p.call(&wasi::sched_yield), Errno::kSuccess);
}

TEST(WasiWork, IsCountedByTheByte) {
  WasiProgram p = closed_program();
  p.world().set_stdout({});
  EXPECT_EQ(p.write(1, std::string(1000, 'x')), Errno::kSuccess);
  EXPECT_EQ(p.bytes_moved(), 1000u + 8 + 4);  // data, one iovec, the count
  (void)random_bytes(p, 4096);
  EXPECT_EQ(p.bytes_moved(), 4096u);
}

TEST(WorldBase, IsLeftAndTakenBack) {
  WasiProgram p = closed_program(3);
  p.world().mark_base();
  EXPECT_FALSE(p.world().changed_since_base());
  const uint64_t before = time_of(p, wasi::kClockMonotonic);
  EXPECT_FALSE(p.world().changed_since_base());
  const std::string drawn = random_bytes(p, 8);
  subscribe_clock(p, kSubscriptions, wasi::kClockMonotonic, 500, false);
  EXPECT_EQ(p.call(&wasi::poll_oneoff, kSubscriptions, kBuffer, 1, kResult), Errno::kSuccess);
  EXPECT_EQ(p.close(1), Errno::kSuccess);
  EXPECT_TRUE(p.world().changed_since_base());
  p.world().reset_to_base();
  EXPECT_FALSE(p.world().changed_since_base());
  EXPECT_EQ(time_of(p, wasi::kClockMonotonic), before);
  EXPECT_EQ(random_bytes(p, 8), drawn);
  p.world().set_stdout({});
  EXPECT_EQ(p.write(1, "still open"), Errno::kSuccess);
}

TEST(WorldBase, KeepsTheStreams) {
  WasiProgram p = closed_program();
  p.world().mark_base();
  std::string out;
  p.world().set_stdout(
      {[&out](std::span<const uint8_t> data) { out.append(data.begin(), data.end()); }});
  const std::string input = "later";
  p.world().set_stdin(bytes_of(input));
  (void)random_bytes(p, 1);
  p.world().reset_to_base();
  EXPECT_EQ(p.write(1, "kept"), Errno::kSuccess);
  EXPECT_EQ(out, "kept");
  EXPECT_EQ(p.read(0), "later");
}

TEST(WasiTable, NamesEveryFunctionOfPreviewOneOnce) {
  std::set<std::string> names;
  for (const HostFunction& f : wasi_functions()) {
    EXPECT_EQ(f.module, "wasi_snapshot_preview1");
    EXPECT_TRUE(names.insert(f.name).second) << f.name;
  }
  EXPECT_EQ(names.size(), 46u);
}

TEST(WasiTable, HasTheSpecificationsTypes) {
  const auto type_of = [](std::string_view name) {
    for (const HostFunction& f : wasi_functions())
      if (f.name == name) return to_string(f.type);
    return std::string("missing");
  };
  EXPECT_EQ(type_of("fd_seek"), "[i32 i64 i32 i32] -> [i32]");
  EXPECT_EQ(type_of("path_open"), "[i32 i32 i32 i32 i32 i64 i64 i32 i32] -> [i32]");
  EXPECT_EQ(type_of("proc_exit"), "[i32] -> []");
  EXPECT_EQ(type_of("sched_yield"), "[] -> [i32]");
  EXPECT_EQ(type_of("sock_accept"), "[i32 i32 i32] -> [i32]");
}

}  // namespace
}  // namespace tine
