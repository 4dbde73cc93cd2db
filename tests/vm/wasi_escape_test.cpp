// Ways out of a preopened directory, through every function that takes a path: all refused, in both
// worlds, and nothing outside is changed.
#include <filesystem>

#include "support/temp_dir.h"
#include "vm/wasi_fixture.h"

namespace tine {
namespace {

using test::make_world;
using test::TempDir;
using test::WasiProgram;
using wasi::Errno;
namespace fs = std::filesystem;
namespace rights = wasi::rights;

constexpr uint32_t kBox = WasiProgram::kFirstPreopen;
constexpr uint32_t kOther = kBox + 1;

/// Paths within the box that name the directory around it, or one beside it.
const std::vector<std::string> kOutside = {
    "..",                     // plainly
    "./..",                   // after a dot
    "dir/../..",              // after going down
    "dir//.././/..",          // with slashes
    "above",                  // a link to ..
    "dir/above2",             // a link to ../..
    "to_dir/../..",           // up after a link
    "to_dir/above2",          // a link behind a link
    "self/self/../..",        // links to "." are no step down
    "chain1",                 // links that lead to links that lead out
    "absolute",               // a link to an absolute path
    "to_absolute",            // a link to that one
    "dir/../absolute/.",      //
    "/",                      // absolute themselves
    "/box/..",                //
    "out_and_in/..",          // a link out and back in: out is out
    "dir/long_way_round/..",  //
};
/// Links to a file outside.
const std::vector<std::string> kLinksOut = {"up", "dir/up2", "to_up", "absolute_file", "around"};

class Escapes : public testing::TestWithParam<bool> {
 protected:
  Escapes() {
    dir_.write("secret", "out of reach");
    dir_.write("box/hello", "hello");
    dir_.write("box/dir/inner", "inside");
    dir_.make_dir("other");
    const std::pair<std::string, std::string> links[] = {
        {"..", "above"},
        {"../..", "dir/above2"},
        {"dir", "to_dir"},
        {".", "self"},
        {"dir/chain2", "chain1"},
        {"../chain3", "dir/chain2"},
        {"dir/../..", "chain3"},
        {dir_.path(), "absolute"},
        {"absolute", "to_absolute"},
        {"../box/dir", "out_and_in"},
        {"../../box/dir", "dir/long_way_round"},
        {"../secret", "up"},
        {"../../secret", "dir/up2"},
        {"up", "to_up"},
        {dir_.path("secret"), "absolute_file"},
        {"dir/../../secret", "around"},
    };
    for (const auto& [target, link] : links) fs::create_symlink(target, dir_.path("box/" + link));
    before_ = outside();
  }
  ~Escapes() override {
    EXPECT_EQ(outside(), before_);
    EXPECT_EQ(test::read_text(dir_.path("secret")), "out of reach");
  }

  [[nodiscard]] WasiProgram program() const {
    return WasiProgram(
        make_world(GetParam(), {{dir_.path("box"), "/box"}, {dir_.path("other"), "/other"}}));
  }
  /// What stands beside the box, with its time.
  [[nodiscard]] std::vector<std::string> outside() const {
    std::vector<std::string> all = dir_.names();
    const auto when = fs::last_write_time(dir_.path("secret")).time_since_epoch().count();
    all.push_back(std::to_string(when));
    return all;
  }

  TempDir dir_;
  std::vector<std::string> before_;
};

INSTANTIATE_TEST_SUITE_P(BothWorlds, Escapes, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Closed" : "Real"; });

/// The answer of each function for one path, by name.
std::vector<std::pair<const char*, Errno>> all_answers(WasiProgram& p, const std::string& path) {
  constexpr auto kPath = WasiProgram::kPath;
  constexpr auto kSecond = WasiProgram::kSecondPath;
  constexpr auto kBuffer = WasiProgram::kBuffer;
  constexpr auto kResult = WasiProgram::kResult;
  const uint32_t n = p.put(kPath, path);
  const uint32_t good = p.put(kSecond, "hello");
  const uint32_t follow = wasi::kLookupSymlinkFollow;
  const auto open = [&](uint32_t how, wasi::Rights wanted) {
    return p.call(&wasi::path_open, kBox, follow, kPath, n, how, wanted, 0, 0, kResult);
  };
  return {
      {"open", open(0, rights::kFdRead)},
      {"open to write", open(0, rights::kFdWrite)},
      {"open as directory", open(wasi::kOpenDirectory, rights::kFdReaddir)},
      {"create", open(wasi::kOpenCreate, rights::kFdWrite)},
      {"create anew", open(wasi::kOpenCreate | wasi::kOpenExclusive, rights::kFdWrite)},
      {"truncate", open(wasi::kOpenTruncate, rights::kFdWrite)},
      {"stat", p.call(&wasi::path_filestat_get, kBox, follow, kPath, n, WasiProgram::kStat)},
      {"lstat", p.call(&wasi::path_filestat_get, kBox, 0, kPath, n, WasiProgram::kStat)},
      {"times",
       p.call(&wasi::path_filestat_set_times, kBox, follow, kPath, n, 1, 1, wasi::kSetMtime)},
      {"readlink", p.call(&wasi::path_readlink, kBox, kPath, n, kBuffer, 100, kResult)},
      {"mkdir", p.call(&wasi::path_create_directory, kBox, kPath, n)},
      {"rmdir", p.call(&wasi::path_remove_directory, kBox, kPath, n)},
      {"unlink", p.call(&wasi::path_unlink_file, kBox, kPath, n)},
      {"symlink", p.call(&wasi::path_symlink, kSecond, good, kBox, kPath, n)},
      {"link from", p.call(&wasi::path_link, kBox, 0, kPath, n, kBox, kSecond, good)},
      {"link to", p.call(&wasi::path_link, kBox, 0, kSecond, good, kBox, kPath, n)},
      {"link from, across", p.call(&wasi::path_link, kBox, 0, kPath, n, kOther, kSecond, good)},
      {"rename from", p.call(&wasi::path_rename, kBox, kPath, n, kBox, kSecond, good)},
      {"rename to", p.call(&wasi::path_rename, kBox, kSecond, good, kBox, kPath, n)},
      {"rename from, across", p.call(&wasi::path_rename, kBox, kPath, n, kOther, kSecond, good)},
  };
}

TEST_P(Escapes, AreRefusedByEveryFunction) {
  for (const std::string& outside : kOutside) {
    for (const char* name : {"/secret", "/new", "/secret/", "/other/../secret"}) {
      WasiProgram p = program();
      for (const auto& [function, e] : all_answers(p, outside + name))
        EXPECT_EQ(e, Errno::kPerm) << function << " " << outside << name;
      EXPECT_EQ(p.contents("hello"), "hello");
    }
  }
}

TEST_P(Escapes, ThroughLinksAreRefusedByThoseWhoFollow) {
  WasiProgram p = program();
  for (const std::string& link : kLinksOut) {
    for (const std::string& path : {link, link + "/", link + "/x"}) {
      EXPECT_EQ(p.contents(path), "errno 63") << path;
      EXPECT_EQ(p.write_file(path, "x"), Errno::kPerm) << path;
      const uint32_t n = p.put(WasiProgram::kPath, path);
      EXPECT_EQ(p.call(&wasi::path_filestat_get, kBox, wasi::kLookupSymlinkFollow,
                       WasiProgram::kPath, n, WasiProgram::kStat),
                Errno::kPerm)
          << path;
      EXPECT_EQ(p.call(&wasi::path_filestat_set_times, kBox, wasi::kLookupSymlinkFollow,
                       WasiProgram::kPath, n, 1, 1, wasi::kSetMtime),
                Errno::kPerm)
          << path;
    }
  }
}

TEST_P(Escapes, BetweenPreopensAreRefusedOnEitherSide) {
  WasiProgram p = program();
  const auto across = [&](auto function, const char* from, const char* to) {
    const uint32_t from_length = p.put(WasiProgram::kPath, from);
    const uint32_t to_length = p.put(WasiProgram::kSecondPath, to);
    if constexpr (std::is_same_v<decltype(function), decltype(&wasi::path_rename)>)
      return p.call(function, kBox, WasiProgram::kPath, from_length, kOther,
                    WasiProgram::kSecondPath, to_length);
    else
      return p.call(function, kBox, 0, WasiProgram::kPath, from_length, kOther,
                    WasiProgram::kSecondPath, to_length);
  };
  for (const char* to : {"../new", "../box/new", "/new", "../other/new", "x/../../new"}) {
    // "x" is not there: that is found out first, and is no way out either.
    const Errno wanted = to[0] == 'x' ? Errno::kNoEnt : Errno::kPerm;
    EXPECT_EQ(across(&wasi::path_rename, "hello", to), wanted) << to;
    EXPECT_EQ(across(&wasi::path_link, "hello", to), wanted) << to;
  }
  for (const char* from : {"../other", "above/secret", "dir/../../secret"}) {
    EXPECT_EQ(across(&wasi::path_rename, from, "new"), Errno::kPerm) << from;
    EXPECT_EQ(across(&wasi::path_link, from, "new"), Errno::kPerm) << from;
  }
  // A link that moves takes its text along, and leads out of nothing where it arrives.
  EXPECT_EQ(across(&wasi::path_rename, "up", "up"), Errno::kSuccess);
  uint32_t fd = 0;
  EXPECT_EQ(p.open("up", 0, rights::kFdRead, &fd, kOther), Errno::kPerm);
  if (!GetParam()) fs::remove(dir_.path("other/up"));
}

TEST_P(Escapes, FromAnOpenedDirectoryStopAtIt) {
  WasiProgram p = program();
  uint32_t dir = 0;
  uint32_t fd = 0;
  ASSERT_EQ(p.open("dir", wasi::kOpenDirectory, rights::kDirectory, &dir), Errno::kSuccess);
  for (const char* path : {"..", "../hello", "above2", "up2", "../dir/inner", "chain2", "/"})
    EXPECT_EQ(p.open(path, 0, rights::kFdRead, &fd, dir), Errno::kPerm) << path;
}

TEST_P(Escapes, ThatAreNoPathsAreRefused) {
  WasiProgram p = program();
  for (const auto& [function, e] : all_answers(p, "")) EXPECT_EQ(e, Errno::kNoEnt) << function;
  for (const auto& [function, e] : all_answers(p, std::string("hello\0/../../secret", 19)))
    EXPECT_EQ(e, Errno::kInval) << function;
  for (const auto& [function, e] : all_answers(p, "hello\xff"))
    EXPECT_EQ(e, Errno::kIlseq) << function;
  for (const auto& [function, e] : all_answers(p, std::string(300, 'n')))
    EXPECT_EQ(e, Errno::kNameTooLong) << function;
  for (const auto& [function, e] : all_answers(p, "hello/../../secret"))
    EXPECT_EQ(e, Errno::kNotDir) << function;
}

// What another process does between looking a name up and using it: here it always wins.
TEST(EscapesByRace, FindALinkWhereADirectoryWas) {
  TempDir dir;
  dir.write("secret", "out of reach");
  dir.write("box/dir/secret", "inside");
  WasiProgram p(make_world(false, {{dir.path("box"), "/box"}}));
  uint32_t opened = 0;
  uint32_t fd = 0;
  ASSERT_EQ(p.open("dir", wasi::kOpenDirectory, rights::kDirectory, &opened), Errno::kSuccess);
  fs::rename(dir.path("box/dir"), dir.path("box/was"));
  fs::create_symlink("..", dir.path("box/dir"));
  // The descriptor's place is known, so nothing of it is resolved again; no link is followed there.
  EXPECT_NE(p.open("secret", 0, rights::kFdRead, &fd, opened), Errno::kSuccess);
  EXPECT_NE(p.open("new", wasi::kOpenCreate, rights::kFdWrite, &fd, opened), Errno::kSuccess);
  EXPECT_EQ(dir.names(), (std::vector<std::string>{"box", "secret"}));
  const RealFiles& files = p.world().impl().value().real_files;
  EXPECT_FALSE(files.stat({0, "dir/secret"}).has_value());
  EXPECT_FALSE(files.open_handle({0, "dir/secret"}, {.read = true}).has_value());
  EXPECT_FALSE(files.open_handle({0, "dir"}, {.read = true, .directory = true}).has_value());
}

}  // namespace
}  // namespace tine
