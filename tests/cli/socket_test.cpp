// --listen, --connect and --sent, as a user meets them: a server fed from files.
#include <gtest/gtest.h>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

TEST(ScriptedServer, AnswersFilesIntoFiles) {
  const TempDir dir;
  const ProcessResult served =
      tine({"run", "--closed", "--connect", dir.write("a", "first"), "--connect",
            dir.write("b", "second"), "--sent", dir.path("reply-%n"), guest("shout")});
  EXPECT_EQ(served.out, "served 2\n");
  EXPECT_EQ(served.err, "");
  EXPECT_EQ(served.exit_code, 2);
  EXPECT_EQ(read_text(dir.path("reply-1")), "FIRST");
  EXPECT_EQ(read_text(dir.path("reply-2")), "SECOND");
}

TEST(ScriptedServer, GoesOnFromASnapshotBetweenItsConnections) {
  const TempDir dir;
  const std::string snap = dir.path("ready.snap");
  const ProcessResult taken = tine({"snapshot", "--closed", "--at", "listen", "--connect",
                                    dir.write("a", "first"), "-o", snap, guest("shout")});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_FALSE(contains(taken.err, "not in the snapshot")) << taken.err;
  const ProcessResult served =
      tine({"resume", "--connect", dir.write("b", "second"), "--sent", dir.path("all"), snap});
  EXPECT_EQ(served.out, "served 2\n");
  EXPECT_EQ(read_text(dir.path("all")), "FIRSTSECOND");
  const ProcessResult shown = tine({"inspect", snap});
  EXPECT_TRUE(contains(shown.out, "listening socket")) << shown.out;
}

TEST(ScriptedServer, NeedsAClosedWorldAndFilesThatAreThere) {
  const TempDir dir;
  const ProcessResult open_world = tine({"run", "--connect", dir.write("a", "x"), guest("shout")});
  EXPECT_EQ(open_world.exit_code, 2);
  EXPECT_TRUE(contains(open_world.err, "scripted connections need a closed world"))
      << open_world.err;
  const ProcessResult missing =
      tine({"run", "--closed", "--connect", dir.path("none"), guest("shout")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_TRUE(contains(missing.err, "none: No such file")) << missing.err;
}

TEST(RealServer, RefusesAnAddressThatIsNone) {
  const ProcessResult refused = tine({"run", "--listen", "somewhere", guest("shout")});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(contains(refused.err, "somewhere: expected HOST:PORT")) << refused.err;
}

/// A program that was frozen before its first connection needs its port granted again.
TEST(RealServer, IsRefusedWithoutItsPort) {
  const TempDir dir;
  const std::string snap = dir.path("ready.snap");
  const ProcessResult taken =
      tine({"snapshot", "--at", "listen", "--listen", "127.0.0.1:0", "-o", snap, guest("shout")});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_TRUE(contains(taken.err, "tine: listens at 127.0.0.1:")) << taken.err;
  const ProcessResult refused = tine({"resume", snap});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(contains(refused.err, "grant it with --listen HOST:PORT")) << refused.err;
  const ProcessResult shown = tine({"inspect", snap});
  EXPECT_TRUE(contains(shown.out, "(resume needs --listen for it)")) << shown.out;
}

}  // namespace

}  // namespace tine::test
