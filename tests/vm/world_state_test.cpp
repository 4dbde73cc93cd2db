// Worlds as plain data: captured in the middle of open files, restored, closed; hostile states.
#include <filesystem>

#include "support/temp_dir.h"
#include "tine/state.h"
#include "vm/wasi_fixture.h"

namespace tine {
namespace {

using test::grant;
using test::make_world;
using test::TempDir;
using test::WasiProgram;
using wasi::Errno;
namespace rights = wasi::rights;

WorldState captured(WasiProgram& p) {
  auto state = p.world().capture();
  EXPECT_TRUE(state.has_value()) << state.error().detail;
  return state ? std::move(*state) : WorldState{};
}

/// A program that has read 6 bytes of `text` through descriptor 4.
WasiProgram half_read(bool closed, const TempDir& dir) {
  WasiProgram p(make_world(closed, {{dir.path(), "/data"}}));
  uint32_t fd = 0;
  EXPECT_EQ(p.open("text", 0, rights::kAll, &fd), Errno::kSuccess);
  EXPECT_EQ(fd, 4u);
  EXPECT_EQ(p.read(fd, 6), "hello ");
  return p;
}

class CapturedWorld : public testing::TestWithParam<bool> {
 protected:
  CapturedWorld() { dir_.write("text", "hello there"); }
  TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(BothWorlds, CapturedWorld, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Closed" : "Real"; });

TEST_P(CapturedWorld, GoesOnInTheMiddleOfAFile) {
  WasiProgram p = half_read(GetParam(), dir_);
  const auto state = captured(p);
  auto restored = World::restore(state, grant(dir_.path(), "/data"));
  ASSERT_TRUE(restored.has_value()) << restored.error().detail;
  EXPECT_EQ(restored->is_closed(), GetParam());
  WasiProgram again(std::move(*restored));
  EXPECT_EQ(again.read(4), "there");
  EXPECT_EQ(p.read(4), "there");
  EXPECT_EQ(again.close(4), Errno::kSuccess);
}

TEST_P(CapturedWorld, IsTheSameAfterARoundTrip) {
  WasiProgram p = half_read(GetParam(), dir_);
  EXPECT_EQ(p.write_file("made", "by the guest"), Errno::kSuccess);
  (void)p.list(WasiProgram::kFirstPreopen);
  const auto state = captured(p);
  auto restored = World::restore(state, grant(dir_.path(), "/data"));
  ASSERT_TRUE(restored.has_value()) << restored.error().detail;
  const auto again = restored->capture();
  ASSERT_TRUE(again.has_value());
  ASSERT_EQ(again->fds.size(), state.fds.size());
  for (size_t i = 0; i < state.fds.size(); ++i) {
    const FdState& a = state.fds[i];
    const FdState& b = again->fds[i];
    EXPECT_EQ(std::tie(a.number, a.kind, a.rights_base, a.rights_inheriting, a.flags, a.preopen),
              std::tie(b.number, b.kind, b.rights_base, b.rights_inheriting, b.flags, b.preopen));
    EXPECT_EQ(std::tie(a.path, a.offset, a.is_preopen, a.listing, a.file_size, a.file_mtime_ns,
                       a.file_hash),
              std::tie(b.path, b.offset, b.is_preopen, b.listing, b.file_size, b.file_mtime_ns,
                       b.file_hash));
  }
  EXPECT_EQ(again->overlay.size(), state.overlay.size());
  EXPECT_EQ(state.overlay.size(), GetParam() ? 1u : 0u);
  EXPECT_EQ(again->args, (std::vector<std::string>{"prog", "one"}));
}

TEST_P(CapturedWorld, NeedsItsDirectoriesGrantedAgain) {
  WasiProgram p = half_read(GetParam(), dir_);
  const auto state = captured(p);
  const auto refused = World::restore(state, grant(dir_.path(), "/other"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_NE(refused.error().detail.find("--dir HOST::/data"), std::string::npos);
  const auto gone = World::restore(state, grant(dir_.path("gone"), "/data"));
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().code, ErrorCode::kIo);
  EXPECT_NE(gone.error().detail.find(dir_.path("gone")), std::string::npos);
}

TEST_P(CapturedWorld, RefusesFilesThatChanged) {
  WasiProgram p = half_read(GetParam(), dir_);
  const auto state = captured(p);
  const WorldConfig grants = grant(dir_.path(), "/data");
  dir_.write("text", "hello where");  // the same size
  std::filesystem::last_write_time(dir_.path("text"), {});
  const auto changed = World::restore(state, grants);
  ASSERT_FALSE(changed.has_value());
  EXPECT_EQ(changed.error().code, ErrorCode::kIo);
  dir_.write("text", "hello there");  // the same contents at another time
  std::filesystem::last_write_time(dir_.path("text"), {});
  EXPECT_TRUE(World::restore(state, grants).has_value());
  std::filesystem::remove(dir_.path("text"));
  EXPECT_FALSE(World::restore(state, grants).has_value());
}

TEST_P(CapturedWorld, FollowsNoLinkToAReopenedFile) {
  TempDir outside;
  outside.write("text", "hello there");
  WasiProgram p = half_read(GetParam(), dir_);
  const auto state = captured(p);
  std::filesystem::remove(dir_.path("text"));
  std::filesystem::create_symlink(outside.path("text"), dir_.path("text"));
  EXPECT_FALSE(World::restore(state, grant(dir_.path(), "/data")).has_value());
}

TEST_P(CapturedWorld, ClosesIntoAWorldOfItsOwn) {
  WasiProgram p = half_read(GetParam(), dir_);
  const auto state = captured(p);
  auto closed = World::close(state, 9, {{dir_.path(), "/data"}});
  ASSERT_TRUE(closed.has_value()) << closed.error().detail;
  EXPECT_TRUE(closed->is_closed());
  WasiProgram fork(std::move(*closed));
  EXPECT_EQ(fork.read(4), "there");
  EXPECT_EQ(fork.write(4, "!"), Errno::kSuccess);
  EXPECT_EQ(fork.contents("text"), "hello there!");
  EXPECT_EQ(test::read_text(dir_.path("text")), "hello there");
  const auto after = captured(fork);
  EXPECT_EQ(after.entropy_seed, 9u);
  EXPECT_EQ(after.entropy_counter, 0u);
}

TEST_P(CapturedWorld, CutsRightsDownToTheKind) {
  WasiProgram p = half_read(GetParam(), dir_);
  auto state = captured(p);
  for (FdState& fd : state.fds) fd.rights_base = fd.rights_inheriting = ~uint64_t{0};
  auto restored = World::restore(state, grant(dir_.path(), "/data"));
  ASSERT_TRUE(restored.has_value());
  const auto again = restored->capture();
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->fds[0].rights_base, rights::kStdin);
  EXPECT_EQ(again->fds[3].rights_base, rights::kDirectory);
  EXPECT_EQ(again->fds[4].rights_base, rights::kFile);
  EXPECT_EQ(again->fds[4].rights_inheriting, 0u);
}

OverlayNodeState node(uint32_t preopen, const std::string& path, uint8_t kind) {
  OverlayNodeState state;
  state.preopen = preopen;
  state.path = path;
  state.kind = kind;
  return state;
}

TEST_P(CapturedWorld, IsRefusedWhereItMakesNoSense) {
  WasiProgram p = half_read(GetParam(), dir_);
  const auto good = captured(p);
  const auto error_of = [&](auto spoil) {
    auto state = good;
    spoil(state);
    const auto restored = World::restore(state, grant(dir_.path(), "/data"));
    EXPECT_FALSE(World::close(state, 0, {{dir_.path(), "/data"}}).has_value());
    return restored ? std::string("accepted")
                    : std::string(restored.error().code == ErrorCode::kBadSnapshot ? "bad" : "io");
  };
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].path = "../text"; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].path = "/text"; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].path = "a//text"; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].path = "text/"; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].path = "./text"; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].path = std::string("te\0xt", 5); }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].path = std::string(5000, 'x'); }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].path = "other"; }), "io");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].preopen = 1; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].preopen = ~0u - 1; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].kind = 5; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].flags = 32; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].offset = ~uint64_t{0}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].number = 3; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].number = kMaxDescriptors; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].is_preopen = true; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[4].listing = {"x"}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[3].listing = {"../x"}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[3].listing = {".."}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[3].listing = {""}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.fds[0].path = "x"; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.args = {std::string("a\0b", 3)}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.preopens.push_back(s.preopens[0]); }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.overlay = {node(0, "..", 0)}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.overlay = {node(7, "x", 0)}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.overlay = {node(0, "x", 5)}; }), "bad");
  EXPECT_EQ(error_of([](auto& s) { s.overlay = {node(0, "y", 0), node(0, "x", 0)}; }), "bad");
}

TEST(WorldCapture, TakesAClosedWorldsRemovedOpenFilesAlong) {
  TempDir dir;
  dir.write("text", "hello there");
  WasiProgram p = half_read(true, dir);
  EXPECT_EQ(p.unlink("text"), Errno::kSuccess);
  const auto state = captured(p);
  auto restored = World::restore(state, grant(dir.path(), "/data"));
  ASSERT_TRUE(restored.has_value()) << restored.error().detail;
  WasiProgram again(std::move(*restored));
  EXPECT_EQ(again.read(4), "there");
  EXPECT_EQ(again.contents("text"), "errno 44");
  EXPECT_EQ(again.close(4), Errno::kSuccess);
  EXPECT_EQ(captured(again).overlay.size(), 1u);  // the whiteout; the contents went
}

TEST(WorldCapture, RefusesARealWorldsRemovedOpenFile) {
  TempDir dir;
  dir.write("text", "hello there");
  WasiProgram p = half_read(false, dir);
  EXPECT_EQ(p.unlink("text"), Errno::kSuccess);
  const auto state = p.world().capture();
  ASSERT_FALSE(state.has_value());
  EXPECT_EQ(state.error().code, ErrorCode::kNotCapturable);
  dir.write("text", "hello there");  // another file of that name
  EXPECT_FALSE(p.world().capture().has_value());
}

TEST(WorldCapture, KeepsWhatADirectoryListsWhileItIsListed) {
  TempDir dir;
  for (const char* name : {"a", "b", "c"}) dir.write(name, "");
  WasiProgram p(make_world(false, {{dir.path(), "/data"}}));
  (void)p.list(WasiProgram::kFirstPreopen);
  const auto state = captured(p);
  std::filesystem::remove(dir.path("a"));
  auto restored = World::restore(state, grant(dir.path(), "/data"));
  ASSERT_TRUE(restored.has_value());
  WasiProgram again(std::move(*restored));
  EXPECT_EQ(again.list(WasiProgram::kFirstPreopen, 3), (std::vector<std::string>{"b", "c"}));
}

TEST(WorldClock, OfAForkGoesOnFromWhatTheGuestSaw) {
  WasiProgram p(make_world(false, {}));
  p.set_instructions(1000);
  EXPECT_EQ(p.call(&wasi::clock_time_get, wasi::kClockMonotonic, 0, WasiProgram::kResult),
            Errno::kSuccess);
  const auto monotonic = p.load<uint64_t>(WasiProgram::kResult);
  EXPECT_EQ(p.call(&wasi::clock_time_get, wasi::kClockRealtime, 0, WasiProgram::kResult),
            Errno::kSuccess);
  const auto realtime = p.load<uint64_t>(WasiProgram::kResult);
  auto closed = World::close(captured(p), 0, {});
  ASSERT_TRUE(closed.has_value());
  WasiProgram fork(std::move(*closed));
  fork.set_instructions(1500);
  EXPECT_EQ(fork.call(&wasi::clock_time_get, wasi::kClockMonotonic, 0, WasiProgram::kResult),
            Errno::kSuccess);
  EXPECT_EQ(fork.load<uint64_t>(WasiProgram::kResult), monotonic + 500);
  EXPECT_EQ(fork.call(&wasi::clock_time_get, wasi::kClockRealtime, 0, WasiProgram::kResult),
            Errno::kSuccess);
  EXPECT_EQ(fork.load<uint64_t>(WasiProgram::kResult), realtime + 500);
}

TEST(WorldClock, NeverGoesBackAfterARestore) {
  WasiProgram p(make_world(false, {}));
  auto state = captured(p);
  constexpr uint64_t kAYear = uint64_t{365} * 24 * 3600 * 1'000'000'000;
  state.monotonic_base_ns = kAYear;  // another machine was up for longer than this one
  auto restored = World::restore(state, {});
  ASSERT_TRUE(restored.has_value());
  WasiProgram again(std::move(*restored));
  EXPECT_EQ(again.call(&wasi::clock_time_get, wasi::kClockMonotonic, 0, WasiProgram::kResult),
            Errno::kSuccess);
  EXPECT_GE(again.load<uint64_t>(WasiProgram::kResult), kAYear);
}

TEST(WorldCreate, NamesTheDirectoryThatItCannotOpen) {
  const auto world = World::create(grant("/nowhere/at/all", "."));
  ASSERT_FALSE(world.has_value());
  EXPECT_EQ(world.error().code, ErrorCode::kIo);
  EXPECT_NE(world.error().detail.find("/nowhere/at/all"), std::string::npos);
}

TEST(WorldCreate, IsTheSameForTheSameConfig) {
  const auto state_of = [] { return make_world(false, {}).capture(); };
  const auto a = state_of();
  const auto b = state_of();
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->realtime_base_ns, b->realtime_base_ns);
  EXPECT_EQ(a->monotonic_base_ns, b->monotonic_base_ns);
}

}  // namespace
}  // namespace tine
