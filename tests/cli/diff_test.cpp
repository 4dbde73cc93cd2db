// tine diff, as a user runs it: snapshots of one program before and after it changed something.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

using Json = nlohmann::json;

/// Freezes change.wasm at the nth entry of $mark, as markN.snap.
class Diff : public testing::Test {
 protected:
  std::string mark(int n) {
    std::string file = dir_.path("mark" + std::to_string(n) + ".snap");
    const ProcessResult taken =
        tine({"snapshot", "--closed", "--at", "func=mark#" + std::to_string(n), "-o", file,
              guest("change")});
    EXPECT_EQ(taken.exit_code, 0) << taken.err;
    return file;
  }
  static Json facts(const std::string& a, const std::string& b, const std::string& rows = "32") {
    return Json::parse(tine({"diff", "--json", "--rows", rows, a, b}).out);
  }
  /// The text of a diff that finds something.
  static std::string text(std::vector<std::string> args) {
    args.insert(args.begin(), "diff");
    const ProcessResult run = tine(args);
    EXPECT_EQ(run.exit_code, 3) << run.err;
    return run.out;
  }

  TempDir dir_;
};

TEST_F(Diff, SaysNothingOfEqualStates) {
  const std::string a = mark(1);
  const std::string b = dir_.path("again.snap");
  std::filesystem::copy_file(a, b);
  const ProcessResult run = tine({"diff", a, b});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_EQ(run.out + run.err, "");
  EXPECT_EQ(facts(a, b)["equal"], true);
}

TEST_F(Diff, ShowsGlobalsTablesAndFields) {
  const Json found = facts(mark(1), mark(2));
  EXPECT_EQ(found["equal"], false);
  EXPECT_EQ(found["globals"].dump(), R"([{"a":"i32:7","b":"i32:8","global":0,"name":"steps"}])");
  ASSERT_EQ(found["tables"].size(), 1u);
  EXPECT_EQ(found["tables"][0]["elements"].dump(), R"([{"a":"null","b":"_start","index":2}])");
  EXPECT_EQ(found["fields"].dump(), R"([{"a":"2","b":"9","field":"instructions"}])");
  EXPECT_TRUE(found["memories"].empty());
  EXPECT_TRUE(found["fds"].empty());
}

TEST_F(Diff, PairsFramesFromTheOutermost) {
  const Json found = facts(mark(1), mark(2));
  ASSERT_EQ(found["frames"].size(), 2u);
  EXPECT_TRUE(contains(found["frames"][0]["a"]["at"], "_start+0x2 "));
  EXPECT_EQ(found["frames"][0]["a"]["number"], 1);
  EXPECT_EQ(found["frames"][1]["values"].dump(),
            R"([{"a":"i32:1","b":"i32:2","index":0,"kind":"local"}])");
}

TEST_F(Diff, ShowsFramesOfOneSideAlone) {
  const std::string shallow = dir_.path("start.snap");
  ASSERT_EQ(
      tine({"snapshot", "--closed", "--at", "instr=0", "-o", shallow, guest("change")}).exit_code,
      0);
  const Json found = facts(shallow, mark(1));
  ASSERT_EQ(found["frames"].size(), 2u);
  EXPECT_EQ(found["frames"][0]["a"]["number"], 0);
  EXPECT_EQ(found["frames"][0]["b"]["number"], 1);
  EXPECT_TRUE(found["frames"][1]["a"].is_null());
  EXPECT_TRUE(contains(found["frames"][1]["b"]["at"], "mark+0x0 "));
}

TEST_F(Diff, NamesMemoryWhereTheModuleDoes) {
  const Json found = facts(mark(2), mark(3));
  ASSERT_EQ(found["memories"].size(), 1u);
  const Json& memory = found["memories"][0];
  EXPECT_EQ(memory["differing_bytes"], 1 + 4 + 1 + 8 + 1);
  const Json& ranges = memory["ranges"];
  ASSERT_EQ(ranges.size(), 3u);
  EXPECT_EQ(ranges[0]["begin"], 1025);  // joined with the four bytes from 1032 on
  EXPECT_EQ(ranges[0]["end"], 1036);
  EXPECT_EQ(ranges[0]["differing_bytes"], 5);
  EXPECT_EQ(ranges[0]["symbol"], ".data+0x1");
  EXPECT_EQ(ranges[1]["symbol"], "data[1]+0x2");
  EXPECT_TRUE(ranges[2]["symbol"].is_null());
  EXPECT_EQ(ranges[2]["begin"], 20000);
  EXPECT_EQ(ranges[2]["end"], 20017);
  ASSERT_EQ(ranges[2]["rows"].size(), 2u);
  EXPECT_EQ(ranges[2]["rows"][1].dump(),
            R"({"a":"00000000000000000000000000000000","address":20016,)"
            R"("b":"01000000000000000000000000000000"})");
}

TEST_F(Diff, ShowsBothSidesOfARow) {
  const std::string out = text({mark(2), mark(3)});
  EXPECT_TRUE(contains(out, "memory[0]: 15 bytes of 64.0 KiB, 3 ranges\n")) << out;
  EXPECT_TRUE(contains(out,
                       "  0x00000401..0x0000040c  5 bytes  .data+0x1\n"
                       "    0x00000400  a  01 02 03 04 05 06 07 08  09 0a 0b 0c 00 00 00 00  "
                       "|................|\n"
                       "                b  .. ee .. .. .. .. .. ..  44 43 42 41 .. .. .. ..  "
                       "|........DCBA....|\n"))
      << out;
}

TEST_F(Diff, BoundsTheRows) {
  const std::string out = text({"--rows", "1", mark(2), mark(3)});
  EXPECT_TRUE(contains(out, "0x00000400  a")) << out;
  EXPECT_FALSE(contains(out, "0x00001000")) << out;
  EXPECT_TRUE(contains(out, "  … and 3 more rows\n")) << out;
  EXPECT_TRUE(contains(out, " 3 ranges\n")) << out;
  const Json memory = facts(mark(2), mark(3), "1")["memories"][0];
  EXPECT_EQ(memory["ranges"].size(), 1u);
  EXPECT_EQ(memory["more_ranges"], 2);
  EXPECT_EQ(memory["more_rows"], 3);
  const Json none = facts(mark(2), mark(3), "0");
  EXPECT_EQ(none["equal"], false);
  EXPECT_EQ(none["memories"][0]["more_rows"], 4);
  EXPECT_EQ(tine({"diff", "--rows", "-1", mark(2), mark(3)}).exit_code, 2);
}

TEST_F(Diff, ComparesGrownMemoryWithZeros) {
  const std::string out = text({mark(3), mark(4)});
  EXPECT_TRUE(contains(out, "memory[0]: 1 byte of 65536 bytes in a and 131072 in b, 1 range\n"))
      << out;
  EXPECT_TRUE(contains(out, "a  -- -- ")) << out;
  EXPECT_TRUE(contains(out, "b  61 00 ")) << out;
}

TEST_F(Diff, EscapesNames) {
  const ProcessResult later = tine(
      {"snapshot", "--closed", "--at", "func=late", "-o", dir_.path("late.snap"), guest("change")});
  ASSERT_EQ(later.exit_code, 0) << later.err;
  const std::string out = text({mark(4), dir_.path("late.snap")});
  EXPECT_TRUE(contains(out, "co\\x1bunter+0x2 (.data+0xa)")) << out;
  EXPECT_FALSE(contains(out, "\x1b"));
}

TEST_F(Diff, ShowsFileDescriptors) {
  dir_.write("data/file", "contents");
  const auto take = [&](const std::string& at, const std::string& name) {
    const ProcessResult taken = tine({"snapshot", "--dir", dir_.path("data") + "::/d", "--at", at,
                                      "-o", dir_.path(name), guest("show"), "cat", "/d/file"});
    EXPECT_EQ(taken.exit_code, 0) << taken.err;
    return dir_.path(name);
  };
  const std::string before = take("func=copy_file", "before.snap");
  const std::string after = take("func=fclose", "after.snap");
  const Json fds = facts(before, after)["fds"];
  ASSERT_EQ(fds.size(), 1u);
  EXPECT_EQ(fds[0]["fd"], 4);
  EXPECT_TRUE(fds[0]["a"].is_null());
  EXPECT_EQ(fds[0]["b"]["path"], "/d/file");
  EXPECT_EQ(fds[0]["b"]["offset"], 8);
  const std::string opened = take("func=__stdio_read", "opened.snap");
  const Json fields = facts(opened, after)["fds"][0]["fields"];
  EXPECT_EQ(fields.dump(), R"([{"a":"0","b":"8","field":"offset"}])");
  EXPECT_TRUE(contains(text({before, after}), "only in b: file /d/file\n"));
  EXPECT_TRUE(contains(text({opened, after}), "offset  0 != 8\n"));
}

TEST_F(Diff, TellsSnapshotsOfDifferentPrograms) {
  const std::string other = dir_.path("tiny.snap");
  ASSERT_EQ(
      tine({"snapshot", "--closed", "--at", "func=last", "-o", other, guest("tiny")}).exit_code, 0);
  const std::string out = text({mark(1), other});
  EXPECT_TRUE(contains(out, "modules[0]  another module\n")) << out;
  EXPECT_TRUE(contains(out, "world.args[0]  \"change.wasm\" != \"tiny.wasm\"\n")) << out;
}

TEST_F(Diff, NamesTheBadFile) {
  dir_.write("junk", "neither");
  mark(1);
  const ProcessResult run = tine({"diff", "mark1.snap", "junk"}, {.directory = dir_.path()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.err.starts_with("junk:")) << run.err;
  EXPECT_EQ(tine({"diff", "mark1.snap"}).exit_code, 2);
}

}  // namespace

}  // namespace tine::test
