// The few libFuzzer flags that tine must know as well, because it ends runs in libFuzzer's stead.
#pragma once

#include <span>
#include <string>

namespace tine {

struct EngineFlags {
  int error_exitcode = 77;
  int timeout_exitcode = 70;
  std::string artifact_prefix = "./";
  std::string exact_artifact_path;
  bool save_artifacts = true;  // not while files are replayed

  /// Reads them from libFuzzer's arguments; as there, the last one of a name wins and what does
  /// not parse is left to libFuzzer to complain about.
  [[nodiscard]] static EngineFlags parse(std::span<const std::string> args);
};

}  // namespace tine
