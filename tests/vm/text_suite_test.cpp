// The text reader over the whole spec suite: every script is read, every binary is the one that
// wabt writes, and every malformed text is refused in the suite's words. That what comes out decodes
// and does what the suite says is the spec runner's affair (tests/spec/).
//
// text_suite_wordings.txt and text_suite_binaries.txt list the exceptions, each with its reason; an
// exception that is none any more fails, too.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/spec_suite.h"
#include "support/temp_dir.h"
#include "tine/text.h"

namespace tine {
namespace {

namespace fs = std::filesystem;
using Form = ScriptModule::Form;
using Kind = ScriptCommandKind;
using test::ExceptionList;

fs::path beside_this_test(const std::string& name) {
  return fs::path(TINE_SOURCE_DIR) / "tests" / "vm" / name;
}

/// Where a command begins.
struct Place {
  std::string file;
  uint32_t line = 0;
  [[nodiscard]] std::string text() const { return file + ":" + std::to_string(line); }
};

/// Errors are judged as the spec runner judges them: one text must be a prefix of the other.
bool is_wording(const std::string& expected, const std::string& got) {
  return got.starts_with(expected) || expected.starts_with(got);
}

class TextSuite : public testing::Test {
 protected:
  void SetUp() override {
    if (test::spec_suite().empty()) GTEST_SKIP() << "SPEC SUITE SKIPPED: set TINE_SPEC_SUITE";
  }
  /// Calls `visit` for every command of every script that can be read.
  void for_each(const std::function<void(const Place&, const ScriptCommand&)>& visit) {
    for (const std::string& file : test::spec_suite_files()) {
      const auto script = read_script(test::read_text((test::spec_suite() / file).string()));
      ASSERT_TRUE(script.has_value()) << file << ": " << script.error().detail;
      for (const ScriptCommand& command : *script) visit({file, command.line}, command);
    }
  }
  /// Counts, and compares what failed with a list.
  void expect_exceptions(const ExceptionList& list, const std::set<std::string>& failed) {
    for (const std::string& place : list.places())
      EXPECT_TRUE(failed.contains(place)) << place << ": listed, but in order";
    for (const std::string& place : failed)
      EXPECT_TRUE(list.places().contains(place)) << place << ": not listed";
  }
};

bool is_about_module(Kind kind) {
  switch (kind) {
    case Kind::kModule:
    case Kind::kAssertInvalid:
    case Kind::kAssertUnlinkable:
    case Kind::kAssertUninstantiable: return true;
    default: return false;
  }
}

TEST_F(TextSuite, IsReadCompletely) {
  size_t commands = 0;
  size_t modules = 0;
  for_each([&](const Place& place, const ScriptCommand& command) {
    ++commands;
    if (!is_about_module(command.kind)) return;
    ++modules;
    EXPECT_TRUE(command.module.binary.has_value())
        << place.text() << ": " << command.module.binary.error().detail;
  });
  std::printf("%zu scripts, %zu commands, %zu modules that must be encoded\n",
              test::spec_suite_files().size(), commands, modules);
}

TEST_F(TextSuite, RefusesMalformedTextsInTheSuitesWords) {
  size_t checked = 0;
  std::set<std::string> failed;
  for_each([&](const Place& place, const ScriptCommand& command) {
    const bool is_assertion =
        command.kind == Kind::kAssertMalformed || command.kind == Kind::kAssertMalformedCustom;
    if (!is_assertion || command.module.form != Form::kQuote) return;
    ++checked;
    const auto& binary = command.module.binary;
    if (!binary.has_value() && is_wording(command.expected_text, binary.error().detail)) return;
    std::printf("%s: expected %s, got %s\n", place.text().c_str(), command.expected_text.c_str(),
                binary.has_value() ? "a binary" : binary.error().detail.c_str());
    failed.insert(place.text());
  });
  std::printf("%zu malformed texts, %zu exceptions\n", checked, failed.size());
  expect_exceptions(ExceptionList(beside_this_test("text_suite_wordings.txt")), failed);
}

// ------------------------------------------------------------------------------------------------
// Binaries, compared with wabt's

/// What wat2wasm writes of a text, or nothing where it refuses it.
class Wabt {
 public:
  std::optional<std::string> encode(const std::string& source) {
    const fs::path wat = fs::path(folder_.path()) / "module.wat";
    const fs::path wasm = fs::path(folder_.path()) / "module.wasm";
    std::ofstream(wat, std::ios::binary) << source;
    const auto run = test::run_process(
        {TINE_WAT2WASM, "--enable-all", "--no-check", wat.string(), "-o", wasm.string()});
    if (run.exit_code != 0) return std::nullopt;
    return test::read_text(wasm.string());
  }

 private:
  test::TempDir folder_;
};

/// A process each: all of them take minutes, so only some are compared unless asked for.
size_t compared_every() { return std::getenv("TINE_COMPARE_ALL_TEXTS") != nullptr ? 1 : 16; }

TEST_F(TextSuite, HasTheBinariesThatWabtWrites) {
  Wabt wabt;
  size_t same = 0;
  size_t refused_by_wabt = 0;
  size_t seen = 0;
  std::set<std::string> failed;
  for_each([&](const Place& place, const ScriptCommand& command) {
    const ScriptModule& module = command.module;
    const bool is_text = module.form == Form::kText || module.form == Form::kQuote;
    if (!is_about_module(command.kind) || !is_text || !module.binary) return;
    if (seen++ % compared_every() != 0) return;
    const auto expected = wabt.encode(module.source);
    if (!expected) {
      ++refused_by_wabt;
    } else if (*expected == std::string(module.binary->begin(), module.binary->end())) {
      ++same;
    } else {
      failed.insert(place.text());
    }
  });
  std::printf("every %zu. text (all: TINE_COMPARE_ALL_TEXTS=1): ", compared_every());
  std::printf("%zu binaries equal wabt's, %zu texts it cannot read, %zu exceptions\n", same,
              refused_by_wabt, failed.size());
  const ExceptionList list(beside_this_test("text_suite_binaries.txt"));
  if (compared_every() == 1) return expect_exceptions(list, failed);
  for (const std::string& place : failed) EXPECT_TRUE(list.places().contains(place)) << place;
}

}  // namespace
}  // namespace tine
