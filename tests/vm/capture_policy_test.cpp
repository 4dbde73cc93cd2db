// What a snapshot takes along of open files and streams: every policy when it is taken.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tine/limits.h"
#include "vm/fd_policy_fixture.h"

namespace tine {
namespace {

using namespace test;

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
    EXPECT_EQ(program_.open("sub", wasi::kOpenDirectory, rights::kDirectory, &fd), Errno::kSuccess);
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

}  // namespace
}  // namespace tine
