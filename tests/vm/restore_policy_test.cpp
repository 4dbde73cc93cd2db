// Open files of the host that differ or are gone: every policy when a snapshot is restored.
#include <sys/stat.h>

#include "vm/fd_policy_fixture.h"

namespace tine {
namespace {

using namespace test;

// --- restoring one -----------------------------------------------------------------------------

/// What can have become of the file, and how restore tells it.
struct Change {
  const char* what;
  void (*happen)(const TempDir& dir);
  const char* told;
  bool can_be_taken;
};

const Change kChanges[] = {
    {"removed", [](const TempDir& dir) { fs::remove(dir.path("text")); },
     "descriptor 4, /data/text: the file is gone", false},
    {"longer", [](const TempDir& dir) { dir.write("text", "hello over there"); },
     "descriptor 4, /data/text: differs: its size was 11 bytes, now 16", true},
    {"other contents at the same time",
     [](const TempDir& dir) {
       const auto time = fs::last_write_time(dir.path("text"));
       dir.write("text", "hello where");
       fs::last_write_time(dir.path("text"), time);
     },
     "descriptor 4, /data/text: differs: its contents have changed", true},
    {"a link",
     [](const TempDir& dir) {
       dir.write("target", "hello there");
       fs::remove(dir.path("text"));
       fs::create_symlink("target", dir.path("text"));
     },
     "descriptor 4, /data/text: is no regular file any more", false},
    {"a directory",
     [](const TempDir& dir) {
       fs::remove(dir.path("text"));
       fs::create_directory(dir.path("text"));
     },
     "descriptor 4, /data/text: is no regular file any more", false},
    {"a pipe that nobody writes to",
     [](const TempDir& dir) {
       fs::remove(dir.path("text"));
       ASSERT_EQ(mkfifo(dir.path("text").c_str(), 0600), 0);
     },
     "descriptor 4, /data/text: is no regular file any more", false},
};

/// The file opened for reading alone: a pipe in its place would make an open wait.
WorldState reading_state(const TempDir& dir, bool closed, FdPolicy policy) {
  dir.write("text", "hello there");
  WasiProgram p(make_world(closed, {{dir.path(), "/data"}}));
  uint32_t fd = 0;
  EXPECT_EQ(p.open_for_reading("text", &fd), Errno::kSuccess);
  EXPECT_EQ(p.read(fd, 6), "hello ");
  return captured(p, policy);
}

class ChangedFile : public testing::TestWithParam<std::tuple<bool, size_t>> {
 protected:
  [[nodiscard]] bool is_closed() const { return std::get<0>(GetParam()); }
  [[nodiscard]] const Change& change() const { return kChanges[std::get<1>(GetParam())]; }
  /// A state that saw the file before the change.
  WorldState state(FdPolicy policy) {
    WorldState s = reading_state(dir_, is_closed(), policy);
    change().happen(dir_);
    return s;
  }
  void expect_refused(const Result<World>& world, const std::string& more = "") {
    ASSERT_FALSE(world.has_value());
    EXPECT_EQ(world.error().code, ErrorCode::kIo);
    EXPECT_EQ(world.error().detail, change().told + more + " (--fd-policy: what to do then)");
  }
  TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(BothWorlds, ChangedFile,
                         testing::Combine(testing::Bool(),
                                          testing::Range(size_t{0}, std::size(kChanges))));

TEST_P(ChangedFile, IsRefusedByDefaultAndByError) {
  const WorldState s = state(FdPolicy::kError);
  expect_refused(restore(s, dir_));
  expect_refused(restore(s, dir_, FdPolicy::kError));
  expect_refused(World::close(s, 0, {{dir_.path(), "/data"}}));
}

TEST_P(ChangedFile, IsRefusedByErrorEvenIfItIsEmbedded) {
  expect_refused(restore(state(FdPolicy::kEmbed), dir_, FdPolicy::kError));
}

TEST_P(ChangedFile, IsTakenAsItIsByReopen) {
  for (const FdPolicy taken : {FdPolicy::kError, FdPolicy::kEmbed}) {
    fs::remove(dir_.path("text"));
    const WorldState s = state(taken);
    if (!change().can_be_taken) {
      expect_refused(restore(s, dir_, FdPolicy::kReopen));
      continue;
    }
    auto world = restore(s, dir_, FdPolicy::kReopen);
    ASSERT_TRUE(world.has_value()) << world.error().detail;
    EXPECT_EQ(world->restore_notes(),
              std::vector<std::string>{std::string(change().told) + "; reopened"});
    WasiProgram p(std::move(*world));
    EXPECT_EQ(p.read(kFile), test::read_text(dir_.path("text")).substr(6));
  }
}

TEST_P(ChangedFile, IsClosedByClose) {
  auto world = restore(state(FdPolicy::kEmbed), dir_, FdPolicy::kClose);
  ASSERT_TRUE(world.has_value()) << world.error().detail;
  EXPECT_EQ(world->restore_notes(),
            std::vector<std::string>{std::string(change().told) + "; closed"});
  WasiProgram p(std::move(*world));
  EXPECT_EQ(p.read(kFile), "errno 8");
  const WorldState after = captured(p);
  ASSERT_EQ(after.losses.size(), 1u);
  EXPECT_EQ(after.losses[0].what, static_cast<uint8_t>(LossKind::kClosed));
  EXPECT_TRUE(after.overlay.empty());
}

TEST_P(ChangedFile, GoesOnFromTheSnapshotIfItIsEmbedded) {
  for (const Policy policy : {Policy(), Policy(FdPolicy::kEmbed)}) {
    fs::remove(dir_.path("text"));
    const WorldState s = state(FdPolicy::kEmbed);
    auto world = restore(s, dir_, policy);
    ASSERT_TRUE(world.has_value()) << world.error().detail;
    EXPECT_EQ(world->restore_notes(),
              std::vector<std::string>{std::string(change().told) +
                                       "; goes on with the contents in the snapshot"});
    WasiProgram p(std::move(*world));
    EXPECT_EQ(p.read(kFile), "there");
  }
}

TEST_P(ChangedFile, GoesOnInForksIfItIsEmbedded) {
  const WorldState s = state(FdPolicy::kEmbed);
  auto world = World::close(s, 0, {{dir_.path(), "/data"}});
  ASSERT_TRUE(world.has_value()) << world.error().detail;
  world->mark_base();
  WasiProgram fork(std::move(*world));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(fork.read(kFile, 2), "th");
    EXPECT_EQ(size_of(fork, kFile), 11u);
    fork.world().reset_to_base();
  }
}

TEST_P(ChangedFile, CannotBeEmbeddedAfterTheFact) {
  expect_refused(restore(state(FdPolicy::kError), dir_, FdPolicy::kEmbed),
                 ", and the snapshot does not have its contents");
}

TEST_F(OpenFile, ThatIsUnchangedIsTheHostsWhateverThePolicy) {
  for (const FdPolicy taken : {FdPolicy::kError, FdPolicy::kEmbed}) {
    const WorldState state = captured(program_, taken);
    for (const Policy policy : {Policy(), Policy(FdPolicy::kError), Policy(FdPolicy::kReopen),
                                Policy(FdPolicy::kEmbed), Policy(FdPolicy::kClose)}) {
      auto world = restore(state, dir_, policy);
      ASSERT_TRUE(world.has_value()) << world.error().detail;
      EXPECT_EQ(world->restore_notes(), kNone);
      WasiProgram p(std::move(*world));
      EXPECT_EQ(differences(state, captured(p, taken)), kNone);
      EXPECT_TRUE(captured(p).overlay.empty());
    }
  }
  WasiProgram p = restored(captured(program_, FdPolicy::kEmbed), dir_);
  EXPECT_EQ(p.write(kFile, "HOST"), Errno::kSuccess);
  EXPECT_EQ(test::read_text(dir_.path("text")), "hello HOSTe");
}

}  // namespace
}  // namespace tine
