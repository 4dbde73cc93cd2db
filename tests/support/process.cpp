#include "support/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "support/temp_dir.h"
#include "tine/check.h"

extern char** environ;

namespace tine::test {

namespace {

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> list;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) list.push_back(text);
  }
  for (const auto& [name, value] : added) list.push_back(fmt::format("{}={}", name, value));
  return list;
}

}  // namespace

// Streams go through files: no pipe can fill up, so no thread has to empty one.
ProcessResult run_process(const std::vector<std::string>& args, const ProcessOptions& options) {
  const TempDir streams;
  const std::string in = streams.write("in", options.stdin_text);
  const std::string out = streams.path("out");
  const std::string err = streams.path("err");

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
  if (!options.directory.empty())
    posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());

  std::vector<std::string> words = args;
  std::vector<std::string> variables = environment_with(options.environ);
  pid_t child = 0;
  TINE_CHECK(posix_spawn(&child, args[0].c_str(), &actions, nullptr, pointers_to(words).data(),
                         pointers_to(variables).data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  TINE_CHECK(waitpid(child, &status, 0) == child);

  ProcessResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = read_text(out);
  result.err = read_text(err);
  return result;
}

}  // namespace tine::test
