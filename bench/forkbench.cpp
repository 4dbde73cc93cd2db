// forkbench: how fast forks of a snapshot go round, and what they take, with fork(2) and memcpy
// beside them in the same run.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "forkbench_options.h"
#include "forkbench_report.h"
#include "forkbench_run.h"

namespace {

namespace fs = std::filesystem;
using tine::bench::Input;

[[nodiscard]] tine::Result<Input> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return tine::fail(tine::ErrorCode::kIo, tine::kNoOffset, "cannot open " + path.string());
  return Input(std::istreambuf_iterator<char>(file), {});
}

/// One file, or all files of a folder in the order of their names; without a path one empty input.
[[nodiscard]] tine::Result<std::vector<Input>> read_inputs(const std::string& path) {
  if (path.empty()) return std::vector<Input>(1);
  std::vector<fs::path> files;
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (const auto& entry : fs::directory_iterator(path, error))
      if (entry.is_regular_file(error)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
  } else {
    files.emplace_back(path);
  }
  if (files.empty())
    return tine::fail(tine::ErrorCode::kIo, tine::kNoOffset, "no input files in " + path);
  std::vector<Input> inputs;
  for (const fs::path& file : files) {
    TINE_TRY_ASSIGN(inputs.emplace_back(), read_file(file));
  }
  return inputs;
}

int report_error(const tine::Error& error, const std::string& file) {
  fmt::print(stderr, "forkbench: {}\n", error.to_line(file));
  return tine::exit_code(error.code);
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = tine::bench::parse_forkbench_options(argc, argv, exit_code);
  if (!options) return exit_code;
  const auto inputs = read_inputs(options->input_path);
  if (!inputs) return report_error(inputs.error(), options->input_path);
  const auto result = tine::bench::run_forkbench(*options, *inputs);
  if (!result) return report_error(result.error(), options->snapshot_path);
  if (options->json)
    fmt::print("{}\n", tine::bench::to_json(*options, *result).dump(2));
  else
    fmt::print("{}", tine::bench::to_table(*options, *result));
  return result->differing_forks == 0 ? 0 : 1;
}
