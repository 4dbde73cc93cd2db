// Whole C programs, built with wasi-libc, in both worlds; and captured while they hold files open.
#include <gtest/gtest.h>

#include <filesystem>

#include "support/temp_dir.h"
#include "tine/machine.h"

namespace tine {
namespace {

using test::TempDir;

std::span<const uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::shared_ptr<const HostRegistry> wasi_hosts() {
  auto registry = std::make_shared<HostRegistry>();
  registry->add_all(wasi_functions());
  return registry;
}

std::shared_ptr<const Module> guest(const std::string& name) {
  const std::string bytes =
      test::read_text(std::string(TINE_GUEST_DIR) + "/world_" + name + ".wasm");
  auto module = Module::create({bytes.begin(), bytes.end()});
  EXPECT_TRUE(module.has_value()) << name << ": " << module.error().detail;
  return *module;
}

/// A program with its machine, what it printed, and its input.
class GuestRun {
 public:
  GuestRun(const std::string& name, const WorldConfig& config)
      : machine_(Machine::create({.hosts = wasi_hosts()})) {
    auto world = World::create(config);
    EXPECT_TRUE(world.has_value()) << world.error().detail;
    machine_->world() = std::move(*world);
    const auto made = machine_->instantiate(guest(name), {});
    EXPECT_TRUE(made.has_value()) << made.error().detail;
    const auto start = machine_->find_export(made->instance, "_start");
    EXPECT_TRUE(start.has_value());
    machine_->push_call(start->address, {});
    attach();
  }
  explicit GuestRun(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) { attach(); }
  GuestRun(const GuestRun&) = delete;
  GuestRun& operator=(const GuestRun&) = delete;

  GuestRun& with_stdin(const std::string& text) {
    stdin_ = text;
    machine_->world().set_stdin(bytes_of(stdin_));
    return *this;
  }
  /// `exited: 0` and so on.
  std::string run() { return to_string(machine_->run()); }
  [[nodiscard]] const std::string& out() const { return out_; }
  [[nodiscard]] const std::string& err() const { return err_; }
  [[nodiscard]] Machine& machine() { return *machine_; }

 private:
  void attach() {
    machine_->world().set_stdout({[this](auto data) { out_.append(data.begin(), data.end()); }});
    machine_->world().set_stderr({[this](auto data) { err_.append(data.begin(), data.end()); }});
  }

  std::unique_ptr<Machine> machine_;
  std::string stdin_;
  std::string out_;
  std::string err_;
};

class Guest : public testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] WorldConfig config(std::vector<std::string> args = {"guest"}) const {
    return {.closed = GetParam(),
            .seed = 1,
            .args = std::move(args),
            .environ = {"GREETING=hello"},
            .preopens = {{dir_.path("data"), "/data"}}};
  }
  Guest() { dir_.make_dir("data"); }
  TempDir dir_;
};

INSTANTIATE_TEST_SUITE_P(BothWorlds, Guest, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Closed" : "Real"; });

TEST_P(Guest, WorksWithFiles) {
  dir_.write("data/base", "from the host\n");
  GuestRun run("files", config());
  // Returning from main with 0 is a return of _start; only other codes are an exit.
  EXPECT_EQ(run.run(), "returned");
  EXPECT_EQ(run.out(),
            "/data/base: from the host\n"
            "mkdir: ok\n"
            "mkdir again: File exists\n"
            "/data/dir/new: first LINE second line\n"
            "/data/base: from the host appended\n"
            "stat: ok\n"
            "size: 23, regular: 1\n"
            "symlink: ok\n"
            "/data/link: first LINE second line\n"
            "rename: ok\n"
            "/data/link: No such file or directory\n"
            "/data: ./ ../ base dir/ link\n"
            "/data/dir: ./ ../ moved\n"
            "rmdir full: Directory not empty\n"
            "unlink: ok\n"
            "rmdir: ok\n"
            "/data: ./ ../ base link\n"
            "truncate: ok\n"
            "pread: 3\n"
            "unlink open: ok\n"
            "read: 4\n"
            "close: ok\n"
            "/data/base: No such file or directory\n");
  EXPECT_EQ(test::read_text(dir_.path("data/base")), GetParam() ? "from the host\n" : "");
}

TEST_P(Guest, DoesNotGetOutOfItsDirectory) {
  dir_.write("secret", "the secret");
  dir_.make_dir("data/sub");
  std::filesystem::create_symlink("../secret", dir_.path("data/up"));
  std::filesystem::create_symlink(dir_.path("secret"), dir_.path("data/absolute"));
  std::filesystem::create_symlink("sub/chain2", dir_.path("data/chain1"));
  std::filesystem::create_symlink("../chain3", dir_.path("data/sub/chain2"));
  std::filesystem::create_symlink("sub/../../secret", dir_.path("data/chain3"));
  std::filesystem::create_directory_symlink("..", dir_.path("data/sub/parent"));
  std::filesystem::create_directory_symlink("../..", dir_.path("data/sub/above"));
  const std::vector<std::string> roads = {"/data/../secret",
                                          "/data/sub/../../secret",
                                          "/data/up",
                                          "/data/absolute",
                                          "/data/chain1",
                                          "/data/sub/parent/up",
                                          "/data/sub/above/secret",
                                          "/data/sub/above/data/absolute",
                                          dir_.path("secret"),
                                          "/data/sub/parent/../secret",
                                          "/data//../secret",
                                          "/etc/passwd"};
  std::vector<std::string> args = {"escape"};
  args.insert(args.end(), roads.begin(), roads.end());
  GuestRun run("escape", config(args));
  EXPECT_EQ(run.run(), "returned") << run.out();
  EXPECT_EQ(run.out().find("the secret"), std::string::npos) << run.out();
  EXPECT_EQ(test::read_text(dir_.path("secret")), "the secret");
}

TEST_P(Guest, SeesArgumentsEnvironmentAndInput) {
  GuestRun run("lines", config({"lines", "two words", ""}));
  EXPECT_EQ(run.with_stdin("a\nb\nc\n").run(), "exited: 3");
  EXPECT_EQ(run.out(), "arg lines\narg two words\narg \nGREETING hello\n1 a\n2 b\n3 c\n");
  EXPECT_EQ(run.err(), "3 lines\n");
}

TEST_P(Guest, SleepsAndTime) {
  GuestRun run("time", config());
  EXPECT_EQ(run.run(), "returned");
  EXPECT_TRUE(run.out().starts_with("slept enough: 1\nwall clock runs: 1\n")) << run.out();
}

TEST(ClosedGuest, IsAFunctionOfItsSeed) {
  const auto out_of = [](uint64_t seed) {
    GuestRun run("time",
                 {.closed = true, .seed = seed, .args = {"time"}, .environ = {}, .preopens = {}});
    EXPECT_EQ(run.run(), "returned");
    return run.out();
  };
  EXPECT_EQ(out_of(1), out_of(1));
  EXPECT_NE(out_of(1), out_of(2));
}

constexpr const char* kMidfileOut = "input: second half\nlog: before;input\nentries: .. log text\n";

/// A program paused before its first read of standard input, with everything open.
class HeldOpen : public Guest {
 protected:
  HeldOpen() { dir_.write("data/text", "first half, second half"); }
  std::unique_ptr<GuestRun> paused() {
    auto run = std::make_unique<GuestRun>("midfile", config());
    run->machine().world().pause_on_stdin(true);
    EXPECT_EQ(run->machine().run().pause, PauseReason::kStdin);
    return run;
  }
  /// A second machine that goes on in `world` from where the first one stands.
  static std::unique_ptr<GuestRun> go_on(const MachineState& state, Result<World> world) {
    EXPECT_TRUE(world.has_value()) << world.error().detail;
    auto machine = Machine::restore(state, std::move(*world), {.hosts = wasi_hosts()});
    EXPECT_TRUE(machine.has_value()) << machine.error().detail;
    return std::make_unique<GuestRun>(std::move(*machine));
  }
};

INSTANTIATE_TEST_SUITE_P(BothWorlds, HeldOpen, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Closed" : "Real"; });

TEST_P(HeldOpen, GoesOnUndisturbedAfterAPauseAndACapture) {
  auto run = paused();
  EXPECT_TRUE(run->machine().capture().has_value());
  run->machine().world().pause_on_stdin(false);
  EXPECT_EQ(run->with_stdin("input\n").run(), "returned");
  EXPECT_EQ(run->out(), kMidfileOut);
}

TEST_P(HeldOpen, GoesOnInARestoredMachine) {
  auto first = paused();
  auto state = first->machine().capture();
  ASSERT_TRUE(state.has_value()) << state.error().detail;
  auto second = go_on(*state, World::restore(state->world, config()));
  EXPECT_EQ(second->with_stdin("input\n").run(), "returned");
  EXPECT_EQ(second->out(), kMidfileOut);
  EXPECT_EQ(test::read_text(dir_.path("data/log")), GetParam() ? "" : "before;input");
}

TEST_P(HeldOpen, GoesOnInManyForksApart) {
  auto first = paused();
  auto state = first->machine().capture();
  ASSERT_TRUE(state.has_value()) << state.error().detail;
  for (int i = 0; i < 2; ++i) {
    auto fork = go_on(*state, World::close(state->world, 0, config().preopens));
    EXPECT_EQ(fork->with_stdin("input\n").run(), "returned");
    EXPECT_EQ(fork->out(), kMidfileOut);
  }
  EXPECT_EQ(test::read_text(dir_.path("data/log")), GetParam() ? "" : "before;");
}

TEST_P(HeldOpen, GoesBackToItsBaseAsOftenAsAsked) {
  auto first = paused();
  auto state = first->machine().capture();
  ASSERT_TRUE(state.has_value()) << state.error().detail;
  auto fork = go_on(*state, World::close(state->world, 0, config().preopens));
  Machine& machine = fork->machine();
  const auto memory = machine.memory(0).bytes();
  const std::vector<uint8_t> pristine(memory.begin(), memory.end());
  machine.set_base({pristine});
  std::string wanted;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(fork->with_stdin("input\n").run(), "returned");
    wanted += kMidfileOut;
    EXPECT_EQ(fork->out(), wanted);
    machine.reset();
  }
}

}  // namespace
}  // namespace tine
