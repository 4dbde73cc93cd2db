#include "engine_flags.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace tine::test {

namespace {

EngineFlags parse(const std::vector<std::string>& args) { return EngineFlags::parse(args); }

TEST(EngineFlags, HasLibFuzzersDefaults) {
  const EngineFlags flags = parse({});
  EXPECT_EQ(flags.error_exitcode, 77);
  EXPECT_EQ(flags.timeout_exitcode, 70);
  EXPECT_EQ(flags.artifact_prefix, "./");
  EXPECT_EQ(flags.exact_artifact_path, "");
  EXPECT_TRUE(flags.save_artifacts);
}

TEST(EngineFlags, TakesTheLastOfAName) {
  const EngineFlags flags =
      parse({"-error_exitcode=1", "-artifact_prefix=a/", "-error_exitcode=2"});
  EXPECT_EQ(flags.error_exitcode, 2);
  EXPECT_EQ(flags.artifact_prefix, "a/");
}

TEST(EngineFlags, DoesNotMistakeLongerNames) {
  EXPECT_EQ(parse({"-error_exitcode_x=1"}).error_exitcode, 77);
  EXPECT_EQ(parse({"-error_exitcode"}).error_exitcode, 77);
}

TEST(EngineFlags, IgnoresWhatLibFuzzerIgnores) {
  EXPECT_EQ(parse({"-ignore_remaining_args=1", "-error_exitcode=1"}).error_exitcode, 77);
}

TEST(EngineFlags, SavesNothingWhileFilesAreReplayed) {
  const TempDir dir;
  const std::string file = dir.write("input", "x");
  EXPECT_FALSE(parse({file}).save_artifacts);
  EXPECT_TRUE(parse({dir.path()}).save_artifacts);
  EXPECT_TRUE(parse({file, dir.path()}).save_artifacts);
  EXPECT_TRUE(parse({file, "-minimize_crash_internal_step=1"}).save_artifacts);
}

}  // namespace

}  // namespace tine::test
