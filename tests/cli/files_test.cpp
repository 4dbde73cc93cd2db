// tine verify, pack, unpack and flatten, as a user runs them.
#include <gtest/gtest.h>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

/// `show upper` before its first read, as FILE.
std::string freeze(const TempDir& dir, const std::string& name = "upper.snap") {
  const auto taken =
      tine({"snapshot", "--closed", "--at", "stdin", "-o", dir.path(name), guest("show")});
  EXPECT_EQ(taken.exit_code, 0) << taken.err;
  return dir.path(name);
}

TEST(Verify, SaysInOneLineThatAFileIsGood) {
  const TempDir dir;
  const ProcessResult good = tine({"verify", freeze(dir)});
  EXPECT_EQ(good.exit_code, 0) << good.err;
  EXPECT_TRUE(contains(good.out, "upper.snap: good: complete, memory ")) << good.out;
  EXPECT_EQ(std::count(good.out.begin(), good.out.end(), '\n'), 1);
}

TEST(Verify, SaysInOneLineWhereAFileIsBad) {
  const TempDir dir;
  std::string file = read_text(freeze(dir));
  file[file.size() - 70000] ^= 1;
  const ProcessResult bad = tine({"verify", dir.write("bad.snap", file)});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_EQ(bad.out, "");
  EXPECT_TRUE(contains(bad.err, "bad.snap:0x")) << bad.err;
  EXPECT_EQ(std::count(bad.err.begin(), bad.err.end(), '\n'), 1);
}

TEST(Pack, ComesBackAsTheSameFile) {
  const TempDir dir;
  const std::string plain = freeze(dir);
  const std::string dense = dir.path("dense.snap");
  ASSERT_EQ(tine({"pack", plain, dense}).exit_code, 0);
  ASSERT_EQ(tine({"unpack", dense, dir.path("again.snap")}).exit_code, 0);
  EXPECT_TRUE(read_text(dir.path("again.snap")) == read_text(plain));
  EXPECT_LT(read_text(dense).size(), read_text(plain).size() / 2);
  EXPECT_EQ(tine({"verify", dense}).exit_code, 0);
  EXPECT_EQ(tine({"resume", dense}, {.stdin_text = "dense"}).out, "DENSE");
}

TEST(Pack, GoesThroughPipes) {
  const TempDir dir;
  const std::string plain = freeze(dir);
  const ProcessResult packed = tine({"pack", plain, "-"});
  ASSERT_EQ(packed.exit_code, 0) << packed.err;
  const ProcessOptions piped = {.stdin_text = packed.out};
  ASSERT_EQ(tine({"unpack", "-", dir.path("again.snap")}, piped).exit_code, 0);
  EXPECT_TRUE(read_text(dir.path("again.snap")) == read_text(plain));
  EXPECT_EQ(tine({"verify", "-"}, piped).exit_code, 0);
  // The plain form goes through a pipe as well, if somebody puts it there.
  EXPECT_EQ(tine({"verify", "-"}, {.stdin_text = read_text(plain)}).exit_code, 0);
  const ProcessResult refused = tine({"unpack", plain, "-"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(contains(refused.err, "a pipe takes the dense form only")) << refused.err;
}

TEST(Flatten, OfACompleteSnapshotIsTheSameFile) {
  const TempDir dir;
  const std::string plain = freeze(dir);
  ASSERT_EQ(tine({"flatten", plain, dir.path("flat.snap")}).exit_code, 0);
  EXPECT_TRUE(read_text(dir.path("flat.snap")) == read_text(plain));
}

TEST(Flatten, SaysWhatIsWrongWithItsInput) {
  const TempDir dir;
  const ProcessResult missing = tine({"flatten", dir.path("none.snap"), dir.path("out.snap")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_TRUE(contains(missing.err, "none.snap")) << missing.err;
  EXPECT_EQ(dir.names(), std::vector<std::string>{});
}

}  // namespace

}  // namespace tine::test
