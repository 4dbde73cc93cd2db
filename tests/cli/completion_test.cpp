// tine completion: the script is run by the shell that it is for, and asked what it offers.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "support/contains.h"
#include "support/tine_process.h"

namespace tine::test {

namespace {

using Words = std::vector<std::string>;

/// Lines that are not empty, sorted.
Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// What bash offers for the last of `words`, sorted. Words come as bash splits them: at spaces and `=`.
Words offers(const Words& words, const std::string& folder = "/") {
  const TempDir dir;
  std::string script = tine({"completion", "bash"}).out + "COMP_WORDS=(tine";
  for (const std::string& word : words) script += " '" + word + "'";
  script += ")\nCOMP_CWORD=" + std::to_string(words.size()) +
            "\n_tine\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  const std::string file = dir.write("script", script);
  const ProcessResult bash = run_process({"/bin/bash", "--norc", file}, {.directory = folder});
  EXPECT_EQ(bash.exit_code, 0) << bash.err;
  EXPECT_EQ(bash.err, "");
  return lines_of(bash.out);
}

bool has(const Words& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

TEST(Completion, OffersEveryCommand) {
  const std::string help = tine({"--help"}).out;
  const Words commands = offers({""});
  EXPECT_GE(commands.size(), 14u);
  for (const std::string& command : commands) EXPECT_TRUE(contains(help, command)) << command;
  EXPECT_EQ(offers({"re"}), (Words{"replay", "resume"}));
  EXPECT_EQ(offers({"--v"}), Words{"--version"});
}

TEST(Completion, OffersTheOptionsOfACommand) {
  EXPECT_EQ(offers({"run", "--d"}), Words{"--dir"});
  EXPECT_EQ(offers({"diff", "--"}), (Words{"--help", "--json", "--module", "--rows"}));
  EXPECT_EQ(offers({"run", "--fuel", "7", "--invo"}), Words{"--invoke"});
  EXPECT_EQ(offers({"run", "--fuel", "=", "7", "--invo"}), Words{"--invoke"});
}

TEST(Completion, KnowsWhatOptionsTake) {
  const TempDir dir;
  dir.write("app.wasm", "");
  dir.make_dir("data");
  const auto here = [&](const Words& words) { return offers(words, dir.path()); };
  EXPECT_EQ(here({"run", "--kind", ""}), (Words{"covered", "plain", "stepping"}));
  EXPECT_EQ(here({"run", "--kind", "=", "st"}), Words{"stepping"});
  EXPECT_EQ(here({"run", "--kind", "="}), (Words{"covered", "plain", "stepping"}));
  EXPECT_EQ(here({"resume", "--fd-policy", "re"}), Words{"reopen"});
  EXPECT_EQ(here({"snapshot", "--at", "std"}), Words{"stdin"});
  EXPECT_EQ(here({"run", "--dir", ""}), Words{"data"});
  EXPECT_EQ(here({"run", "--stdin", ""}), (Words{"app.wasm", "data"}));
  EXPECT_EQ(here({"run", "--fuel", ""}), Words{});
  EXPECT_EQ(here({"run", "a"}), Words{"app.wasm"});
  EXPECT_EQ(here({"completion", ""}), (Words{"bash", "zsh"}));
}

TEST(Completion, LeavesTheArgumentsOfAProgramAlone) {
  const TempDir dir;
  dir.write("--dirt", "");
  EXPECT_EQ(offers({"run", "app.wasm", "--d"}, dir.path()), Words{"--dirt"});
  EXPECT_TRUE(has(offers({"inspect", "app.wasm", "--j"}), "--json"));
}

class ZshCompletion : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kZsh)) GTEST_SKIP() << "no zsh here: its script was not run";
  }

  /// What zsh offers at the end of a line, sorted. A broken script could wait for ever.
  [[nodiscard]] static Words offers(const std::string& line, const std::string& folder = "/") {
    const TempDir dir;
    const std::string script = dir.write("script", tine({"completion", "zsh"}).out);
    const ProcessResult zsh = run_process(
        {"/usr/bin/timeout", "60", kZsh, "-f", TINE_CLI_TESTS_DIR "/zsh_offers.zsh", script, line},
        {.directory = folder});
    EXPECT_EQ(zsh.exit_code, 0) << zsh.err;
    EXPECT_EQ(zsh.err, "");
    return lines_of(zsh.out);
  }

  static constexpr const char* kZsh = "/usr/bin/zsh";
};

TEST_F(ZshCompletion, OffersCommandsAndTheirOptions) {
  Words commands = test::offers({""});  // bash also offers tine's own options
  std::erase_if(commands, [](const std::string& word) { return word.starts_with("--"); });
  EXPECT_EQ(offers("tine "), commands);
  EXPECT_EQ(offers("tine re"), (Words{"replay", "resume"}));
  EXPECT_EQ(offers("tine run --d"), Words{"--dir"});
  EXPECT_EQ(offers("tine diff --"), (Words{"--help", "--json", "--module", "--rows"}));
  EXPECT_EQ(offers("tine run --fuel 7 --invo"), Words{"--invoke"});
}

TEST_F(ZshCompletion, KnowsWhatOptionsTake) {
  const TempDir dir;
  dir.write("app.wasm", "");
  dir.make_dir("data");
  const auto here = [&](const std::string& line) { return offers(line, dir.path()); };
  EXPECT_EQ(here("tine run --kind "), (Words{"covered", "plain", "stepping"}));
  EXPECT_EQ(here("tine resume --fd-policy re"), Words{"reopen"});
  EXPECT_EQ(here("tine run --dir "), Words{"data"});
  EXPECT_EQ(here("tine run a"), Words{"app.wasm"});
  EXPECT_EQ(here("tine completion "), (Words{"bash", "zsh"}));
}

TEST(Completion, RefusesOtherShells) {
  EXPECT_EQ(tine({"completion", "fish"}).exit_code, 2);
  EXPECT_EQ(tine({"completion"}).exit_code, 2);
}

TEST(Help, OfEveryCommandHasAnExample) {
  for (const std::string& command : offers({""})) {
    if (command.starts_with("--")) continue;
    const ProcessResult help = tine({command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_TRUE(contains(help.out, "Example")) << command;
    EXPECT_TRUE(contains(help.out, "\n  tine " + command) || contains(help.out, "(tine " + command))
        << command;
  }
  EXPECT_TRUE(contains(tine({"--help"}).out, "Example"));
}

}  // namespace

}  // namespace tine::test
