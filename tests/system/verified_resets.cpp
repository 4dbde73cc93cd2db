// verified_resets TARGET SEEDS RUNS [SEED]: runs random inputs in forks of a real program, and after
// each run goes back and compares the whole machine with the snapshot, byte by byte.
//
// What a reset has to undo depends on where a run stopped, so most runs stop at a random
// instruction; kinds of code take turns, because each marks what it changes in handlers of its own.
// Ends with the count that tools/suite.sh reads; exit code 1 at the first difference.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "tine/program.h"
#include "tine/runner.h"
#include "tine/target.h"

namespace tine {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kMaxRandomBytes = 256;
constexpr int kMaxChangedBytes = 8;
constexpr uint64_t kMaxFuel = 2'000'000;
constexpr std::array kKinds = {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

/// Makes inputs that get deep into a parser (changed and spliced seeds) and ones that do not.
class InputMaker {
 public:
  InputMaker(std::vector<Bytes> seeds, uint64_t seed) : seeds_(std::move(seeds)), random_(seed) {}

  uint64_t below(uint64_t bound) { return random_() % bound; }

  Bytes next() {
    switch (below(4)) {
      case 0: return noise();
      case 1: return spliced(any_seed(), any_seed());
      default: return changed(any_seed());
    }
  }

 private:
  const Bytes& any_seed() { return seeds_[below(seeds_.size())]; }

  Bytes noise() {
    Bytes bytes(below(kMaxRandomBytes));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(below(256));
    return bytes;
  }

  Bytes changed(Bytes bytes) {
    if (bytes.empty()) return bytes;
    for (uint64_t left = below(kMaxChangedBytes); left > 0; --left)
      bytes[below(bytes.size())] = static_cast<uint8_t>(below(256));
    return bytes;
  }

  Bytes spliced(const Bytes& head, const Bytes& tail) {
    Bytes bytes(head.begin(), head.begin() + static_cast<ptrdiff_t>(below(head.size() + 1)));
    bytes.insert(bytes.end(), tail.begin() + static_cast<ptrdiff_t>(below(tail.size() + 1)),
                 tail.end());
    return bytes;
  }

  std::vector<Bytes> seeds_;
  std::mt19937_64 random_;
};

template <class T>
T or_exit(Result<T> result, const std::string& file) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}\n", result.error().to_line(file));
  std::exit(1);
}

std::vector<Bytes> read_seeds(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  std::vector<Bytes> seeds;
  seeds.reserve(paths.size());
  for (const std::string& path : paths) seeds.push_back(or_exit(read_file(path), path));
  return seeds;
}

/// One run and its verification. False, with the differences printed, where there are any.
bool run_and_verify(InputRunner& runner, InputMaker& inputs, uint64_t run) {
  const Bytes input = inputs.next();
  const bool runs_out = inputs.below(4) != 0;
  const Outcome outcome = runner.run(input, runs_out ? 1 + inputs.below(kMaxFuel) : kMaxFuel);
  runner.fork().reset();
  const std::vector<std::string> differences = runner.fork().verify();
  if (differences.empty()) return true;
  fmt::print("run {} ({} bytes, {}, {} code): differences after reset\n", run, input.size(),
             to_string(outcome), name_of(runner.machine().code_kind()));
  for (const std::string& line : differences) fmt::print("  {}\n", line);
  return false;
}

int main_with(const std::string& target, const std::string& folder, uint64_t runs, uint64_t seed) {
  ProgramConfig boot;
  boot.world.closed = true;
  boot.world.args = {program_name(target)};
  const auto snapshot = or_exit(open_target(target, boot), target);
  std::vector<std::unique_ptr<InputRunner>> runners;
  for (const CodeKind kind : kKinds) {
    ForkConfig config;
    config.hosts = default_hosts();
    config.kind = kind;
    runners.push_back(or_exit(InputRunner::create(snapshot, config), target));
  }
  InputMaker inputs(read_seeds(folder), seed);
  fmt::print("seed {}\n", seed);
  for (uint64_t run = 0; run < runs; ++run) {
    if (!run_and_verify(*runners[run % runners.size()], inputs, run)) {
      fmt::print("{} passed, 1 failed, 0 skipped\n", run);
      return 1;
    }
  }
  fmt::print("{} passed, 0 failed, 0 skipped\n", runs);
  return 0;
}

}  // namespace
}  // namespace tine

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: verified_resets TARGET SEEDS RUNS [SEED]\n");
    return 2;
  }
  return tine::main_with(argv[1], argv[2], std::strtoull(argv[3], nullptr, 10),
                         argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1);
}
