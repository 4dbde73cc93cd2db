// suite_seeds KIND SUITE FOLDER EVERY: writes seeds for the fuzz targets beside this file into a
// folder, a file each, made from every EVERYth module of the spec suite.
//
//   modules   the binaries that the text reader makes of them
//   runs      the same, each with a byte that chooses how it runs
//   texts     their texts, and the smaller scripts
#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/spec_suite.h"
#include "tine/text.h"

namespace {

using tine::ScriptCommand;

constexpr size_t kLargestSeedBytes = 16 * 1024;

class SeedFolder {
 public:
  SeedFolder(std::string kind, std::filesystem::path folder, size_t every)
      : kind_(std::move(kind)), folder_(std::move(folder)), every_(every) {
    std::filesystem::create_directories(folder_);
  }
  void add_script(const std::string& text) {
    const auto script = tine::read_script(text);
    if (!script) return;
    if (kind_ == "texts") write(text);
    for (const ScriptCommand& command : *script) {
      if (kind_ == "texts") {
        write(command.module.source);
      } else if (const auto& binary = command.module.binary; binary && !binary->empty()) {
        std::string bytes(binary->begin(), binary->end());
        if (kind_ == "runs") bytes += static_cast<char>(found_ % 256);
        write(bytes);
      }
    }
  }
  [[nodiscard]] size_t written() const { return written_; }

 private:
  void write(std::string_view bytes) {
    if (bytes.empty() || bytes.size() > kLargestSeedBytes || found_++ % every_ != 0) return;
    std::ofstream(folder_ / fmt::format("{:06}", written_++), std::ios::binary) << bytes;
  }

  std::string kind_;
  std::filesystem::path folder_;
  size_t every_;
  size_t found_ = 0;
  size_t written_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> args(argv, static_cast<size_t>(argc));
  size_t every = 0;
  if (args.size() == 5) std::from_chars(args[4], args[4] + std::strlen(args[4]), every);
  if (every == 0) {
    fmt::print(stderr, "usage: suite_seeds modules|runs|texts SUITE FOLDER EVERY\n");
    return 2;
  }
  SeedFolder seeds(args[1], args[3], every);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(args[2]))
    if (entry.path().extension() == ".wast")
      seeds.add_script(tine::test::read_text(entry.path().string()));
  fmt::print("{} seeds\n", seeds.written());
  return 0;
}
