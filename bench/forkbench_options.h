// The command line of forkbench.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tine/world.h"

namespace tine::bench {

struct ForkbenchOptions {
  std::string snapshot_path;
  uint32_t forks = 64;
  double seconds = 5;
  uint64_t fuel = 1'000'000'000;
  std::string input_path;  // file or folder; empty: one empty input
  std::vector<Preopen> preopens;
  bool map_file = false;
  bool verify = false;
  bool json = false;
};

/// Parses; prints help or what is wrong. Returns nothing where the program should end with
/// `exit_code` (0 after --help, 2 for a command line that makes no sense).
[[nodiscard]] std::optional<ForkbenchOptions> parse_forkbench_options(int argc, char** argv,
                                                                      int& exit_code);

}  // namespace tine::bench
