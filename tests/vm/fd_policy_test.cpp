// Open files of the host that a snapshot cannot leave where they are: every policy when the snapshot
// is taken, every policy when it is restored.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "support/temp_dir.h"
#include "tine/field_differences.h"
#include "tine/limits.h"
#include "tine/state.h"
#include "vm/wasi_fixture.h"

namespace tine {
namespace {

namespace fs = std::filesystem;
using test::make_world;
using test::TempDir;
using test::WasiProgram;
using wasi::Errno;
namespace rights = wasi::rights;

using Policy = std::optional<FdPolicy>;
constexpr FdPolicy kAll[] = {FdPolicy::kError, FdPolicy::kReopen, FdPolicy::kEmbed,
                             FdPolicy::kClose};
constexpr uint32_t kFile = 4;  // the descriptor of what is opened first

Result<WorldState> capture(WasiProgram& p, FdPolicy policy = FdPolicy::kError) {
  p.world().set_capture_policy(policy);
  return p.world().capture();
}

WorldState captured(WasiProgram& p, FdPolicy policy = FdPolicy::kError) {
  auto state = capture(p, policy);
  EXPECT_TRUE(state.has_value()) << state.error().detail;
  return state ? std::move(*state) : WorldState{};
}

Result<World> restore(const WorldState& state, const TempDir& dir, Policy policy = {}) {
  WorldConfig grants = test::grant(dir.path(), "/data");
  grants.fd_policy = policy;
  return World::restore(state, grants);
}

WasiProgram restored(const WorldState& state, const TempDir& dir, Policy policy = {}) {
  auto world = restore(state, dir, policy);
  EXPECT_TRUE(world.has_value()) << world.error().detail;
  return WasiProgram(world ? std::move(*world) : World());
}

std::string error_of(const Result<World>& world) { return world ? "" : world.error().detail; }
std::string error_of(const Result<WorldState>& state) { return state ? "" : state.error().detail; }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

/// Empty: the two are the same, field by field.
std::vector<std::string> differences(const WorldState& a, const WorldState& b) {
  MachineState ma;
  MachineState mb;
  ma.world = a;
  mb.world = b;
  std::vector<std::string> lines;
  for (const Difference& d : field_differences(ma, mb, 20)) lines.push_back(to_string(d));
  return lines;
}
const std::vector<std::string> kNone;

std::vector<std::string> lines_of(const std::vector<LossState>& losses) {
  std::vector<std::string> lines;
  for (const LossState& loss : losses) lines.push_back(to_string(loss));
  return lines;
}

const FdState* fd_of(const WorldState& state, uint32_t number) {
  for (const FdState& fd : state.fds)
    if (fd.number == number) return &fd;
  return nullptr;
}

uint64_t size_of(WasiProgram& p, uint32_t fd) {
  EXPECT_EQ(p.call(&wasi::fd_filestat_get, fd, WasiProgram::kStat), Errno::kSuccess);
  EXPECT_EQ(p.load<uint8_t>(WasiProgram::kStat + 16),
            static_cast<uint8_t>(wasi::FileType::kRegularFile));
  return p.load<uint64_t>(WasiProgram::kStat + 32);
}

/// A real world whose program has read "hello " of /data/text, which it may also write.
class OpenFile : public testing::Test {
 protected:
  OpenFile() : program_(make_program(false)) {}

  WasiProgram make_program(bool closed) {
    dir_.write("text", "hello there");
    WasiProgram p(make_world(closed, {{dir_.path(), "/data"}}));
    uint32_t fd = 0;
    EXPECT_EQ(p.open("text", 0, rights::kAll, &fd), Errno::kSuccess);
    EXPECT_EQ(fd, kFile);
    EXPECT_EQ(p.read(fd, 6), "hello ");
    return p;
  }
  void remove() { fs::remove(dir_.path("text")); }
  void replace(std::string_view text) {
    dir_.write("new", text);
    fs::rename(dir_.path("new"), dir_.path("text"));
  }

  TempDir dir_;
  WasiProgram program_;
};

// --- taking a snapshot -------------------------------------------------------------------------

TEST_F(OpenFile, ThatIsInItsPlaceIsTheSameForAllPoliciesButEmbed) {
  const WorldState plain = captured(program_);
  EXPECT_TRUE(plain.overlay.empty());
  EXPECT_TRUE(plain.losses.empty());
  for (const FdPolicy policy : {FdPolicy::kReopen, FdPolicy::kClose})
    EXPECT_EQ(differences(plain, captured(program_, policy)), kNone);
  const WorldState embedded = captured(program_, FdPolicy::kEmbed);
  ASSERT_EQ(embedded.overlay.size(), 1u);
  EXPECT_EQ(std::string(embedded.overlay[0].contents.begin(), embedded.overlay[0].contents.end()),
            "hello there");
  EXPECT_EQ(fd_of(embedded, kFile)->embedded, 1u);
  EXPECT_EQ(fd_of(embedded, kFile)->path, "text");
  EXPECT_EQ(fd_of(embedded, kFile)->file_hash, fd_of(plain, kFile)->file_hash);
  EXPECT_TRUE(embedded.losses.empty());
}

TEST_F(OpenFile, ThatWasRemovedOrReplacedMakesNoSnapshotByDefault) {
  remove();
  const auto gone = capture(program_);
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().code, ErrorCode::kNotCapturable);
  EXPECT_EQ(gone.error().detail,
            "descriptor 4, /data/text: a file that was removed or replaced since it was opened "
            "(--fd-policy: what to do then)");
  replace("hello there");  // another one of the same contents
  EXPECT_FALSE(capture(program_).has_value());
}

TEST_F(OpenFile, ThatWasRemovedTravelsEmbedded) {
  remove();
  const WorldState state = captured(program_, FdPolicy::kEmbed);
  EXPECT_EQ(fd_of(state, kFile)->preopen, kOrphanPreopen);
  EXPECT_TRUE(state.losses.empty());
  replace("something else");  // of no concern
  WasiProgram again = restored(state, dir_);
  EXPECT_EQ(again.read(kFile), "there");
  EXPECT_EQ(again.write(kFile, "!"), Errno::kSuccess);
  EXPECT_EQ(size_of(again, kFile), 12u);
  EXPECT_EQ(again.contents("text"), "something else");
  EXPECT_EQ(program_.seek(kFile, 0, wasi::kWhenceSet), Errno::kSuccess);
  EXPECT_EQ(program_.read(kFile), "hello there");
}

TEST_F(OpenFile, ThatWasRemovedIsReadThroughAnyDescriptor) {
  uint32_t fd = 0;
  ASSERT_EQ(program_.open("secret", wasi::kOpenCreate, rights::kFdWrite, &fd), Errno::kSuccess);
  ASSERT_EQ(program_.write(fd, "write-only"), Errno::kSuccess);
  fs::remove(dir_.path("secret"));
  const WorldState state = captured(program_, FdPolicy::kEmbed);
  ASSERT_EQ(state.overlay.size(), 2u);
  EXPECT_EQ(state.overlay[1].contents.size(), 10u);
}

TEST_F(OpenFile, ThatWasRemovedIsLeftOutAndListed) {
  remove();
  const WorldState state = captured(program_, FdPolicy::kClose);
  EXPECT_EQ(fd_of(state, kFile), nullptr);
  EXPECT_EQ(lines_of(state.losses),
            std::vector<std::string>{"descriptor 4, /data/text: its file could not be taken "
                                     "along; the program finds it closed"});
  WasiProgram again = restored(state, dir_);
  EXPECT_EQ(again.read(kFile), "errno 8");
  EXPECT_EQ(differences(state, captured(again)), kNone);
  // Once the number means another file, nothing is missing under it.
  EXPECT_EQ(again.write_file("other", ""), Errno::kSuccess);
  uint32_t fd = 0;
  EXPECT_EQ(again.open_for_reading("other", &fd), Errno::kSuccess);
  EXPECT_EQ(fd, kFile);
  EXPECT_TRUE(captured(again).losses.empty());
}

TEST_F(OpenFile, ThatWasReplacedIsRecordedByItsPathAndListed) {
  replace("new text");
  const WorldState state = captured(program_, FdPolicy::kReopen);
  EXPECT_EQ(lines_of(state.losses),
            std::vector<std::string>{"descriptor 4, /data/text: removed or replaced since it was "
                                     "opened; only its path is recorded"});
  EXPECT_EQ(fd_of(state, kFile)->file_size, 11u);  // of the file that the program has
  EXPECT_FALSE(restore(state, dir_).has_value());
  WasiProgram again = restored(state, dir_, FdPolicy::kReopen);
  EXPECT_EQ(again.read(kFile), "xt");
  EXPECT_TRUE(captured(again).losses.empty());
}

TEST_F(OpenFile, BeyondTheLimitIsNotEmbeddedAndSaysSo) {
  fs::resize_file(dir_.path("text"), uint64_t{kLimits.embedded_file_bytes} + 1);
  const WorldState state = captured(program_, FdPolicy::kEmbed);
  EXPECT_TRUE(state.overlay.empty());
  EXPECT_EQ(lines_of(state.losses),
            std::vector<std::string>{"descriptor 4, /data/text: too large to embed; only what it "
                                     "is known again by is recorded"});
  EXPECT_TRUE(restore(state, dir_).has_value());
  remove();
  const auto refused = capture(program_, FdPolicy::kEmbed);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kNotCapturable);
  EXPECT_TRUE(contains(refused.error().detail, "cannot be embedded: 268435457 bytes"))
      << refused.error().detail;
}

TEST_F(OpenFile, OfAClosedWorldIsEmbeddedToo) {
  WasiProgram p = make_program(true);
  const WorldState state = captured(p, FdPolicy::kEmbed);
  EXPECT_EQ(fd_of(state, kFile)->embedded, 1u);
  replace("other");
  WasiProgram again = restored(state, dir_);
  EXPECT_EQ(again.read(kFile), "there");
  EXPECT_EQ(again.contents("text"), "other");
  EXPECT_EQ(again.close(kFile), Errno::kSuccess);
  EXPECT_TRUE(captured(again).overlay.empty());
}

TEST(OpenPipe, IsOpenedAnewAndListed) {
  const TempDir dir;
  WasiProgram p(make_world(false, {{dir.path(), "/data"}}));
  ASSERT_EQ(mkfifo(dir.path("pipe").c_str(), 0600), 0);
  uint32_t fd = 0;
  ASSERT_EQ(p.open("pipe", 0, WasiProgram::kReading | WasiProgram::kWriting, &fd), Errno::kSuccess);
  for (const FdPolicy policy : kAll) {
    const WorldState state = captured(p, policy);
    EXPECT_EQ(lines_of(state.losses),
              std::vector<std::string>{"descriptor 4, /data/pipe: a device, pipe or socket, opened "
                                       "anew by its path"});
    EXPECT_TRUE(restore(state, dir).has_value());
  }
  fs::remove(dir.path("pipe"));
  EXPECT_FALSE(capture(p).has_value());
  EXPECT_TRUE(contains(error_of(capture(p, FdPolicy::kEmbed)), "no regular file"));
}

class OpenDirectory : public testing::Test {
 protected:
  OpenDirectory() : program_(make_world(false, {{dir_.path(), "/data"}})) {
    for (const char* name : {"sub/a", "sub/b", "sub/c"}) dir_.write(name, "");
    uint32_t fd = 0;
    EXPECT_EQ(program_.open("sub", wasi::kOpenDirectory, rights::kAll, &fd), Errno::kSuccess);
    (void)program_.list(kFile);
  }
  void remove() { fs::remove_all(dir_.path("sub")); }
  TempDir dir_;
  WasiProgram program_;
};

TEST_F(OpenDirectory, ThatWasRemovedGoesByThePolicyOfTheSnapshot) {
  remove();
  const auto refused = capture(program_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().detail,
            "descriptor 4, /data/sub: a directory that was removed since it was opened "
            "(--fd-policy: what "
            "to do then)");
  EXPECT_EQ(fd_of(captured(program_, FdPolicy::kClose), kFile), nullptr);
  for (const FdPolicy policy : {FdPolicy::kReopen, FdPolicy::kEmbed}) {
    const WorldState state = captured(program_, policy);
    EXPECT_NE(fd_of(state, kFile), nullptr);
    EXPECT_EQ(lines_of(state.losses),
              std::vector<std::string>{"descriptor 4, /data/sub: the directory was removed since "
                                       "it was opened"});
  }
}

TEST_F(OpenDirectory, ThatIsGoneGoesByThePolicyOfTheRestore) {
  const WorldState state = captured(program_, FdPolicy::kEmbed);
  remove();
  for (const Policy policy : {Policy(), Policy(FdPolicy::kError), Policy(FdPolicy::kReopen)})
    EXPECT_TRUE(contains(error_of(restore(state, dir_, policy)),
                         "descriptor 4, /data/sub: the directory is gone"));
  WasiProgram closed = restored(state, dir_, FdPolicy::kClose);
  EXPECT_EQ(closed.close(kFile), Errno::kBadf);
  WasiProgram kept = restored(state, dir_, FdPolicy::kEmbed);
  EXPECT_EQ(kept.list(kFile, 3), (std::vector<std::string>{"b", "c"}));
  uint32_t fd = 0;
  EXPECT_EQ(kept.open("a", 0, WasiProgram::kReading, &fd, kFile), Errno::kNoEnt);
}

// --- standard streams ---------------------------------------------------------------------------

/// A descriptor of this process that means something else for a while.
class Replaced {
 public:
  Replaced(int fd, int by) : fd_(fd), saved_(dup(fd)) { dup2(by, fd); }
  ~Replaced() {
    dup2(saved_, fd_);
    close(saved_);
  }
  Replaced(const Replaced&) = delete;
  Replaced& operator=(const Replaced&) = delete;

 private:
  int fd_;
  int saved_;
};

std::vector<std::string> losses_with(int fd, int by, bool reads) {
  WasiProgram p(make_world(false, {}));
  const Replaced replaced(fd, by);
  if (reads) EXPECT_EQ(p.read(0, 1), "x");
  EXPECT_TRUE(captured(p).losses.empty());  // streams of a process are no state
  return p.world().stream_losses();
}

TEST(StreamLosses, TellWhatInputTheProgramHasReadFrom) {
  int pipe_ends[2];
  int sockets[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
  EXPECT_EQ(losses_with(0, pipe_ends[0], false), kNone);
  ASSERT_EQ(write(pipe_ends[1], "x", 1), 1);
  EXPECT_EQ(losses_with(0, pipe_ends[0], true),
            std::vector<std::string>{"standard input, a pipe that the program has read from"});
  ASSERT_EQ(write(sockets[1], "x", 1), 1);
  EXPECT_EQ(losses_with(0, sockets[0], true),
            std::vector<std::string>{"standard input, a socket that the program has read from"});
  for (const int fd : {pipe_ends[0], pipe_ends[1], sockets[0], sockets[1]}) close(fd);
}

TEST(StreamLosses, TellWhichOutputIsAConnection) {
  int pipe_ends[2];
  int sockets[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
  EXPECT_EQ(losses_with(1, pipe_ends[1], false), kNone);
  EXPECT_EQ(losses_with(1, sockets[0], false),
            std::vector<std::string>{"standard output, a socket"});
  EXPECT_EQ(losses_with(2, sockets[0], false),
            std::vector<std::string>{"standard error, a socket"});
  for (const int fd : {pipe_ends[0], pipe_ends[1], sockets[0], sockets[1]}) close(fd);
}

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
