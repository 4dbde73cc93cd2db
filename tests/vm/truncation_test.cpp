// Every valid module of the spec suite, cut off at every byte: an error with an offset. Only what is
// cut off between two sections may be a module again.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "byte_reader.h"
#include "support/hostile_module.h"
#include "support/spec_suite.h"
#include "tine/module.h"
#include "tine/text.h"

namespace tine {
namespace {

using Bytes = std::vector<uint8_t>;

/// Where one section ends and the next begins. Pre: the module is valid.
std::set<size_t> section_bounds(const Bytes& bytes) {
  constexpr WasmOffset kPreambleBytes = 8;
  std::set<size_t> bounds = {kPreambleBytes};
  ByteReader in(bytes, kPreambleBytes, static_cast<WasmOffset>(bytes.size()));
  while (!in.at_end()) {
    (void)in.byte();
    const auto size = in.length();
    if (!size) break;
    (void)in.take(*size);
    bounds.insert(in.offset());
  }
  return bounds;
}

class Truncations : public testing::Test {
 protected:
  void SetUp() override {
    if (test::spec_suite().empty()) GTEST_SKIP() << "SPEC SUITE SKIPPED: set TINE_SPEC_SUITE";
  }
  void cut(const std::string& place, const Bytes& whole) {
    const std::set<size_t> bounds = section_bounds(whole);
    for (size_t size = 0; size < whole.size(); ++size) {
      const Bytes start(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      ++cuts_;
      const auto wrong = test::module_misbehaviour(start);
      ASSERT_FALSE(wrong.has_value()) << place << " cut at " << size << ": " << *wrong;
      if (!bounds.contains(size))
        ASSERT_FALSE(Module::create(start).has_value()) << place << " cut at " << size;
    }
  }
  size_t cuts_ = 0;
};

TEST_F(Truncations, OfAllModulesOfTheSuiteAreRefused) {
  size_t modules = 0;
  for (const std::string& file : test::spec_suite_files()) {
    const auto script = read_script(test::read_text((test::spec_suite() / file).string()));
    ASSERT_TRUE(script.has_value()) << file;
    for (const ScriptCommand& command : *script) {
      const auto& binary = command.module.binary;
      if (!binary || binary->empty() || !Module::create(*binary)) continue;
      ++modules;
      cut(file + ":" + std::to_string(command.line), *binary);
    }
  }
  std::printf("%zu modules, %zu cuts\n", modules, cuts_);
  EXPECT_GT(modules, 1000u);
}

}  // namespace
}  // namespace tine
