// Files and paths through WASI, the same claims in the real and in the closed world.
#include <unistd.h>

#include <filesystem>

#include "support/temp_dir.h"
#include "vm/wasi_fixture.h"

namespace tine {
namespace {

using test::make_world;
using test::TempDir;
using test::WasiProgram;
using wasi::Errno;
using wasi::Ptr;
namespace rights = wasi::rights;

constexpr Ptr kResult = WasiProgram::kResult;
constexpr Ptr kStat = WasiProgram::kStat;
constexpr uint32_t kRoot = WasiProgram::kFirstPreopen;

/// A host directory `box` with something in it, and something beside it that must stay unseen.
class Files : public testing::TestWithParam<bool> {
 protected:
  Files() {
    dir_.write("secret", "out of reach");
    dir_.write("box/hello", "hello, world");
    dir_.write("box/sub/inner", "inside");
    std::filesystem::create_symlink("hello", dir_.path("box/link"));
    std::filesystem::create_symlink("../secret", dir_.path("box/up"));
    std::filesystem::create_symlink("sub/../../secret", dir_.path("box/around"));
    std::filesystem::create_symlink(dir_.path("secret"), dir_.path("box/absolute"));
    std::filesystem::create_symlink("..", dir_.path("box/sub/parent"));
    std::filesystem::create_symlink("loop", dir_.path("box/loop"));
    std::filesystem::create_symlink("missing", dir_.path("box/dangling"));
  }
  [[nodiscard]] bool is_closed() const { return GetParam(); }
  [[nodiscard]] WasiProgram program() const {
    return WasiProgram(make_world(is_closed(), {{dir_.path("box"), "/data"}}));
  }
  TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(BothWorlds, Files, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Closed" : "Real"; });

Errno stat(WasiProgram& p, std::string_view path, uint32_t lookup = wasi::kLookupSymlinkFollow) {
  return p.call(&wasi::path_filestat_get, kRoot, lookup, WasiProgram::kPath,
                p.put(WasiProgram::kPath, path), kStat);
}

TEST_P(Files, TellThePreopensName) {
  WasiProgram p = program();
  EXPECT_EQ(p.call(&wasi::fd_prestat_get, kRoot, kResult), Errno::kSuccess);
  EXPECT_EQ(p.load(kResult), 0u);
  EXPECT_EQ(p.load(kResult + 4), 5u);
  EXPECT_EQ(p.call(&wasi::fd_prestat_dir_name, kRoot, WasiProgram::kPath, 5), Errno::kSuccess);
  EXPECT_EQ(p.text(WasiProgram::kPath, 5), "/data");
  EXPECT_EQ(p.call(&wasi::fd_prestat_dir_name, kRoot, WasiProgram::kPath, 4), Errno::kNameTooLong);
  EXPECT_EQ(p.call(&wasi::fd_prestat_get, kRoot + 1, kResult), Errno::kBadf);
}

TEST_P(Files, AreReadThroughNamesAndLinks) {
  WasiProgram p = program();
  EXPECT_EQ(p.contents("hello"), "hello, world");
  EXPECT_EQ(p.contents("./sub/../link"), "hello, world");
  EXPECT_EQ(p.contents("sub/parent/sub/inner"), "inside");
  EXPECT_EQ(p.contents("missing"), "errno 44");
  EXPECT_EQ(p.contents("hello/inner"), "errno 54");
  EXPECT_EQ(p.contents("hello/"), "errno 54");
  EXPECT_EQ(p.contents("hello/../hello"), "errno 54");
  EXPECT_EQ(p.contents(""), "errno 44");
}

TEST_P(Files, StayInTheirDirectory) {
  WasiProgram p = program();
  for (const char* path : {"../secret", "..", "sub/../../secret", "/hello", "up", "around",
                           "absolute", "sub/parent/../secret", "sub/parent/up", "/"}) {
    EXPECT_EQ(p.contents(path), "errno 63") << path;
    EXPECT_EQ(stat(p, path), Errno::kPerm) << path;
  }
  EXPECT_EQ(p.contents("loop"), "errno 32");
  EXPECT_EQ(p.write_file("up", "overwritten"), Errno::kPerm);
  EXPECT_EQ(p.write_file("../new", "x"), Errno::kPerm);
  EXPECT_EQ(p.unlink("../secret"), Errno::kPerm);
  EXPECT_EQ(p.rename("hello", "../hello"), Errno::kPerm);
  EXPECT_EQ(p.symlink("/etc/passwd", "evil"), Errno::kPerm);
  EXPECT_EQ(p.symlink("../../secret", "lie"), Errno::kSuccess);
  EXPECT_EQ(p.contents("lie"), "errno 63");
  EXPECT_EQ(test::read_text(dir_.path("secret")), "out of reach");
}

TEST_P(Files, OpenedBelowADirectoryStayBelowIt) {
  WasiProgram p = program();
  uint32_t sub = 0;
  uint32_t file = 0;
  ASSERT_EQ(p.open("sub", wasi::kOpenDirectory, rights::kDirectory, &sub), Errno::kSuccess);
  EXPECT_EQ(p.open("inner", 0, WasiProgram::kReading, &file, sub), Errno::kSuccess);
  EXPECT_EQ(p.read(file), "inside");
  EXPECT_EQ(p.open("../hello", 0, WasiProgram::kReading, &file, sub), Errno::kPerm);
  EXPECT_EQ(p.open("parent/hello", 0, WasiProgram::kReading, &file, sub), Errno::kPerm);
}

TEST_P(Files, AreWrittenSoughtAndRead) {
  WasiProgram p = program();
  uint32_t fd = 0;
  ASSERT_EQ(p.create("new", &fd), Errno::kSuccess);
  EXPECT_EQ(p.write(fd, "0123456789"), Errno::kSuccess);
  EXPECT_EQ(p.seek(fd, -4, wasi::kWhenceEnd), Errno::kSuccess);
  EXPECT_EQ(p.load<uint64_t>(kResult), 6u);
  EXPECT_EQ(p.read(fd), "6789");
  EXPECT_EQ(p.seek(fd, -11, wasi::kWhenceCurrent), Errno::kInval);
  EXPECT_EQ(p.seek(fd, 20, wasi::kWhenceSet), Errno::kSuccess);
  EXPECT_EQ(p.write(fd, "x"), Errno::kSuccess);
  EXPECT_EQ(p.contents("new"), "0123456789" + std::string(10, '\0') + "x");
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_size, fd, 3), Errno::kSuccess);
  EXPECT_EQ(p.contents("new"), "012");
  EXPECT_EQ(p.call(&wasi::fd_allocate, fd, 2, 3), Errno::kSuccess);
  EXPECT_EQ(p.contents("new"), std::string("012\0\0", 5));
  p.put_iov(WasiProgram::kBuffer, p.put(WasiProgram::kBuffer, "ab"));
  EXPECT_EQ(p.call(&wasi::fd_pwrite, fd, WasiProgram::kIov, 1, 1, kResult), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_pread, fd, WasiProgram::kIov, 1, 0, kResult), Errno::kSuccess);
  EXPECT_EQ(p.text(WasiProgram::kBuffer, 2), "0a");
  EXPECT_EQ(p.call(&wasi::fd_tell, fd, kResult), Errno::kSuccess);
  EXPECT_EQ(p.load<uint64_t>(kResult), 21u);
  EXPECT_EQ(p.call(&wasi::fd_sync, fd), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_datasync, fd), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_advise, fd, 0, 0, 3), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_advise, fd, 0, 0, 6), Errno::kInval);
  EXPECT_EQ(test::read_text(dir_.path("box/new")).empty(), is_closed());
}

TEST_P(Files, AppendAtTheirEnd) {
  WasiProgram p = program();
  uint32_t fd = 0;
  ASSERT_EQ(p.open("hello", 0, WasiProgram::kReading | WasiProgram::kWriting, &fd, kRoot,
                   wasi::kFdAppend),
            Errno::kSuccess);
  EXPECT_EQ(p.write(fd, "!"), Errno::kSuccess);
  EXPECT_EQ(p.contents("hello"), "hello, world!");
  EXPECT_EQ(p.call(&wasi::fd_fdstat_set_flags, fd, 0), Errno::kSuccess);
  EXPECT_EQ(p.seek(fd, 0, wasi::kWhenceSet), Errno::kSuccess);
  EXPECT_EQ(p.write(fd, "J"), Errno::kSuccess);
  EXPECT_EQ(p.contents("hello"), "Jello, world!");
}

TEST_P(Files, OpenAsTheFlagsSay) {
  WasiProgram p = program();
  uint32_t fd = 0;
  const auto open = [&](const char* path, uint32_t flags, wasi::Rights wanted) {
    return p.open(path, flags, wanted, &fd);
  };
  using wasi::kOpenCreate, wasi::kOpenDirectory, wasi::kOpenExclusive, wasi::kOpenTruncate;
  EXPECT_EQ(open("hello", kOpenCreate | kOpenExclusive, WasiProgram::kReading), Errno::kExist);
  EXPECT_EQ(open("dangling", kOpenCreate | kOpenExclusive, WasiProgram::kReading), Errno::kExist);
  EXPECT_EQ(open("hello", kOpenDirectory, WasiProgram::kReading), Errno::kNotDir);
  EXPECT_EQ(open("hello", kOpenDirectory | kOpenCreate, WasiProgram::kReading), Errno::kInval);
  EXPECT_EQ(open("sub", 0, WasiProgram::kWriting), Errno::kIsDir);
  EXPECT_EQ(open("sub", kOpenTruncate, WasiProgram::kReading), Errno::kIsDir);
  EXPECT_EQ(open("new/", kOpenCreate, WasiProgram::kReading), Errno::kIsDir);
  EXPECT_EQ(open("nowhere/new", kOpenCreate, WasiProgram::kReading), Errno::kNoEnt);
  EXPECT_EQ(open(std::string(5000, 'x').c_str(), 0, WasiProgram::kReading), Errno::kNameTooLong);
  EXPECT_EQ(open("dangling", kOpenCreate, WasiProgram::kWriting), Errno::kSuccess);
  EXPECT_EQ(p.write(fd, "no longer"), Errno::kSuccess);
  EXPECT_EQ(p.contents("missing"), "no longer");
  const Errno no_follow =
      p.call(&wasi::path_open, kRoot, 0, WasiProgram::kPath, p.put(WasiProgram::kPath, "link"), 0,
             WasiProgram::kReading, 0, 0, kResult);
  EXPECT_EQ(no_follow, Errno::kLoop);
}

TEST_P(Files, GiveNoMoreRightsThanTheDirectory) {
  WasiProgram p = program();
  uint32_t sub = 0;
  uint32_t fd = 0;
  ASSERT_EQ(p.open("sub", wasi::kOpenDirectory, rights::kDirectory, &sub), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_fdstat_set_rights, sub, rights::kPathOpen, WasiProgram::kReading),
            Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_fdstat_set_rights, sub, rights::kAll, 0), Errno::kNotCapable);
  ASSERT_EQ(p.open("inner", 0, rights::kAll, &fd, sub), Errno::kSuccess);
  EXPECT_EQ(p.read(fd), "inside");
  EXPECT_EQ(p.write(fd, "x"), Errno::kNotCapable);
  EXPECT_EQ(p.open("new", wasi::kOpenCreate, rights::kAll, &fd, sub), Errno::kNotCapable);
  EXPECT_EQ(p.call(&wasi::path_filestat_get, sub, 0, WasiProgram::kPath, 1, kStat),
            Errno::kNotCapable);
}

TEST_P(Files, TakeTheLowestFreeDescriptor) {
  WasiProgram p = program();
  uint32_t a = 0;
  uint32_t b = 0;
  ASSERT_EQ(p.open_for_reading("hello", &a), Errno::kSuccess);
  ASSERT_EQ(p.open_for_reading("hello", &b), Errno::kSuccess);
  EXPECT_EQ(a, 4u);
  EXPECT_EQ(b, 5u);
  EXPECT_EQ(p.call(&wasi::fd_renumber, b, a), Errno::kSuccess);
  EXPECT_EQ(p.close(b), Errno::kBadf);
  EXPECT_EQ(p.read(a, 5), "hello");
  EXPECT_EQ(p.call(&wasi::fd_renumber, a, 99), Errno::kBadf);
  EXPECT_EQ(p.call(&wasi::fd_renumber, a, a), Errno::kSuccess);
  EXPECT_EQ(p.read(a, 2), ", ");
}

TEST_P(Files, ComeToAnEndOfDescriptors) {
  WasiProgram p = program();
  uint32_t fd = 0;
  Errno e = Errno::kSuccess;
  for (uint32_t i = 0; e == Errno::kSuccess && i <= kMaxDescriptors; ++i)
    e = p.open("sub", wasi::kOpenDirectory, rights::kDirectory, &fd);
  EXPECT_EQ(e, Errno::kMFile);
  EXPECT_EQ(fd, kMaxDescriptors - 1);
}

TEST_P(Files, AreListedInOrderWithDots) {
  WasiProgram p = program();
  EXPECT_EQ(p.list(kRoot), (std::vector<std::string>{".", "..", "absolute", "around", "dangling",
                                                     "hello", "link", "loop", "sub", "up"}));
  EXPECT_EQ(p.list(kRoot, 8), (std::vector<std::string>{"sub", "up"}));
  EXPECT_TRUE(p.list(kRoot, 99).empty());
}

TEST_P(Files, RemovedWhileListedSkipNothing) {
  WasiProgram p = program();
  EXPECT_EQ(p.make_directory("many"), Errno::kSuccess);
  for (char name = 'a'; name <= 'f'; ++name)
    EXPECT_EQ(p.write_file(std::string("many/") + name, "x"), Errno::kSuccess);
  uint32_t many = 0;
  ASSERT_EQ(p.open("many", wasi::kOpenDirectory, rights::kDirectory, &many), Errno::kSuccess);
  std::vector<std::string> seen;
  for (uint64_t cookie = 0;; ++cookie) {
    // Room for one entry at a time.
    EXPECT_EQ(p.call(&wasi::fd_readdir, many, WasiProgram::kBuffer, 26, cookie, kResult),
              Errno::kSuccess);
    if (p.load(kResult) == 0) break;
    const uint32_t length = std::min(p.load(WasiProgram::kBuffer + 16), 2u);
    seen.push_back(p.text(WasiProgram::kBuffer + 24, length));
    if (seen.back()[0] != '.') {
      EXPECT_EQ(p.unlink("many/" + seen.back()), Errno::kSuccess);
    }
  }
  EXPECT_EQ(seen, (std::vector<std::string>{".", "..", "a", "b", "c", "d", "e", "f"}));
  EXPECT_EQ(p.remove_directory("many"), Errno::kSuccess);
}

TEST_P(Files, TellWhatTheyAre) {
  WasiProgram p = program();
  EXPECT_EQ(stat(p, "hello"), Errno::kSuccess);
  EXPECT_EQ(p.load<uint8_t>(kStat + 16), static_cast<uint8_t>(wasi::FileType::kRegularFile));
  EXPECT_EQ(p.load<uint64_t>(kStat + 32), 12u);
  EXPECT_EQ(stat(p, "link", 0), Errno::kSuccess);
  EXPECT_EQ(p.load<uint8_t>(kStat + 16), static_cast<uint8_t>(wasi::FileType::kSymbolicLink));
  EXPECT_EQ(p.load<uint64_t>(kStat + 32), 5u);
  EXPECT_EQ(stat(p, "sub"), Errno::kSuccess);
  EXPECT_EQ(p.load<uint8_t>(kStat + 16), static_cast<uint8_t>(wasi::FileType::kDirectory));
  EXPECT_EQ(p.call(&wasi::fd_filestat_get, kRoot, kStat), Errno::kSuccess);
  EXPECT_EQ(p.load<uint8_t>(kStat + 16), static_cast<uint8_t>(wasi::FileType::kDirectory));
}

TEST_P(Files, KeepTheTimesTheyAreGiven) {
  WasiProgram p = program();
  constexpr uint64_t kThen = 1'500'000'000'123'456'789;
  for (const char* name : {"hello", "sub"}) {
    EXPECT_EQ(
        p.call(&wasi::path_filestat_set_times, kRoot, wasi::kLookupSymlinkFollow,
               WasiProgram::kPath, p.put(WasiProgram::kPath, name), 0, kThen, wasi::kSetMtime),
        Errno::kSuccess);
    EXPECT_EQ(stat(p, name), Errno::kSuccess);
    EXPECT_EQ(p.load<uint64_t>(kStat + 48), kThen) << name;
  }
  EXPECT_EQ(p.contents("sub/inner"), "inside");
  uint32_t fd = 0;
  ASSERT_EQ(p.open("hello", 0, WasiProgram::kReading, &fd), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_times, fd, 0, kThen + 1, wasi::kSetMtime),
            Errno::kSuccess);
  EXPECT_EQ(stat(p, "hello"), Errno::kSuccess);
  EXPECT_EQ(p.load<uint64_t>(kStat + 48), kThen + 1);
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_times, fd, 0, 0, wasi::kSetMtime | wasi::kSetMtimeNow),
            Errno::kInval);
}

TEST_P(Files, MoveReplaceAndGo) {
  WasiProgram p = program();
  EXPECT_EQ(p.rename("hello", "sub/moved"), Errno::kSuccess);
  EXPECT_EQ(p.contents("hello"), "errno 44");
  EXPECT_EQ(p.contents("sub/moved"), "hello, world");
  EXPECT_EQ(p.rename("sub", "sub/below"), Errno::kInval);
  EXPECT_EQ(p.rename("sub", "renamed"), Errno::kSuccess);
  EXPECT_EQ(p.contents("renamed/inner"), "inside");
  EXPECT_EQ(p.contents("renamed/moved"), "hello, world");
  EXPECT_EQ(p.remove_directory("renamed"), Errno::kNotEmpty);
  EXPECT_EQ(p.rename("renamed/moved", "renamed/inner"), Errno::kSuccess);
  EXPECT_EQ(p.contents("renamed/inner"), "hello, world");
  EXPECT_EQ(p.unlink("renamed"), Errno::kIsDir);
  EXPECT_EQ(p.remove_directory("link"), Errno::kNotDir);
  EXPECT_EQ(p.unlink("renamed/inner"), Errno::kSuccess);
  EXPECT_EQ(p.unlink("renamed/parent"), Errno::kSuccess);
  EXPECT_EQ(p.remove_directory("renamed"), Errno::kSuccess);
  EXPECT_EQ(stat(p, "renamed"), Errno::kNoEnt);
  EXPECT_EQ(p.make_directory("sub"), Errno::kSuccess);
  EXPECT_EQ(p.make_directory("sub"), Errno::kExist);
  EXPECT_EQ(p.contents("sub/inner"), "errno 44");
  EXPECT_EQ(p.remove_directory("."), Errno::kInval);
  EXPECT_EQ(p.make_directory("."), Errno::kExist);
}

TEST_P(Files, RemovedOrReplacedWhileOpenLiveOn) {
  WasiProgram p = program();
  uint32_t removed = 0;
  uint32_t replaced = 0;
  ASSERT_EQ(p.open("hello", 0, WasiProgram::kReading | WasiProgram::kWriting, &removed),
            Errno::kSuccess);
  ASSERT_EQ(p.open_for_reading("sub/inner", &replaced), Errno::kSuccess);
  EXPECT_EQ(p.unlink("hello"), Errno::kSuccess);
  EXPECT_EQ(p.write_file("other", "other contents"), Errno::kSuccess);
  EXPECT_EQ(p.rename("other", "sub/inner"), Errno::kSuccess);
  EXPECT_EQ(p.read(removed), "hello, world");
  EXPECT_EQ(p.write(removed, "!"), Errno::kSuccess);
  EXPECT_EQ(p.seek(removed, 7, wasi::kWhenceSet), Errno::kSuccess);
  EXPECT_EQ(p.read(removed), "world!");
  EXPECT_EQ(p.read(replaced), "inside");
  EXPECT_EQ(p.contents("sub/inner"), "other contents");
  EXPECT_EQ(p.contents("hello"), "errno 44");
  EXPECT_EQ(p.close(removed), Errno::kSuccess);
  EXPECT_EQ(p.close(replaced), Errno::kSuccess);
}

TEST_P(Files, RenamedWhileOpenStayOpen) {
  WasiProgram p = program();
  uint32_t sub = 0;
  uint32_t inner = 0;
  ASSERT_EQ(p.open("sub", wasi::kOpenDirectory, rights::kDirectory, &sub), Errno::kSuccess);
  ASSERT_EQ(p.open_for_reading("sub/inner", &inner), Errno::kSuccess);
  EXPECT_EQ(p.rename("sub", "elsewhere"), Errno::kSuccess);
  EXPECT_EQ(p.read(inner), "inside");
  uint32_t again = 0;
  EXPECT_EQ(p.open("inner", 0, WasiProgram::kReading, &again, sub), Errno::kSuccess);
  EXPECT_EQ(p.read(again), "inside");
}

TEST_P(Files, ReadTheTargetsOfLinks) {
  WasiProgram p = program();
  const auto read_link = [&](const char* path, uint32_t room) {
    const Errno e = p.call(&wasi::path_readlink, kRoot, WasiProgram::kPath,
                           p.put(WasiProgram::kPath, path), WasiProgram::kBuffer, room, kResult);
    return e == Errno::kSuccess ? p.text(WasiProgram::kBuffer, p.load(kResult))
                                : "errno " + std::to_string(static_cast<int>(e));
  };
  EXPECT_EQ(read_link("link", 100), "hello");
  EXPECT_EQ(read_link("link", 3), "hel");
  EXPECT_EQ(read_link("hello", 100), "errno 28");
  EXPECT_EQ(read_link("nothing", 100), "errno 44");
  EXPECT_EQ(p.symlink("sub", "shortcut"), Errno::kSuccess);
  EXPECT_EQ(read_link("shortcut", 100), "sub");
  EXPECT_EQ(p.contents("shortcut/inner"), "inside");
  EXPECT_EQ(p.symlink("sub", "shortcut"), Errno::kExist);
}

TEST_P(Files, HaveAsManyNamesAsAreMade) {
  WasiProgram p = program();
  const uint32_t length = p.put(WasiProgram::kPath, "hello");
  const Errno e = p.call(&wasi::path_link, kRoot, 0, WasiProgram::kPath, length, kRoot,
                         WasiProgram::kSecondPath, p.put(WasiProgram::kSecondPath, "twin"));
  EXPECT_EQ(e, Errno::kSuccess);
  EXPECT_EQ(p.contents("twin"), "hello, world");
  EXPECT_EQ(p.write_file("twin", "changed"), Errno::kSuccess);
  EXPECT_EQ(p.contents("hello"), "changed");
  EXPECT_EQ(test::read_text(dir_.path("box/hello")), is_closed() ? "hello, world" : "changed");
}

TEST_P(Files, AreForbiddenWhereTheHostForbidsThem) {
  dir_.write("box/mine", "not for you");
  dir_.write("box/shut/inner", "nor this");
  std::filesystem::permissions(dir_.path("box/mine"), std::filesystem::perms::none);
  std::filesystem::permissions(dir_.path("box/shut"), std::filesystem::perms::none);
  WasiProgram p = program();
  const bool may_everything = geteuid() == 0;
  EXPECT_EQ(p.contents("mine"), may_everything ? "not for you" : "errno 2");
  EXPECT_EQ(p.contents("shut/inner"), may_everything ? "nor this" : "errno 2");
  EXPECT_EQ(p.contents("hello"), "hello, world");
  std::filesystem::permissions(dir_.path("box/shut"), std::filesystem::perms::owner_all);
}

TEST(ClosedFiles, LeaveTheHostAlone) {
  TempDir dir;
  dir.write("a", "one");
  dir.write("sub/b", "two");
  WasiProgram p(make_world(true, {{dir.path(), "."}}));
  EXPECT_EQ(p.write_file("a", "changed"), Errno::kSuccess);
  EXPECT_EQ(p.unlink("sub/b"), Errno::kSuccess);
  EXPECT_EQ(p.remove_directory("sub"), Errno::kSuccess);
  EXPECT_EQ(p.write_file("new", "x"), Errno::kSuccess);
  EXPECT_EQ(dir.names(), (std::vector<std::string>{"a", "sub"}));
  EXPECT_EQ(test::read_text(dir.path("a")), "one");
  EXPECT_EQ(test::read_text(dir.path("sub/b")), "two");
}

TEST(ClosedFiles, KeepTheirNamesInASnapshot) {
  TempDir dir;
  dir.write("a", "one");
  WasiProgram p(make_world(true, {{dir.path(), "."}}));
  uint32_t fd = 0;
  ASSERT_EQ(p.open_for_reading("a", &fd), Errno::kSuccess);
  ASSERT_EQ(p.link("a", "b"), Errno::kSuccess);
  ASSERT_EQ(p.link("b", "c"), Errno::kSuccess);
  ASSERT_EQ(p.unlink("a"), Errno::kSuccess);
  auto state = p.world().capture();
  ASSERT_TRUE(state.has_value());
  auto world = World::restore(*state, test::grant(dir.path(), "."));
  ASSERT_TRUE(world.has_value()) << world.error().detail;
  WasiProgram again(std::move(*world));
  EXPECT_EQ(again.write_file("b", "two"), Errno::kSuccess);
  EXPECT_EQ(again.contents("c"), "two");
  EXPECT_EQ(again.read(fd), "two");
  EXPECT_EQ(again.contents("a"), "errno 44");
  EXPECT_EQ(again.unlink("b"), Errno::kSuccess);
  EXPECT_EQ(again.unlink("c"), Errno::kSuccess);
  EXPECT_EQ(again.close(fd), Errno::kSuccess);
  EXPECT_EQ(again.world().capture()->overlay.size(), 1u);  // that "a" is gone
  for (OverlayNodeState& node : state->overlay)
    if (node.path == "b") node.contents = {'9'};
  const auto refused = World::restore(*state, test::grant(dir.path(), "."));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().detail, "world: file b has contents that are not there");
}

TEST(ClosedFiles, AreReadFromTheHostOnce) {
  TempDir dir;
  dir.write("a", "first");
  WasiProgram p(make_world(true, {{dir.path(), "."}}));
  EXPECT_EQ(p.contents("a"), "first");
  WasiProgram copy(p.world());
  dir.write("a", "second, longer");
  dir.write("late", "too late to be seen");
  EXPECT_EQ(p.contents("a"), "first");
  EXPECT_EQ(copy.contents("a"), "first");
  EXPECT_EQ(copy.contents("late"), "errno 44");
}

TEST(ClosedFiles, OfCopiesAreApart) {
  TempDir dir;
  dir.write("a", std::string(200'000, 'a'));
  WasiProgram p(make_world(true, {{dir.path(), "."}}));
  uint32_t fd = 0;
  ASSERT_EQ(p.open("a", 0, rights::kAll, &fd), Errno::kSuccess);
  EXPECT_EQ(p.write(fd, "mine"), Errno::kSuccess);
  WasiProgram copy(p.world());
  EXPECT_EQ(copy.write(fd, "COPY"), Errno::kSuccess);
  EXPECT_EQ(p.write(fd, "more"), Errno::kSuccess);
  EXPECT_EQ(p.contents("a").substr(0, 9), "minemorea");
  EXPECT_EQ(copy.contents("a").substr(0, 9), "mineCOPYa");
}

TEST(ClosedFiles, AreBoundedInAll) {
  TempDir dir;
  WasiProgram p(make_world(true, {{dir.path(), "."}}));
  uint32_t fd = 0;
  ASSERT_EQ(p.create("large", &fd), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_size, fd, kMaxOverlayBytes), Errno::kNoSpc);
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_size, fd, ~uint64_t{0}), Errno::kFBig);
  EXPECT_EQ(p.seek(fd, int64_t{1} << 40, wasi::kWhenceSet), Errno::kSuccess);
  EXPECT_EQ(p.write(fd, "x"), Errno::kFBig);
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_size, fd, kMaxOverlayBytes / 2), Errno::kSuccess);
  EXPECT_EQ(p.call(&wasi::fd_filestat_set_size, fd, 0), Errno::kSuccess);
  EXPECT_EQ(p.contents("large"), "");
}

TEST(ClosedFiles, ReadTheSameTimesEverywhere) {
  TempDir dir;
  WasiProgram p(make_world(true, {{dir.path(), "."}}));
  p.set_instructions(42);
  EXPECT_EQ(p.write_file("new", "x"), Errno::kSuccess);
  EXPECT_EQ(stat(p, "new"), Errno::kSuccess);
  EXPECT_EQ(p.load<uint64_t>(kStat + 48), kClosedEpochNs + 42);
}

}  // namespace
}  // namespace tine
