// The overlay against the host's own file system: the same random work on the same tree, once
// through RealFiles and once through OverlayFiles, must give the same answers and the same tree.
#include <random>

#include <fmt/format.h>

#include "support/temp_dir.h"
#include "vm/wasi_fixture.h"

namespace tine {
namespace {

using test::make_world;
using test::TempDir;
using test::WasiProgram;
using wasi::Errno;

void fill(const TempDir& dir) {
  dir.write("a", "contents of a");
  dir.write("b", std::string(70'000, 'b'));
  dir.write("d/a", "a in d");
  dir.write("d/e/a", "a in e in d");
  dir.write("d/e/c", "");
  dir.make_dir("e");
}

std::string number(uint64_t n) { return std::to_string(n); }

/// Every name beneath the preopen with what it is and contains, as one text.
void describe(WasiProgram& p, const std::string& path, std::string* out) {
  uint32_t fd = 0;
  const Errno opened =
      p.open(path.empty() ? "." : path, wasi::kOpenDirectory, wasi::rights::kDirectory, &fd);
  if (opened != Errno::kSuccess) {
    *out += path + "=" + p.contents(path) + "\n";
    return;
  }
  *out += path + "/\n";
  for (const std::string& name : p.list(fd))
    if (name != "." && name != "..")
      describe(p, path.empty() ? name : fmt::format("{}/{}", path, name), out);
  EXPECT_EQ(p.close(fd), Errno::kSuccess);
}

/// A random path of at most three names out of few, so that names meet.
std::string random_path(std::mt19937_64& random) {
  static const char* const names[] = {"a", "b", "c", "d", "e", "a-"};
  std::string path = names[random() % 6];
  for (uint64_t depth = random() % 3; depth > 0; --depth)
    path += std::string("/") + names[random() % 6];
  return path;
}

/// How many names a file has; nothing of what is none.
std::string names_of(WasiProgram& p, const std::string& path) {
  const Errno e = p.call(&wasi::path_filestat_get, WasiProgram::kFirstPreopen, 0,
                         WasiProgram::kPath, p.put(WasiProgram::kPath, path), WasiProgram::kStat);
  const auto type = static_cast<wasi::FileType>(p.load<uint8_t>(WasiProgram::kStat + 16));
  if (e != Errno::kSuccess || type != wasi::FileType::kRegularFile) return "";
  return " names " + number(p.load<uint64_t>(WasiProgram::kStat + 24));
}

/// One step; what it answered, as text.
std::string step(WasiProgram& p, std::mt19937_64 random, std::vector<uint32_t>& open) {
  const auto told = [](Errno e) { return number(static_cast<uint64_t>(e)); };
  const uint64_t kind = random() % 14;
  const std::string path = random_path(random);
  const std::string other = random_path(random);
  uint32_t fd = 0;
  switch (kind) {
    case 0: return "write " + path + " " + told(p.write_file(path, "new " + other));
    case 1: return "mkdir " + path + " " + told(p.make_directory(path));
    case 2: return "rmdir " + path + " " + told(p.remove_directory(path));
    case 3: return "unlink " + path + " " + told(p.unlink(path));
    case 4:
    case 5: return "rename " + path + " " + other + " " + told(p.rename(path, other));
    case 6: return "link " + other + " " + path + " " + told(p.symlink("a", path));
    case 7: {
      const Errno e = p.open(path, 0, WasiProgram::kReading | WasiProgram::kWriting, &fd);
      if (e == Errno::kSuccess) open.push_back(fd);
      return "open " + path + " " + told(e);
    }
    case 8:
      if (open.empty()) return "";
      fd = open[random() % open.size()];
      return "write to " + number(fd) + " " + told(p.write(fd, other)) +
             told(p.seek(fd, static_cast<int64_t>(random() % 80'000), wasi::kWhenceSet));
    case 9:
      if (open.empty()) return "";
      fd = open[random() % open.size()];
      return "read from " + number(fd) + " " + p.read(fd, 40);
    case 11:
    case 12: {
      const std::string names = names_of(p, path);
      if (names.empty()) return "";  // of a symbolic link a closed world makes copies
      const Errno e = p.link(path, other);
      return "name " + path + " " + other + " " + told(e) + names + names_of(p, path);
    }
    case 10:
      if (open.empty()) return "";
      fd = open[random() % open.size()];
      return "resize " + number(fd) + " " +
             told(p.call(&wasi::fd_filestat_set_size, fd, random() % 80'000));
    default:
      if (open.empty()) return "";
      fd = open.back();
      open.pop_back();
      return "close " + number(fd) + " " + told(p.close(fd));
  }
}

TEST(OverlayDifferential, BehavesAsTheHostsFiles) {
  constexpr uint64_t kSeed = 7;
  for (uint64_t round = 0; round < 40; ++round) {
    std::mt19937_64 random(kSeed + round);
    TempDir real_dir;
    TempDir base_dir;
    fill(real_dir);
    fill(base_dir);
    WasiProgram real(make_world(false, {{real_dir.path(), "."}}));
    WasiProgram closed(make_world(true, {{base_dir.path(), "."}}));
    std::vector<uint32_t> real_open;
    std::vector<uint32_t> closed_open;
    for (int i = 0; i < 60; ++i) {
      const std::mt19937_64 now(random());
      const std::string wanted = step(real, now, real_open);
      ASSERT_EQ(step(closed, now, closed_open), wanted)
          << "seed " << kSeed + round << " step " << i;
    }
    std::string real_tree;
    std::string closed_tree;
    describe(real, "", &real_tree);
    describe(closed, "", &closed_tree);
    ASSERT_EQ(closed_tree, real_tree) << "seed " << kSeed + round;
    // And the captured overlay is the whole of it.
    const auto state = closed.world().capture();
    ASSERT_TRUE(state.has_value());
    auto restored = World::restore(*state, test::grant(base_dir.path(), "."));
    ASSERT_TRUE(restored.has_value()) << restored.error().detail;
    WasiProgram again(std::move(*restored));
    std::string restored_tree;
    describe(again, "", &restored_tree);
    ASSERT_EQ(restored_tree, real_tree) << "seed " << kSeed + round;
    for (const uint32_t fd : closed_open)
      ASSERT_EQ(again.read(fd, 100), closed.read(fd, 100)) << "seed " << kSeed + round;
  }
}

}  // namespace
}  // namespace tine
