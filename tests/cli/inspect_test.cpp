// tine inspect, as a user runs it: modules against a golden text, snapshots by their facts.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

nlohmann::json inspect(const std::string& file) {
  return nlohmann::json::parse(tine({"inspect", "--json", file}).out);
}

/// Freezes tiny.wasm at the entry of its innermost function.
void freeze_tiny(const TempDir& dir) {
  const ProcessResult taken = tine(
      {"snapshot", "--closed", "--at", "func=last", "-o", dir.path("tiny.snap"), guest("tiny")});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
}

TEST(Inspect, ShowsAModule) {
  const ProcessResult run =
      tine({"inspect", "tiny.wasm"},
           {.directory = std::filesystem::path(guest("tiny")).parent_path().string()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, read_text(TINE_GOLDEN_DIR "/inspect_tiny.txt"));
}

TEST(Inspect, ModuleFactsAreJson) {
  const auto facts = inspect(guest("tiny"));
  EXPECT_EQ(facts["format"], "wasm");
  EXPECT_EQ(facts["functions"], 6);
  EXPECT_EQ(facts["imports"][0]["name"], "proc_exit");
  EXPECT_EQ(facts["exports"][1]["type"], "[i32 i32] -> [i32]");
}

TEST(Inspect, ShowsImportsOfEveryKind) {
  const TempDir dir;
  const std::string file = dir.write("all.wat", R"((module
    (import "m" "f" (func (param i32)))  (import "m" "t" (table 1 2 externref))
    (import "m" "m" (memory 3))          (import "m" "g" (global (mut f32)))
    (import "m" "e" (tag (param i64)))   (tag $own (param f64))
    (elem func 0) (data "passive")))");
  const auto facts = inspect(file);
  std::vector<std::string> types;
  for (const auto& import : facts["imports"]) types.push_back(import["type"]);
  EXPECT_EQ(types, (std::vector<std::string>{"[i32] -> []", "externref 1..2", "3.. pages",
                                             "mut f32", "[i64] -> []"}));
  EXPECT_EQ(facts["tag_list"][1]["type"], "[f64] -> []");
  EXPECT_EQ(facts["func_list"][0]["imported"], true);
  EXPECT_EQ(facts["element_list"][0]["mode"], "passive");
  EXPECT_EQ(facts["data_list"][0]["size_bytes"], 7);
  const std::string text = tine({"inspect", file}).out;
  EXPECT_TRUE(contains(text, "tags\n     0  [i64] -> []  imported\n     1  [f64] -> []\n")) << text;
}

TEST(Inspect, EscapesNames) {
  const ProcessResult run = tine({"inspect", guest("names")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "ab\\x1b[31m")) << run.out;
  EXPECT_FALSE(contains(run.out, "\x1b"));
  EXPECT_EQ(inspect(guest("names"))["exports"][1]["name"], "ab\x1b[31m\"c");
}

TEST(Inspect, ShowsWhereASnapshotStands) {
  const TempDir dir;
  freeze_tiny(dir);
  const auto facts = inspect(dir.path("tiny.snap"));
  EXPECT_EQ(facts["format"], "snapshot");
  EXPECT_EQ(facts["program"], "tiny.wasm");
  ASSERT_EQ(facts["frames"].size(), 3u);
  EXPECT_EQ(facts["frames"][0]["function"], "last");
  EXPECT_EQ(facts["frames"][1]["function"], "work");
  EXPECT_EQ(facts["frames"][1]["locals"], nlohmann::json({"i64:9", "f32:0x1.4p+1"}));
}

TEST(Inspect, ShowsTheStoreOfASnapshot) {
  const TempDir dir;
  freeze_tiny(dir);
  const auto facts = inspect(dir.path("tiny.snap"));
  const auto& memory = facts["memories"][0];
  EXPECT_EQ(memory["size_bytes"], 131072);
  EXPECT_EQ(memory["nonzero_pages"], 2);
  EXPECT_EQ(memory["zero_pages"], 30);
  EXPECT_EQ(memory["nonzero_ranges"].dump(), "[[0,4096],[69632,73728]]");
  EXPECT_EQ(facts["globals"][0]["value"], "i32:41");
  EXPECT_EQ(facts["globals"][0]["mutable"], true);
  EXPECT_EQ(facts["tables"][0]["size"], 3);
  EXPECT_EQ(facts["tables"][0]["non_null"], 1);
  EXPECT_EQ(facts["world"]["kind"], "closed");
}

TEST(Inspect, ShowsTheFilesOfASnapshot) {
  const TempDir dir;
  dir.write("data/file", "x");
  const ProcessResult taken =
      tine({"snapshot", "--dir", dir.path("data") + "::/d", "--at", "func=copy_file", "-o",
            dir.path("s.snap"), guest("show"), "cat", "/d/file"});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  const auto facts = inspect(dir.path("s.snap"));
  EXPECT_EQ(facts["world"]["args"][1], "cat");
  ASSERT_EQ(facts["fds"].size(), 4u);
  EXPECT_EQ(facts["fds"][3]["path"], "/d");
  EXPECT_EQ(facts["fds"][3]["is_preopen"], true);
}

TEST(Inspect, NamesWhatTheStoreHolds) {
  const TempDir dir;
  freeze_tiny(dir);
  const auto facts = inspect(dir.path("tiny.snap"));
  EXPECT_EQ(facts["globals"][0]["name"], "counter");
  EXPECT_EQ(facts["globals"][1]["name"], "");
  EXPECT_EQ(facts["tables"][0]["elements"].dump(), R"([{"index":1,"ref":"add"}])");
  EXPECT_EQ(facts["pending_calls"].dump(),
            R"([{"args":[],"function":"_start","is_running":true}])");
  EXPECT_EQ(facts["fds"][0]["kind"], "stdin");
}

TEST(Inspect, JsonHoldsEveryFieldOfTheState) {
  const TempDir dir;
  freeze_tiny(dir);
  const auto state = inspect(dir.path("tiny.snap"))["state"];
  EXPECT_EQ(state["instructions"], 12);
  EXPECT_EQ(state["host_funcs"][0].dump(),
            R"({"module":"wasi_snapshot_preview1","name":"proc_exit","params":"7f","results":""})");
  EXPECT_EQ(state["memories"][0]["contents"]["size_bytes"], 131072);
  EXPECT_EQ(state["threads"][0]["frames"][1]["locals"][0], "i64:9");
  EXPECT_EQ(state["tables"][0]["elements"], nlohmann::json({0, 2, 0}));
  EXPECT_EQ(state["world"]["args"][0], "tiny.wasm");
  EXPECT_EQ(state["world"]["entropy_seed"], 0);
}

TEST(Inspect, SaysWhatIsNotInTheFile) {
  const TempDir dir;
  dir.write("data/file", "contents");
  const ProcessResult taken =
      tine({"snapshot", "--dir", dir.path("data") + "::/d", "--at", "func=fclose", "-o",
            dir.path("s.snap"), guest("show"), "cat", "/d/file"});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_EQ(inspect(dir.path("s.snap"))["not_included"],
            nlohmann::json({"standard input that was not read yet (resume reads its own)",
                            "the directory /d (resume needs --dir for it)",
                            "the 8 bytes of /d/file (resume opens it beneath --dir)"}));
  const ProcessResult run = tine({"inspect", dir.path("s.snap")});
  EXPECT_TRUE(contains(run.out, "not in the file\n")) << run.out;
}

TEST(Inspect, TextOfASnapshotSaysTheSame) {
  const TempDir dir;
  freeze_tiny(dir);
  const ProcessResult run = tine({"inspect", dir.path("tiny.snap")});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  for (const char* part :
       {"snapshot of tiny.wasm", "backtrace, 3 frames", "#0 last+0x0 (tiny.wasm:0x",
        "locals    i64:9 f32:0x1.4p+1", "of 32 pages of 4 KiB 30 are zero, 2 are not",
        "0x00011000..0x00012000", "mut i32:41", "3 elements of funcref, 1 not null"})
    EXPECT_TRUE(contains(run.out, part)) << part << "\n" << run.out;
}

/// changes.wasm, frozen as a.snap, and as b.snap what has changed since.
void freeze_a_delta(const TempDir& dir) {
  const ProcessResult taken = tine(
      {"snapshot", "--closed", "--at", "func=before", "-o", dir.path("a.snap"), guest("changes")});
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  const ProcessResult resumed =
      tine({"resume", "--snapshot-on", "func=after", "--snapshot-to", dir.path("b.snap"),
            "--stop-after-snapshot", "--parent", dir.path("a.snap"), dir.path("a.snap")});
  ASSERT_TRUE(std::filesystem::exists(dir.path("b.snap"))) << resumed.err;
}

TEST(Inspect, ShowsWhatADeltaHasChanged) {
  const TempDir dir;
  freeze_a_delta(dir);
  const auto parent = inspect(dir.path("a.snap"));
  EXPECT_TRUE(parent["parent"].is_null());
  EXPECT_FALSE(parent["memories"][0].contains("since_parent"));
  const auto facts = inspect(dir.path("b.snap"));
  EXPECT_EQ(facts["parent"]["file"], "a.snap");
  EXPECT_EQ(facts["parent"]["hash"], parent["hash"]);
  const auto& changes = facts["memories"][0]["since_parent"];
  EXPECT_EQ(changes["changed_pages"], 2);
  EXPECT_EQ(changes["changed_ranges"].dump(), "[[12288,20480]]");
  EXPECT_EQ(changes["zeroed_pages"], 1);
  EXPECT_EQ(changes["zeroed_ranges"].dump(), "[[4096,8192]]");
  const std::string text = tine({"inspect", dir.path("b.snap")}).out;
  for (const char* part : {"parent        a.snap, root hash ", "2 pages have other contents",
                           "0x00003000..0x00005000", "1 pages became zeros"})
    EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
}

TEST(Inspect, ListsTheSectionsOfAFile) {
  const TempDir dir;
  freeze_a_delta(dir);
  const auto sections = inspect(dir.path("b.snap"))["sections"];
  std::string kinds;
  uint64_t end = 0;
  for (const auto& section : sections["list"]) {
    kinds += section["kind"].get<std::string>() + " ";
    end = section["offset"].get<uint64_t>() + section["size_bytes"].get<uint64_t>();
  }
  EXPECT_EQ(kinds, "parent name module state changes ");
  EXPECT_EQ(sections["plain_bytes"], end);
  EXPECT_EQ(sections["state_bytes"], sections["list"][2]["size_bytes"]);
  EXPECT_EQ(sections["form"], "plain");
  ASSERT_EQ(tine({"pack", dir.path("b.snap"), dir.path("dense.snap")}).exit_code, 0);
  const auto dense = inspect(dir.path("dense.snap"))["sections"];
  EXPECT_EQ(dense["form"], "dense");
  EXPECT_EQ(dense["list"], sections["list"]);
}

TEST(Inspect, RefusesJunk) {
  const TempDir dir;
  dir.write("junk", "neither");
  const ProcessResult run = tine({"inspect", "junk"}, {.directory = dir.path()});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(run.err.starts_with("junk:")) << run.err;
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
}

}  // namespace

}  // namespace tine::test
