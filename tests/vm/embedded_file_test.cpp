// Files that go on with their embedded contents, in memory; and states that nobody made.
#include "vm/fd_policy_fixture.h"

namespace tine {
namespace {

using namespace test;

// --- embedded files at work --------------------------------------------------------------------

/// A program that goes on with /data/text in memory; at the host another file is there.
class EmbeddedFile : public OpenFile {
 protected:
  EmbeddedFile() : state_(captured(program_, FdPolicy::kEmbed)) { replace("the host's own"); }
  WorldState state_;
};

TEST_F(EmbeddedFile, IsWrittenWithoutTouchingTheHosts) {
  WasiProgram p = restored(state_, dir_);
  EXPECT_EQ(p.write(kFile, "WORLD"), Errno::kSuccess);
  EXPECT_EQ(p.write(kFile, " and more"), Errno::kSuccess);
  EXPECT_EQ(size_of(p, kFile), 20u);
  EXPECT_EQ(p.seek(kFile, -4, wasi::kWhenceEnd), Errno::kSuccess);
  EXPECT_EQ(p.read(kFile), "more");
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_size, kFile, 11), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_allocate, kFile, 0, 100), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_times, kFile, 0, 7, wasi::kSetMtime), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_sync, kFile), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_datasync, kFile), Errno::kSuccess);
  EXPECT_EQ(size_of(p, kFile), 100u);
  EXPECT_EQ(test::read_text(dir_.path("text")), "the host's own");
  EXPECT_EQ(p.contents("text"), "the host's own");
}

TEST_F(EmbeddedFile, IsNoEntryOfADirectory) {
  WasiProgram p = restored(state_, dir_);
  EXPECT_EQ(p.list(WasiProgram::kFirstPreopen), (std::vector<std::string>{".", "..", "text"}));
  EXPECT_EQ(p.rename("text", "moved"), Errno::kSuccess);
  EXPECT_EQ(p.unlink("moved"), Errno::kSuccess);
  EXPECT_EQ(p.read(kFile), "there");
}

TEST_F(EmbeddedFile, CannotBeReadAsADirectory) {
  WasiProgram p = restored(state_, dir_);
  EXPECT_EQ(p.call(&wasi::fd_readdir, kFile, WasiProgram::kBuffer, 100, 0, WasiProgram::kResult),
            Errno::kNotDir);
}

TEST_F(EmbeddedFile, StaysInMemoryFromSnapshotToSnapshot) {
  WasiProgram first = restored(state_, dir_);
  EXPECT_EQ(first.write(kFile, "WORLD"), Errno::kSuccess);
  const WorldState one = captured(first);
  EXPECT_EQ(fd_of(one, kFile)->preopen, kOrphanPreopen);
  for (const FdPolicy policy : kAll) {
    WasiProgram next = restored(one, dir_, policy);
    EXPECT_EQ(differences(one, captured(next, policy)), kNone);
  }
  fs::remove_all(dir_.path("text"));
  WasiProgram last = restored(one, dir_);
  EXPECT_EQ(last.seek(kFile, 0, wasi::kWhenceSet), Errno::kSuccess);
  EXPECT_EQ(last.read(kFile), "hello WORLD");
}

TEST_F(EmbeddedFile, IsPrivateToEachFork) {
  WasiProgram first = restored(state_, dir_);
  const WorldState one = captured(first);  // a file in memory alone
  for (int i = 0; i < 2; ++i) {
    auto world = World::close(one, 0, {{dir_.path(), "/data"}});
    ASSERT_TRUE(world.has_value()) << world.error().detail;
    world->mark_base();
    WasiProgram fork(std::move(*world));
    EXPECT_EQ(fork.write(kFile, "FORKS"), Errno::kSuccess);
    fork.world().reset_to_base();
    EXPECT_EQ(fork.read(kFile), "there");
  }
}

TEST_F(EmbeddedFile, IsForgottenOnceItIsClosed) {
  WasiProgram p = restored(state_, dir_);
  EXPECT_EQ(p.close(kFile), Errno::kSuccess);
  EXPECT_TRUE(captured(p).overlay.empty());
  WasiProgram q = restored(state_, dir_);
  EXPECT_EQ(q.call(&wasi::fd_renumber, kFile, 0), Errno::kSuccess);
  EXPECT_EQ(q.read(0), "there");
  EXPECT_EQ(captured(q).overlay.size(), 1u);
}

TEST_F(EmbeddedFile, KeepsItsRights) {
  WasiProgram p(make_world(false, {{dir_.path(), "/data"}}));
  uint32_t fd = 0;
  ASSERT_EQ(p.open_for_reading("text", &fd), Errno::kSuccess);
  const WorldState state = captured(p, FdPolicy::kEmbed);
  remove();
  WasiProgram again = restored(state, dir_);
  EXPECT_EQ(again.write(fd, "x"), Errno::kNotCapable);
}

TEST_F(OpenFile, WithManyDescriptorsStaysOneFile) {
  uint32_t second = 0;
  ASSERT_EQ(program_.open("text", 0, rights::kAll, &second), Errno::kSuccess);
  fs::create_hard_link(dir_.path("text"), dir_.path("link"));
  uint32_t third = 0;
  ASSERT_EQ(program_.open("link", 0, rights::kAll, &third), Errno::kSuccess);
  const WorldState state = captured(program_, FdPolicy::kEmbed);
  ASSERT_EQ(state.overlay.size(), 1u);
  // One of its names is gone, and so all three go on in memory.
  fs::remove(dir_.path("link"));
  WasiProgram p = restored(state, dir_);
  EXPECT_EQ(p.write(second, "HELLO"), Errno::kSuccess);
  EXPECT_EQ(p.read(third), "HELLO there");
  EXPECT_EQ(p.close(second), Errno::kSuccess);
  EXPECT_EQ(p.read(kFile), "there");
  EXPECT_EQ(test::read_text(dir_.path("text")), "hello there");
  const WorldState again = captured(p);
  EXPECT_EQ(again.overlay.size(), 1u);
  EXPECT_EQ(fd_of(again, kFile)->path, fd_of(again, third)->path);
}

TEST_F(OpenFile, WithTwoNamesThatHaveBecomeTwoFilesStaysOneFile) {
  fs::create_hard_link(dir_.path("text"), dir_.path("link"));
  uint32_t second = 0;
  ASSERT_EQ(program_.open("link", 0, rights::kAll, &second), Errno::kSuccess);
  const WorldState state = captured(program_, FdPolicy::kEmbed);
  fs::remove(dir_.path("link"));
  dir_.write("link", "hello there");  // as copying a folder does
  WasiProgram p = restored(state, dir_);
  EXPECT_EQ(p.write(second, "HELLO"), Errno::kSuccess);
  EXPECT_EQ(p.seek(kFile, 0, wasi::kWhenceSet), Errno::kSuccess);
  EXPECT_EQ(p.read(kFile), "HELLO there");
}

TEST_F(OpenFile, WithARemovedAndAStandingNameStaysOneFile) {
  fs::create_hard_link(dir_.path("text"), dir_.path("link"));
  uint32_t second = 0;
  ASSERT_EQ(program_.open("link", 0, rights::kAll, &second), Errno::kSuccess);
  remove();
  const WorldState state = captured(program_, FdPolicy::kEmbed);
  ASSERT_EQ(state.overlay.size(), 1u);
  EXPECT_EQ(fd_of(state, kFile)->preopen, kOrphanPreopen);
  EXPECT_EQ(fd_of(state, second)->embedded, 1u);
  WasiProgram p = restored(state, dir_);
  EXPECT_EQ(p.write(second, "HELLO"), Errno::kSuccess);
  EXPECT_EQ(p.seek(kFile, 0, wasi::kWhenceSet), Errno::kSuccess);
  EXPECT_EQ(p.read(kFile), "HELLO there");
  EXPECT_EQ(test::read_text(dir_.path("link")), "hello there");
}

TEST_F(OpenFile, IsNumberedByDescriptorsSoThatTheSameStateHasTheSameForm) {
  uint32_t fd = 0;
  for (const char* name : {"z", "y"}) {
    dir_.write(name, name);
    ASSERT_EQ(program_.open_for_reading(name, &fd), Errno::kSuccess);
  }
  const WorldState state = captured(program_, FdPolicy::kEmbed);
  EXPECT_EQ(differences(state, captured(program_, FdPolicy::kEmbed)), kNone);
  EXPECT_EQ(fd_of(state, 4)->embedded, 1u);
  EXPECT_EQ(fd_of(state, 5)->embedded, 2u);
  EXPECT_EQ(fd_of(state, 6)->embedded, 3u);
  WasiProgram again = restored(state, dir_);
  EXPECT_EQ(differences(state, captured(again, FdPolicy::kEmbed)), kNone);
}

// --- states that nobody made -------------------------------------------------------------------

class HostileFiles : public EmbeddedFile {
 protected:
  std::string error_of_spoilt(void (*spoil)(WorldState&)) {
    WorldState state = state_;
    spoil(state);
    const auto world = restore(state, dir_);
    EXPECT_FALSE(World::close(state, 0, {{dir_.path(), "/data"}}).has_value());
    if (!world) EXPECT_EQ(world.error().code, ErrorCode::kBadSnapshot) << world.error().detail;
    return error_of(world);
  }
};

TEST_F(HostileFiles, AreRefusedWhereTheyMakeNoSense) {
  const std::pair<void (*)(WorldState&), const char*> cases[] = {
      {[](WorldState& s) { s.fds[4].embedded = 2; }, "contents that are not there"},
      {[](WorldState& s) { s.fds[4].embedded = ~0u; }, "contents that are not there"},
      {[](WorldState& s) { s.fds[4].file_hash.clear(); }, "no file of the host"},
      {[](WorldState& s) { s.fds[4].file_hash.resize(17); }, "hash that cannot be"},
      {[](WorldState& s) { s.fds[3].file_hash.resize(16); }, "hash that cannot be"},
      {[](WorldState& s) { s.fds[0].embedded = 1; }, "no file of the host"},
      {[](WorldState& s) { s.fds[4].preopen = kOrphanPreopen; }, "hash that cannot be"},
      {[](WorldState& s) { s.fds[4].embedded = 0; }, "removed file 0 is not open"},
      {[](WorldState& s) { s.overlay[0].kind = 1; }, "removed file 0 is none"},
      {[](WorldState& s) { s.overlay[0].path = ".."; }, "not canonical"},
      {[](WorldState& s) { s.overlay[0].path = ""; }, "without a number"},
      {[](WorldState& s) { s.overlay[0].preopen = 0; }, "real world with an overlay"},
      {[](WorldState& s) { s.overlay[0].preopen = 1; }, "no such preopen"},
      {[](WorldState& s) { s.losses = {{kMaxDescriptors, 0, ""}}; }, "cannot be"},
      {[](WorldState& s) { s.losses = {{9, 2, ""}}; }, "contradicts"},
      {[](WorldState& s) { s.losses = {{4, 77, ""}}; }, "unknown kind"},
      {[](WorldState& s) { s.losses = {{4, 0, ""}}; }, "contradicts"},
      {[](WorldState& s) { s.losses = {{9, 0, ""}, {9, 0, ""}}; }, "not in order"},
      {[](WorldState& s) { s.losses = {{9, 0, std::string(100'001, 'x')}}; }, "too long"},
  };
  for (const auto& [spoil, told] : cases)
    EXPECT_TRUE(contains(error_of_spoilt(spoil), told)) << told << ": " << error_of_spoilt(spoil);
}

TEST_F(HostileFiles, CannotReachBeyondTheGrant) {
  const TempDir outside;
  outside.write("secret", "hello there");
  fs::create_symlink(outside.path(), dir_.path("way"));
  fs::create_symlink(outside.path("secret"), dir_.path("link"));
  const std::string out = "../" + fs::path(outside.path()).filename().string() + "/secret";
  for (const std::string& path : {std::string("way/secret"), std::string("link"), out,
                                  outside.path("secret"), std::string("way/../secret")}) {
    for (const FdPolicy policy : {FdPolicy::kError, FdPolicy::kReopen}) {
      WorldState state = state_;
      state.fds[4].path = path;
      EXPECT_FALSE(restore(state, dir_, policy).has_value()) << path;
      EXPECT_FALSE(World::close(state, 0, {{dir_.path(), "/data"}}, policy).has_value()) << path;
    }
  }
}

TEST_F(HostileFiles, GetNoDirectoryOrRightThatWasNotGranted) {
  const TempDir outside;
  WorldState state = state_;
  state.preopens[0].host_path_hint = outside.path();  // a hint, for people
  for (FdState& fd : state.fds) fd.rights_base = fd.rights_inheriting = ~uint64_t{0};
  WasiProgram p = restored(state, dir_);
  EXPECT_EQ(p.contents("text"), "the host's own");
  EXPECT_EQ(p.read(kFile), "there");
  const WorldState after = captured(p);
  EXPECT_EQ(after.preopens[0].host_path_hint, dir_.path());
  EXPECT_EQ(after.fds[3].rights_base, rights::kDirectory);
  EXPECT_EQ(after.fds[4].rights_base, rights::kFile);
  EXPECT_EQ(after.fds[4].rights_inheriting, 0u);
  state.preopens.push_back({"/etc", "/etc"});
  EXPECT_TRUE(contains(error_of(restore(state, dir_)), "grant it with --dir HOST::/etc"));
}

}  // namespace
}  // namespace tine
