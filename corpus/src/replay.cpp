#include "tine/replay.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "tine/program.h"
#include "tine/report.h"
#include "tine/runner.h"

namespace tine {

namespace {

namespace fs = std::filesystem;

struct InputFile {
  std::string name;
  std::string path;
};

Result<std::vector<InputFile>> list_inputs(const std::string& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) return std::vector<InputFile>{{program_name(path), path}};
  std::vector<InputFile> files;
  fs::recursive_directory_iterator it(path, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error))
    if (it->is_regular_file(error))
      files.push_back({it->path().lexically_relative(path).string(), it->path().string()});
  if (error) return fail(ErrorCode::kIo, kNoOffset, path + ": " + error.message());
  std::ranges::sort(files, {}, &InputFile::name);
  return files;
}

bool ended_badly(OutcomeKind kind) {
  return kind == OutcomeKind::kTrapped || kind == OutcomeKind::kOutOfFuel;
}

Result<ReplayResult> replay_one(InputRunner& runner, const InputFile& file, uint64_t fuel,
                                const std::string& label) {
  auto input = read_file(file.path);
  if (!input) return fail(ErrorCode::kIo, kNoOffset, file.path + ": " + input.error().detail);
  ReplayResult result;
  result.file = file.name;
  result.size_bytes = input->size();
  result.outcome = runner.run(*input, fuel);
  result.instructions = runner.instructions();
  if (ended_badly(result.outcome.kind)) result.backtrace = backtrace_lines(runner.machine(), label);
  return result;
}

}  // namespace

uint64_t ReplayReport::count(OutcomeKind kind) const {
  return static_cast<uint64_t>(std::ranges::count_if(
      results, [kind](const ReplayResult& r) { return r.outcome.kind == kind; }));
}

Result<ReplayReport> replay(const std::shared_ptr<const Snapshot>& snapshot,
                            const std::string& path, const ReplayOptions& options) {
  TINE_TRY_ASSIGN(const auto files, list_inputs(path));
  const std::string label = program_label(snapshot->state());
  const uint32_t wanted =
      options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  const size_t thread_count = std::clamp<size_t>(files.size(), 1, wanted);

  // Runners are made here, one after the other: an unfit snapshot is one error, not one a thread.
  std::vector<std::unique_ptr<InputRunner>> runners;
  for (size_t i = 0; i < thread_count; ++i) {
    TINE_TRY_ASSIGN(auto runner, InputRunner::create(snapshot, options.fork));
    runners.push_back(std::move(runner));
  }
  std::vector<Result<ReplayResult>> results(files.size());
  std::atomic<size_t> next = 0;
  std::vector<std::jthread> threads;
  threads.reserve(thread_count);
  for (auto& runner : runners)
    threads.emplace_back([&, machine = runner.get()] {
      for (size_t i = next++; i < files.size(); i = next++)
        results[i] = replay_one(*machine, files[i], options.fuel, label);
    });
  threads.clear();  // joins

  ReplayReport report;
  for (auto& result : results) {
    TINE_TRY_ASSIGN(auto one, std::move(result));
    report.results.push_back(std::move(one));
  }
  return report;
}

}  // namespace tine
