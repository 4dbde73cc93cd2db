#include "spec/convert.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>

#include "spec/forms.h"

extern char** environ;

namespace tine::spec {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Runs wast2json on `wast`; its complaints go to `log`. Returns whether it succeeded.
bool run_wast2json(const fs::path& wast, const fs::path& json, const fs::path& log) {
  std::vector<std::string> words{"wast2json",
                                 "--enable-tail-call",
                                 "--enable-multi-memory",
                                 "--enable-extended-const",
                                 wast.string(),
                                 "-o",
                                 json.string()};
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = -1;
  const int refused = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (refused != 0) {
    std::ofstream(log) << "wast2json cannot be started (package wabt)\n";
    return false;
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Conversion convert(const fs::path& suite, const std::string& name,
                   const std::vector<uint32_t>& pending_lines, const fs::path& work) {
  Conversion out;
  std::string text = read_text(suite / name);
  std::vector<uint32_t> unmatched;
  out.commands_left_out = blank_forms(text, pending_lines, unmatched);
  if (!unmatched.empty()) {
    out.error = fmt::format("pending.txt: {}:{}: no form starts on this line", name, unmatched[0]);
    return out;
  }
  // Named after its text: what is there once is right for ever, whoever else is at work.
  std::string folder_name = fmt::format("{}-{:016x}", name, std::hash<std::string>{}(text));
  std::ranges::replace(folder_name, '/', '-');
  const fs::path folder = work / folder_name;
  out.json = folder / "script.json";
  if (fs::exists(out.json)) return out;

  const fs::path fresh = work / fmt::format("{}.{}", folder_name, getpid());
  fs::remove_all(fresh);
  fs::create_directories(fresh);
  std::ofstream(fresh / "script.wast", std::ios::binary) << text;
  if (!run_wast2json(fresh / "script.wast", fresh / "script.json", fresh / "log")) {
    const std::string log = read_text(fresh / "log");
    out.error = "wast2json: " + log.substr(0, log.find('\n'));
    fs::remove_all(fresh);
    return out;
  }
  std::error_code someone_was_faster;
  fs::rename(fresh, folder, someone_was_faster);
  if (someone_was_faster) fs::remove_all(fresh);
  return out;
}

}  // namespace tine::spec
