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
  Words lines;
  std::istringstream out(bash.out);
  for (std::string line; std::getline(out, line);)
    if (!line.empty()) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
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

TEST(Completion, TheZshScriptIsWellFormed) {
  const ProcessResult script = tine({"completion", "zsh"});
  EXPECT_EQ(script.exit_code, 0);
  EXPECT_TRUE(contains(script.out,
                       "'--kind[Kind of code]:plain|covered|stepping:(plain covered "
                       "stepping)'"))
      << script.out;
  EXPECT_TRUE(contains(script.out, "'*--dir["));
  const TempDir dir;
  const std::string zsh = std::filesystem::exists("/bin/zsh") ? "/bin/zsh" : "/usr/bin/zsh";
  if (!std::filesystem::exists(zsh)) GTEST_SKIP() << "no zsh here: the script was not run";
  const std::string setup = "autoload -Uz compinit && compinit -u -d " + dir.path("dump") + "\n";
  const std::string file = dir.write("script", setup + script.out + "\nprint ${_comps[tine]}\n");
  const ProcessResult run = run_process({zsh, "-f", file});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out, "_tine\n");
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
