// Sockets beyond one call: waiting and its interruption, pipes, snapshots, and what a policy makes of
// connections that cannot travel.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "support/loopback.h"
#include "support/temp_dir.h"
#include "vm/wasi_fixture.h"

namespace tine {
namespace {

using test::Peer;
using test::TempDir;
using test::WasiProgram;
using wasi::Errno;
using wasi::Ptr;
namespace rights = wasi::rights;

constexpr uint32_t kListener = 3;
constexpr uint32_t kConnection = 4;
constexpr Ptr kResult = WasiProgram::kResult;
constexpr Ptr kSubscriptions = WasiProgram::kPath;
constexpr Ptr kEvents = WasiProgram::kStat;

World listening_world() {
  auto world = World::create(
      {.closed = false, .args = {}, .environ = {}, .preopens = {}, .listen = {"127.0.0.1:0"}});
  EXPECT_TRUE(world.has_value()) << world.error().detail;
  return std::move(*world);
}

World scripted_world(const std::vector<std::string>& texts) {
  WorldConfig config;
  config.closed = true;
  for (const std::string& text : texts) config.connections.push_back({{text.begin(), text.end()}});
  auto world = World::create(config);
  EXPECT_TRUE(world.has_value()) << world.error().detail;
  return std::move(*world);
}

WorldState captured(WasiProgram& p) {
  auto state = p.world().capture();
  EXPECT_TRUE(state.has_value()) << state.error().detail;
  return state ? std::move(*state) : WorldState{};
}

WasiProgram restored(const WorldState& state, const WorldConfig& grants = {}) {
  auto world = World::restore(state, grants);
  EXPECT_TRUE(world.has_value()) << world.error().detail;
  return WasiProgram(std::move(*world));
}

Errno accept(WasiProgram& p, uint32_t flags = 0) {
  return p.call(&wasi::sock_accept, kListener, flags, kResult);
}

void subscribe_to_read(WasiProgram& p, uint32_t fd) {
  p.store<uint64_t>(kSubscriptions, fd);
  p.store<uint64_t>(kSubscriptions + 8, wasi::kEventFdRead);
  p.store<uint32_t>(kSubscriptions + 16, fd);
}
/// A clock of 0 ns behind it: the call does not wait.
uint32_t poll_at_once(WasiProgram& p, uint32_t fd) {
  subscribe_to_read(p, fd);
  for (Ptr at = 0; at < 48; at += 8) p.store<uint64_t>(kSubscriptions + 48 + at, 0);
  EXPECT_EQ(p.call(&wasi::poll_oneoff, kSubscriptions, kEvents, 2, kResult), Errno::kSuccess);
  return p.load(kResult);
}

// --- closed worlds -----------------------------------------------------------------------------

TEST(ScriptedSockets, GoOnInTheMiddleOfAConnection) {
  WasiProgram p(scripted_world({"first words", "second"}));
  ASSERT_EQ(accept(p), Errno::kSuccess);
  EXPECT_EQ(p.read(kConnection, 6), "first ");
  const WorldState state = captured(p);
  EXPECT_TRUE(state.losses.empty());
  WasiProgram again = restored(state);
  EXPECT_EQ(captured(again).fds[4].offset, 6u);
  EXPECT_EQ(again.read(kConnection), "words");
  EXPECT_EQ(again.read(kConnection), "");
  ASSERT_EQ(accept(again), Errno::kSuccess);
  EXPECT_EQ(again.read(again.load(kResult)), "second");
  EXPECT_EQ(accept(again), Errno::kInval);
  EXPECT_EQ(p.read(kConnection), "words");
}

TEST(ScriptedSockets, StayShutInASnapshot) {
  WasiProgram p(scripted_world({"text"}));
  ASSERT_EQ(accept(p), Errno::kSuccess);
  ASSERT_EQ(p.call(&wasi::sock_shutdown, kConnection, wasi::kShutSending), Errno::kSuccess);
  WasiProgram again = restored(captured(p));
  EXPECT_EQ(again.write(kConnection, "x"), Errno::kPipe);
  EXPECT_EQ(again.read(kConnection), "text");
}

TEST(ScriptedSockets, AreTakenBackToTheBase) {
  WasiProgram p(scripted_world({"text", "more"}));
  ASSERT_EQ(accept(p), Errno::kSuccess);
  p.world().mark_base();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(p.read(kConnection, 2), "te");
    ASSERT_EQ(accept(p), Errno::kSuccess);
    EXPECT_EQ(p.read(5), "more");
    p.world().reset_to_base();
    EXPECT_EQ(p.read(5), "errno 8");
  }
}

TEST(ScriptedSockets, GetMoreConnectionsFromWhoRestores) {
  WasiProgram p(scripted_world({"one"}));
  ASSERT_EQ(accept(p), Errno::kSuccess);
  WorldConfig grants;
  grants.connections = {{{'t', 'w', 'o'}}};
  WasiProgram again = restored(captured(p), grants);
  ASSERT_EQ(accept(again), Errno::kSuccess);
  EXPECT_EQ(again.read(again.load(kResult)), "two");
}

TEST(ScriptedSockets, TellTheEndOfTheScriptToWhoPolls) {
  WasiProgram p(scripted_world({"x"}));
  EXPECT_EQ(poll_at_once(p, kListener), 2u);
  EXPECT_EQ(p.load<uint16_t>(kEvents + 24), 0u);
  ASSERT_EQ(accept(p), Errno::kSuccess);
  EXPECT_EQ(poll_at_once(p, kListener), 2u);
  EXPECT_EQ(p.load<uint16_t>(kEvents + 24), wasi::kEventHangup);
}

TEST(ScriptedSockets, AreRefusedWhereTheyContradictTheirScript) {
  WasiProgram p(scripted_world({"text"}));
  ASSERT_EQ(accept(p), Errno::kSuccess);
  const WorldState good = captured(p);
  const auto refused = [&](auto change) {
    WorldState bad = good;
    change(bad, bad.fds[kListener], bad.fds[kConnection]);
    const auto world = World::restore(bad, {});
    EXPECT_FALSE(world.has_value());
    return world ? std::string() : world.error().detail;
  };
  using S = WorldState;
  using F = FdState;
  EXPECT_EQ(refused([](S&, F& l, F&) { l.listener = 1; }),
            "world: descriptor 3 belongs to no listening socket");
  EXPECT_EQ(refused([](S&, F& l, F&) { l.offset = 2; }),
            "world: descriptor 3 accepted more than arrived");
  EXPECT_EQ(refused([](S&, F& l, F&) { l.connection = 0; }),
            "world: descriptor 3 is no connection");
  EXPECT_EQ(refused([](S&, F&, F& c) { c.connection = 1; }),
            "world: descriptor 4 received more than was sent");
  EXPECT_EQ(refused([](S&, F&, F& c) { c.offset = 5; }),
            "world: descriptor 4 received more than was sent");
  EXPECT_EQ(refused([](S&, F&, F& c) { c.shut = 8; }),
            "world: descriptor 4 is shut in an unknown way");
  EXPECT_EQ(refused([](S&, F&, F& c) { c.shut = kPeerIsGone; }),
            "world: descriptor 4 has a script, but no peer");
  EXPECT_EQ(refused([](S&, F&, F& c) { c.connection = kUnscriptedConnection; }),
            "world: descriptor 4 has no script");
  EXPECT_EQ(refused([](S&, F&, F& c) { c.path = "x"; }),
            "world: descriptor 4 has a path, but is no file");
  EXPECT_EQ(refused([](S& s, F&, F&) { s.fds[0].listener = 1; }),
            "world: descriptor 0 is no socket");
  EXPECT_EQ(refused([](S& s, F&, F&) { s.is_closed = false; }), "world: real world with a script");
  EXPECT_EQ(refused([](S& s, F&, F&) { s.listeners.resize(5000); }),
            "world: too many listening sockets");
}

// --- real worlds -------------------------------------------------------------------------------

TEST(RealSockets, SayWhatIsWrongWithAnAddress) {
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:80x",
                              "nowhere.invalid:80", "[::1:80", "127.0.0.1:-1"}) {
    const auto world =
        World::create({.args = {}, .environ = {}, .preopens = {}, .listen = {address}});
    ASSERT_FALSE(world.has_value()) << address;
    EXPECT_EQ(world.error().code, ErrorCode::kUsage);
    EXPECT_EQ(world.error().detail,
              std::string(address) + ": expected HOST:PORT, HOST an IP address or localhost");
  }
  const World first = listening_world();
  const std::string taken = first.listen_addresses()[0];
  const auto second = World::create({.args = {}, .environ = {}, .preopens = {}, .listen = {taken}});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_TRUE(second.error().detail.starts_with(taken + ": ")) << second.error().detail;
}

TEST(RealSockets, TakeNoScript) {
  WorldConfig config;
  config.connections = {{{'x'}}};
  const auto world = World::create(config);
  ASSERT_FALSE(world.has_value());
  EXPECT_EQ(world.error().code, ErrorCode::kUsage);
}

TEST(RealSockets, WaitOnlyWhereTheyMay) {
  WasiProgram p(listening_world());
  ASSERT_EQ(p.call(&wasi::fd_fdstat_set_flags, kListener, wasi::kFdNonblock), Errno::kSuccess);
  EXPECT_EQ(accept(p), Errno::kAgain);
  EXPECT_EQ(poll_at_once(p, kListener), 1u);  // the clock
  const Peer peer(p.world().listen_addresses()[0], "", true);
  EXPECT_EQ(poll_at_once(p, kListener), 2u);
  ASSERT_EQ(accept(p, wasi::kFdNonblock), Errno::kSuccess);
  EXPECT_EQ(p.read(kConnection), "errno 6");
  EXPECT_EQ(poll_at_once(p, kConnection), 1u);
}

/// What a call pauses for instead of waiting, while `wake` is readable.
class WakePipe {
 public:
  explicit WakePipe(World& world) : world_(world) {
    TINE_CHECK(pipe(ends_) == 0 && write(ends_[1], "x", 1) == 1);
    world_.interrupt_waits_on(ends_[0]);
  }
  ~WakePipe() {
    world_.interrupt_waits_on(-1);
    close(ends_[0]);
    close(ends_[1]);
  }

 private:
  World& world_;
  int ends_[2] = {};
};

std::optional<PauseReason> pause_of(const test::Answer& answer) {
  if (!answer.action || answer.action->kind != HostAction::Kind::kPauseBefore) return std::nullopt;
  return answer.action->outcome.pause;
}

TEST(RealSockets, PauseInsteadOfWaiting) {
  WasiProgram p(listening_world());
  p.world().pause_when_idle(true);
  EXPECT_EQ(pause_of(p.run(&wasi::sock_accept, kListener, 0, kResult)), PauseReason::kIdle);
  p.world().pause_when_idle(false);
  {
    const WakePipe wake(p.world());
    EXPECT_EQ(pause_of(p.run(&wasi::sock_accept, kListener, 0, kResult)), PauseReason::kRequest);
  }
  const Peer peer(p.world().listen_addresses()[0], "", true);
  ASSERT_EQ(accept(p), Errno::kSuccess);
  const WakePipe wake(p.world());
  p.put_iov(WasiProgram::kBuffer, 10);
  EXPECT_EQ(pause_of(p.run(&wasi::fd_read, kConnection, WasiProgram::kIov, 1, kResult)),
            PauseReason::kRequest);
  subscribe_to_read(p, kConnection);
  EXPECT_EQ(pause_of(p.run(&wasi::poll_oneoff, kSubscriptions, kEvents, 1, kResult)),
            PauseReason::kRequest);
}

TEST(RealSockets, WaitForAllThatWasAskedFor) {
  WasiProgram p(listening_world());
  const Peer peer(p.world().listen_addresses()[0], "hel", true);
  ASSERT_EQ(accept(p), Errno::kSuccess);
  std::thread rest([&] { peer.say("lo, world"); });
  p.put_iov(WasiProgram::kBuffer, 5);
  EXPECT_EQ(p.call(&wasi::sock_recv, kConnection, WasiProgram::kIov, 1, wasi::kReceiveWaitAll,
                   kResult, kResult + 4),
            Errno::kSuccess);
  EXPECT_EQ(p.text(WasiProgram::kBuffer, p.load(kResult)), "hello");
  rest.join();
}

/// The process's own standard input, replaced by a pipe for as long as this lives.
class PipedStdin {
 public:
  PipedStdin() : saved_(dup(0)) {
    int ends[2];
    TINE_CHECK(saved_ >= 0 && pipe(ends) == 0 && dup2(ends[0], 0) == 0);
    close(ends[0]);
    writer_ = ends[1];
  }
  ~PipedStdin() {
    hang_up();
    TINE_CHECK(dup2(saved_, 0) == 0);
    close(saved_);
  }
  void say(std::string_view text) const {
    TINE_CHECK(write(writer_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void hang_up() {
    if (writer_ >= 0) close(writer_);
    writer_ = -1;
  }

 private:
  int saved_;
  int writer_ = -1;
};

TEST(ProcessStdin, IsPolledAndNeedNotBeWaitedFor) {
  PipedStdin input;
  WasiProgram p(test::make_world(false, {}));
  ASSERT_EQ(p.call(&wasi::fd_fdstat_set_flags, 0, wasi::kFdNonblock), Errno::kSuccess);
  EXPECT_EQ(p.read(0), "errno 6");
  EXPECT_EQ(poll_at_once(p, 0), 1u);  // the clock
  input.say("abc");
  EXPECT_EQ(poll_at_once(p, 0), 2u);
  EXPECT_EQ(p.load<uint64_t>(kEvents + 16), 3u);
  EXPECT_EQ(p.read(0, 2), "ab");
  input.hang_up();
  EXPECT_EQ(poll_at_once(p, 0), 2u);
  EXPECT_EQ(p.load<uint16_t>(kEvents + 24), 0u);  // there is still something to read
  EXPECT_EQ(p.read(0), "c");
  EXPECT_EQ(poll_at_once(p, 0), 2u);
  EXPECT_EQ(p.load<uint64_t>(kEvents + 16), 0u);
  EXPECT_EQ(p.load<uint16_t>(kEvents + 24), wasi::kEventHangup);
  EXPECT_EQ(p.read(0), "");
}

/// A real world whose guest has accepted one connection and read 2 bytes of it.
class LiveConnection : public testing::Test {
 protected:
  LiveConnection() : program_(listening_world()) {
    address_ = program_.world().listen_addresses()[0];
    peer_.emplace(address_, "hello");
    EXPECT_EQ(accept(program_), Errno::kSuccess);
    EXPECT_EQ(program_.read(kConnection, 2), "he");
  }
  [[nodiscard]] static WorldConfig grants(std::optional<FdPolicy> policy) {
    WorldConfig grants;
    grants.listen = {"127.0.0.1:0"};
    grants.fd_policy = policy;
    return grants;
  }
  WasiProgram program_;
  std::string address_;
  std::optional<Peer> peer_;
};

TEST_F(LiveConnection, IsListedAsLost) {
  const WorldState state = captured(program_);
  ASSERT_EQ(state.losses.size(), 1u);
  EXPECT_EQ(to_string(state.losses[0]),
            "descriptor 4, (socket at " + address_ +
                "): a connected socket; --fd-policy says what becomes of it");
  EXPECT_EQ(state.fds.size(), 5u);
  EXPECT_EQ(program_.read(kConnection), "llo");
}

TEST_F(LiveConnection, IsRefusedUnlessAPolicyIsGiven) {
  const WorldState state = captured(program_);
  for (const std::optional<FdPolicy> policy :
       {std::optional<FdPolicy>(), std::optional(FdPolicy::kError),
        std::optional(FdPolicy::kEmbed)}) {
    const auto world = World::restore(state, grants(policy));
    ASSERT_FALSE(world.has_value());
    EXPECT_EQ(world.error().detail, "descriptor 4, (socket at " + address_ +
                                        "): the connection is gone (--fd-policy: what to do then)");
  }
}

TEST_F(LiveConnection, IsHungUpWhereItIsReopened) {
  WasiProgram again = restored(captured(program_), grants(FdPolicy::kReopen));
  EXPECT_EQ(again.world().restore_notes(),
            std::vector<std::string>{"descriptor 4, (socket at " + address_ +
                                     "): the connection is gone; goes on as if its peer hung up"});
  EXPECT_EQ(again.read(kConnection), "");
  EXPECT_EQ(again.write(kConnection, "x"), Errno::kPipe);
  EXPECT_EQ(poll_at_once(again, kConnection), 2u);
  EXPECT_EQ(again.load<uint16_t>(kEvents + 24), wasi::kEventHangup);
  // And so it stays, with nothing left to lose.
  const WorldState state = captured(again);
  EXPECT_TRUE(state.losses.empty());
  EXPECT_EQ(restored(state, grants({})).read(kConnection), "");
}

TEST_F(LiveConnection, IsClosedWhereThePolicySaysSo) {
  WasiProgram again = restored(captured(program_), grants(FdPolicy::kClose));
  EXPECT_EQ(again.read(kConnection), "errno 8");
  ASSERT_EQ(captured(again).losses.size(), 1u);
  program_.world().set_capture_policy(FdPolicy::kClose);
  const WorldState state = captured(program_);
  EXPECT_EQ(state.fds.size(), 4u);
  ASSERT_EQ(state.losses.size(), 1u);
  EXPECT_EQ(state.losses[0].what, static_cast<uint8_t>(LossKind::kClosed));
}

TEST_F(LiveConnection, IsHungUpInAForksWorld) {
  const WorldState state = captured(program_);
  EXPECT_FALSE(World::close(state, 0, {}).has_value());
  auto world = World::close(state, 0, {}, FdPolicy::kReopen);
  ASSERT_TRUE(world.has_value()) << world.error().detail;
  WasiProgram fork(std::move(*world));
  EXPECT_EQ(fork.read(kConnection), "");
  EXPECT_EQ(accept(fork), Errno::kInval);
  EXPECT_EQ(captured(fork).losses.size(), 0u);
}

TEST_F(LiveConnection, NeedsItsPortGrantedAgain) {
  WorldConfig none;
  none.fd_policy = FdPolicy::kReopen;
  const auto world = World::restore(captured(program_), none);
  ASSERT_FALSE(world.has_value());
  EXPECT_EQ(world.error().detail,
            "descriptor 3, (socket at " + address_ +
                "): nothing listens for it: grant it with --listen HOST:PORT (--fd-policy: what to "
                "do then)");
  WorldConfig two = grants(FdPolicy::kClose);
  two.listen.push_back("127.0.0.1:0");
  const auto too_many = World::restore(captured(program_), two);
  ASSERT_FALSE(too_many.has_value());
  EXPECT_EQ(too_many.error().detail, "--listen 127.0.0.1:0: listening sockets of the program: 1");
  WasiProgram again = restored(captured(program_), grants(FdPolicy::kClose));
  const Peer late(again.world().listen_addresses()[0], "late");
  ASSERT_EQ(accept(again), Errno::kSuccess);
  EXPECT_EQ(again.read(again.load(kResult)), "late");
}

// --- pipes by name -----------------------------------------------------------------------------

TEST(NamedPipes, AreWaitedForAndPolled) {
  TempDir dir;
  ASSERT_EQ(mkfifo(dir.path("pipe").c_str(), 0600), 0);
  WasiProgram p(test::make_world(false, {{dir.path(), "."}}));
  uint32_t fd = 0;
  ASSERT_EQ(p.open("pipe", 0, rights::kAll & ~rights::kWriting, &fd, WasiProgram::kFirstPreopen,
                   wasi::kFdNonblock),
            Errno::kSuccess);
  const int writer = open(dir.path("pipe").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(writer, 0);
  EXPECT_EQ(p.read(fd), "errno 6");
  EXPECT_EQ(poll_at_once(p, fd), 1u);
  ASSERT_EQ(write(writer, "abc", 3), 3);
  EXPECT_EQ(poll_at_once(p, fd), 2u);
  EXPECT_EQ(p.load<uint64_t>(kEvents + 16), 3u);
  EXPECT_EQ(p.call(&wasi::fd_fdstat_set_flags, fd, 0), Errno::kSuccess);
  EXPECT_EQ(p.read(fd, 2), "ab");
  p.world().pause_when_idle(true);
  EXPECT_EQ(p.read(fd), "c");
  p.put_iov(WasiProgram::kBuffer, 10);
  EXPECT_EQ(pause_of(p.run(&wasi::fd_read, fd, WasiProgram::kIov, 1, kResult)), PauseReason::kIdle);
  close(writer);
  EXPECT_EQ(poll_at_once(p, fd), 2u);
  EXPECT_EQ(p.load<uint16_t>(kEvents + 24), wasi::kEventHangup);
  EXPECT_EQ(p.read(fd), "");
}

}  // namespace
}  // namespace tine
