// A C guest for each function of WASI preview 1 (tests/wasi/), in a real and in a closed world.
//
// Every run has a fresh folder, the same arguments and input, and a socket with three connections:
// real ones over loopback, or a script. What a guest finds is told in tests/wasi/check.h.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "support/loopback.h"
#include "support/temp_dir.h"
#include "tine/machine.h"

namespace tine {
namespace {

using test::Peer;
using test::TempDir;

constexpr const char* kFunctions[] = {
#define TINE_WASI(name, ...) #name,
#include "wasi_functions.def"
};
constexpr std::string_view kConnections[] = {"hello", "0123456789", ""};

/// Where guests and sources are: where the build put them, or where they were taken along to.
std::string folder(const char* variable, const char* built) {
  const char* moved = std::getenv(variable);
  return moved != nullptr ? moved : built;
}

/// What stands behind `word` in the guest's first lines, `EXITS 42`; or nothing.
std::string said_by(const std::string& name, const std::string& word) {
  const std::string source =
      test::read_text(folder("TINE_TEST_SOURCE", TINE_SOURCE_DIR) + "/tests/wasi/" + name + ".c");
  const size_t at = source.find(word + " ");
  if (at == std::string::npos || at > source.find("#include")) return {};
  const size_t begin = at + word.size() + 1;
  return source.substr(begin, source.find_first_of(" .\n", begin) - begin);
}

struct Case {
  std::string name;
  bool closed = false;
};

class WasiConformance : public testing::TestWithParam<Case> {
 protected:
  WasiConformance() {
    dir_.write("secret", "out of reach");
    dir_.write("data/file", "0123456789");
    dir_.write("data/dir/inner", "inside");
    dir_.make_dir("other");
    std::filesystem::create_symlink("file", dir_.path("data/link"));
    std::filesystem::create_symlink("../secret", dir_.path("data/up"));
  }

  [[nodiscard]] WorldConfig config() const {
    const bool closed = GetParam().closed;
    WorldConfig config;
    config.closed = closed;
    config.args = {GetParam().name, "two words", ""};
    config.environ = {closed ? "WORLD=closed" : "WORLD=real", "EMPTY="};
    config.preopens = {{dir_.path("data"), "/data"}, {dir_.path("other"), "/other"}};
    config.listen = {"127.0.0.1:0"};
    if (closed)
      for (const std::string_view text : kConnections)
        config.connections.push_back({{text.begin(), text.end()}});
    return config;
  }

  /// A world with its connections made: `first_` is the peer of the first one.
  World connected_world() {
    auto world = World::create(config());
    EXPECT_TRUE(world.has_value()) << world.error().detail;
    if (GetParam().closed) {
      world->set_sent({[this](uint32_t, uint32_t connection, std::span<const uint8_t> data) {
        if (connection == 0) sent_.append(data.begin(), data.end());
      }});
    } else {
      for (std::optional<Peer>* peer : {&first_, &second_, &third_})
        peer->emplace(world->listen_addresses()[0], kConnections[connected_++]);
    }
    return std::move(*world);
  }

  /// Runs the guest; says how it ended and what it printed.
  std::string run() {
    auto registry = std::make_shared<HostRegistry>();
    registry->add_all(wasi_functions());
    const auto machine = Machine::create({.hosts = registry});
    machine->world() = connected_world();
    std::string out;
    machine->world().set_stdin({reinterpret_cast<const uint8_t*>("input\n"), 6});
    machine->world().set_stdout({[&](auto data) { out.append(data.begin(), data.end()); }});
    const std::string bytes = test::read_text(folder("TINE_TEST_GUESTS", TINE_GUEST_DIR) +
                                              "/wasi_" + GetParam().name + ".wasm");
    auto module = Module::create({bytes.begin(), bytes.end()});
    EXPECT_TRUE(module.has_value()) << module.error().detail;
    const auto made = machine->instantiate(*module, {});
    EXPECT_TRUE(made.has_value()) << made.error().detail;
    machine->push_call(machine->find_export(made->instance, "_start")->address, {});
    const std::string ending = to_string(machine->run());
    return out + ending;
  }

  TempDir dir_;
  std::optional<Peer> first_, second_, third_;
  size_t connected_ = 0;
  std::string sent_;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const char* name : kFunctions)
    for (const bool closed : {false, true}) cases.push_back({name, closed});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Guests, WasiConformance, testing::ValuesIn(all_cases()),
                         [](const auto& info) {
                           return info.param.name + (info.param.closed ? "_Closed" : "_Real");
                         });

TEST_P(WasiConformance, HoldsForItsFunction) {
  const std::string code = said_by(GetParam().name, "EXITS");
  EXPECT_EQ(run(), code.empty() ? "returned" : "exited: " + code);
  EXPECT_EQ(test::read_text(dir_.path("secret")), "out of reach");
  const std::string sent = said_by(GetParam().name, "SENDS");
  if (sent.empty()) return;
  EXPECT_EQ(GetParam().closed ? sent_ : first_->received(), sent);
}

}  // namespace
}  // namespace tine
