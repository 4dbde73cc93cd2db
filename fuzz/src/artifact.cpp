#include "artifact.h"

#include <fstream>

#include <fmt/format.h>

#include "libfuzzer.h"

namespace tine {

std::string artifact_path(std::string_view kind, std::span<const uint8_t> input,
                          const EngineFlags& flags) {
  if (!flags.exact_artifact_path.empty()) return flags.exact_artifact_path;
  uint8_t sha1[20];
  fuzzer::ComputeSHA1(input.data(), input.size(), sha1);
  std::string path = flags.artifact_prefix + std::string(kind);
  for (const uint8_t byte : sha1) path += fmt::format("{:02x}", byte);
  return path;
}

void save_artifact(std::string_view kind, std::span<const uint8_t> input,
                   const EngineFlags& flags) {
  const std::string path = artifact_path(kind, input, flags);
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(input.data()),
            static_cast<std::streamsize>(input.size()));
  out.close();
  if (!out) {
    fuzzer::Printf("ERROR: cannot write %s\n", path.c_str());
    return;
  }
  fuzzer::Printf("artifact_prefix='%s'; Test unit written to %s\n", flags.artifact_prefix.c_str(),
                 path.c_str());
}

}  // namespace tine
