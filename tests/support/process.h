// Runs a program and hands back what it printed and how it ended.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tine::test {

struct ProcessOptions {
  std::string stdin_text = {};
  std::string directory = {};                       // to run in; empty: the present one
  std::map<std::string, std::string> environ = {};  // added to this process's
};

struct ProcessResult {
  int exit_code = -1;  // 128 + signal where a signal ended it, as a shell shows it
  std::string out;
  std::string err;
};

/// `args[0]` is the path of the program. Aborts the test run where it cannot be started.
[[nodiscard]] ProcessResult run_process(const std::vector<std::string>& args,
                                        const ProcessOptions& options = {});

}  // namespace tine::test
