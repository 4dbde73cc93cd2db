// docs/snapshot-format.md tells every field of the state, in tables that are those of the .def files,
// and shows the golden file as it is. With TINE_BLESS=1 both are written anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "fork/bless.h"
#include "fork/guest.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

const char* const kDocPath = TINE_SOURCE_DIR "/docs/snapshot-format.md";
constexpr std::string_view kBegin = "<!-- state tables: written by fork_tests, TINE_BLESS=1 -->\n";
constexpr std::string_view kEnd = "<!-- end of state tables -->\n";

/// A C++ type of the tables in the words of the document.
std::string type_in_words(std::string type) {
  if (type.starts_with("std::vector<") && type != "std::vector<uint8_t>")
    return "list of " + type_in_words(type.substr(12, type.size() - 13));
  if (type == "std::vector<uint8_t>") return "bytes";
  if (type == "std::string") return "string";
  if (type == "ModuleRef") return "module hash";
  if (type == "MemoryContents") return "memory size";
  if (type.starts_with("uint")) return "u" + type.substr(4, type.find('_') - 4);
  return type;
}

std::string state_tables() {
  std::string out;
#define TINE_STRUCT(Name) out += "\n**" #Name "**\n\n| field | type | meaning |\n|---|---|---|\n";
#define TINE_FIELD(type, name, meaning) \
  out += fmt::format("| {} | {} | {} |\n", #name, type_in_words(#type), meaning);
#define TINE_STRUCT_END(Name)
#include "tine/machine_state.def"
  return out + "\n";
}

TEST(SnapshotFormatDoc, TellsEveryFieldOfTheState) {
  const auto bytes = test::read_file(kDocPath);
  const std::string doc(bytes.begin(), bytes.end());
  const size_t begin = doc.find(kBegin);
  const size_t end = doc.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const size_t tables = begin + kBegin.size();
  if (test::is_blessing()) {
    std::ofstream(kDocPath, std::ios::binary)
        << doc.substr(0, tables) << state_tables() << doc.substr(end);
    GTEST_SKIP() << "wrote " << kDocPath;
  }
  EXPECT_EQ(doc.substr(tables, end - tables), state_tables());
}

/// The row of the state section in the golden file's table, whose size the file itself tells.
std::string state_row(const std::vector<uint8_t>& golden) {
  constexpr size_t kStateEntry = 0x68;
  constexpr size_t kSizeAt = kStateEntry + 16;
  const auto size = static_cast<uint32_t>(golden[kSizeAt] | golden[kSizeAt + 1] << 8);
  return fmt::format("| 2 | 0x190 | {:#x} | the state |", size);
}

/// `000010  00 … 00  00 … 00  text`: the 16 bytes at `offset`.
std::string hexdump_line(const std::vector<uint8_t>& bytes, size_t offset) {
  std::string out = fmt::format("{:06x} ", offset);
  std::string text;
  for (size_t i = offset; i < offset + 16; ++i) {
    out += fmt::format("{}{:02x}", i % 8 == 0 ? " " : "", bytes[i]) + " ";
    text += bytes[i] >= 0x20 && bytes[i] < 0x7f ? static_cast<char>(bytes[i]) : '.';
  }
  return out + " " + text;
}

TEST(SnapshotFormatDoc, DumpsTheGoldenFileAsItIs) {
  const auto golden = test::read_file(TINE_SOURCE_DIR "/tests/fork/golden/version-4.snap");
  std::ifstream doc(kDocPath);
  std::string out;
  int dumped = 0;
  for (std::string line; std::getline(doc, line); out += line + "\n") {
    if (line.starts_with("| 2 | 0x190 |")) {
      if (!test::is_blessing()) {
        EXPECT_EQ(line, state_row(golden));
      }
      line = state_row(golden);
      ++dumped;
    }
    if (line.size() < 9 || line.substr(6, 2) != "  ") continue;
    if (line.find_first_not_of("0123456789abcdef") != 6) continue;
    const std::string expected = hexdump_line(golden, std::stoul(line, nullptr, 16));
    if (!test::is_blessing()) {
      EXPECT_EQ(line, expected);
    }
    line = expected;
    ++dumped;
  }
  EXPECT_GT(dumped, 10);
  if (test::is_blessing()) std::ofstream(kDocPath) << out;
}

TEST(SnapshotFormatDoc, TellsTheVersion) {
  const auto bytes = test::read_file(kDocPath);
  const std::string doc(bytes.begin(), bytes.end());
  EXPECT_NE(doc.find(fmt::format("format version {}", kSnapshotVersion)), std::string::npos);
}

}  // namespace
}  // namespace tine
