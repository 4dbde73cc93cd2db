// Programs that hold files of the host open, and words to capture and restore them with a policy.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/contains.h"
#include "support/temp_dir.h"
#include "tine/field_differences.h"
#include "tine/state.h"
#include "vm/wasi_fixture.h"

namespace tine::test {

namespace fs = std::filesystem;
using wasi::Errno;
namespace rights = wasi::rights;

using Policy = std::optional<FdPolicy>;
inline constexpr FdPolicy kAll[] = {FdPolicy::kError, FdPolicy::kReopen, FdPolicy::kEmbed,
                                    FdPolicy::kClose};
inline constexpr uint32_t kFile = 4;  // the descriptor of what is opened first

inline Result<WorldState> capture(WasiProgram& p, FdPolicy policy = FdPolicy::kError) {
  p.world().set_capture_policy(policy);
  return p.world().capture();
}

inline WorldState captured(WasiProgram& p, FdPolicy policy = FdPolicy::kError) {
  auto state = capture(p, policy);
  EXPECT_TRUE(state.has_value()) << state.error().detail;
  return state ? std::move(*state) : WorldState{};
}

inline Result<World> restore(const WorldState& state, const TempDir& dir, Policy policy = {}) {
  WorldConfig grants = grant(dir.path(), "/data");
  grants.fd_policy = policy;
  return World::restore(state, grants);
}

inline WasiProgram restored(const WorldState& state, const TempDir& dir, Policy policy = {}) {
  auto world = restore(state, dir, policy);
  EXPECT_TRUE(world.has_value()) << world.error().detail;
  return WasiProgram(world ? std::move(*world) : World());
}

inline std::string error_of(const Result<World>& world) {
  return world ? "" : world.error().detail;
}
inline std::string error_of(const Result<WorldState>& state) {
  return state ? "" : state.error().detail;
}

/// Empty: the two are the same, field by field.
inline std::vector<std::string> differences(const WorldState& a, const WorldState& b) {
  MachineState ma;
  MachineState mb;
  ma.world = a;
  mb.world = b;
  std::vector<std::string> lines;
  for (const Difference& d : field_differences(ma, mb, 20)) lines.push_back(to_string(d));
  return lines;
}
inline const std::vector<std::string> kNone;

inline std::vector<std::string> lines_of(const std::vector<LossState>& losses) {
  std::vector<std::string> lines;
  lines.reserve(losses.size());
  for (const LossState& loss : losses) lines.push_back(to_string(loss));
  return lines;
}

inline const FdState* fd_of(const WorldState& state, uint32_t number) {
  for (const FdState& fd : state.fds)
    if (fd.number == number) return &fd;
  return nullptr;
}

inline uint64_t size_of(WasiProgram& p, uint32_t fd) {
  EXPECT_EQ(p.call(&wasi::fd_filestat_get, fd, WasiProgram::kStat), Errno::kSuccess);
  EXPECT_EQ(p.load<uint8_t>(WasiProgram::kStat + 16),
            static_cast<uint8_t>(wasi::FileType::kRegularFile));
  return p.load<uint64_t>(WasiProgram::kStat + 32);
}

/// A real world whose program has read "hello " of /data/text, which it may also write.
class OpenFile : public ::testing::Test {
 protected:
  OpenFile() : program_(make_program(false)) {}

  WasiProgram make_program(bool closed) {
    dir_.write("text", "hello there");
    WasiProgram p(make_world(closed, {{dir_.path(), "/data"}}));
    uint32_t fd = 0;
    EXPECT_EQ(p.open("text", 0, rights::kAll, &fd), Errno::kSuccess);
    EXPECT_EQ(fd, kFile);
    EXPECT_EQ(p.read(fd, 6), "hello ");
    return p;
  }
  void remove() { fs::remove(dir_.path("text")); }
  void replace(std::string_view text) {
    dir_.write("new", text);
    fs::rename(dir_.path("new"), dir_.path("text"));
  }

  TempDir dir_;
  WasiProgram program_;
};

}  // namespace tine::test
