// Files that appear whole, stay sparse, and memfds that nobody can change.
#include "os.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "fork/guest.h"

namespace tine {
namespace {

using test::read_file;
using test::scratch_path;

std::vector<uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

size_t files_beside(const std::string& path) {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()))
    ++count;
  return count;
}

TEST(AtomicFile, AppearsWholeAndPrivateOnCommit) {
  const std::string path = scratch_path("file");
  std::filesystem::remove(path);
  {
    auto file = os::AtomicFile::create(path, 3);
    ASSERT_TRUE(file.has_value()) << file.error().detail;
    ASSERT_TRUE(file->file().write_at(0, bytes_of("abc")).has_value());
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(file->commit().has_value());
  }
  EXPECT_EQ(read_file(path), bytes_of("abc"));
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(files_beside(path), 1u);
}

TEST(AtomicFile, LeavesTheOldFileWithoutCommit) {
  const std::string path = scratch_path("file");
  for (const bool commit : {true, false}) {
    auto file = os::AtomicFile::create(path, 3);
    ASSERT_TRUE(file.has_value());
    ASSERT_TRUE(file->file().write_at(0, bytes_of(commit ? "old" : "new")).has_value());
    if (commit) {
      ASSERT_TRUE(file->commit().has_value());
    }
  }
  EXPECT_EQ(read_file(path), bytes_of("old"));
  EXPECT_EQ(files_beside(path), 1u);
}

TEST(AtomicFile, LeavesNothingThatLooksLikeASnapshotWhenItsWriterDies) {
  const std::string path = scratch_path("state.snap");
  std::filesystem::remove(path);
  auto file = os::AtomicFile::create(path, 4096);
  ASSERT_TRUE(file.has_value());
  ASSERT_TRUE(file->file().write_at(100, bytes_of("abc")).has_value());
  // Nothing is committed: this is what a kill would leave.
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
    EXPECT_NE(entry.path().extension(), ".snap");
    EXPECT_FALSE(Snapshot::load(entry.path().string()).has_value());
  }
}

TEST(AtomicFile, ReplacesAFileAsOftenAsAskedTo) {
  const std::string path = scratch_path("file");
  for (const std::string text : {"one", "two", "three"}) {
    auto file = os::AtomicFile::create(path, text.size());
    ASSERT_TRUE(file.has_value());
    ASSERT_TRUE(file->file().write_next(bytes_of(text)).has_value());
    ASSERT_TRUE(file->commit().has_value());
    EXPECT_EQ(read_file(path), bytes_of(text));
  }
  EXPECT_EQ(files_beside(path), 1u);
}

TEST(AtomicFile, NamesThePathWhenTheFolderIsMissing) {
  const auto file = os::AtomicFile::create(scratch_path("none") + "/missing/file", 3);
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code, ErrorCode::kIo);
  EXPECT_NE(file.error().detail.find("missing/file"), std::string::npos) << file.error().detail;
}

TEST(AtomicFile, LeavesTheOldFileWhereTheNewOneDoesNotFit) {
  const std::string path = scratch_path("state.snap");
  const auto snapshot = test::tiny_snapshot();
  ASSERT_TRUE(snapshot->save(path).has_value());
  const auto old = read_file(path);
  rlimit unlimited{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  rlimit small = unlimited;
  small.rlim_cur = 4096;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto saved = snapshot->save(path, {.reason = "another"});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(saved.has_value());
  EXPECT_EQ(saved.error().code, ErrorCode::kIo);
  EXPECT_EQ(read_file(path), old);
  EXPECT_EQ(files_beside(path), 1u);
}

TEST(Memfd, RefusesChangesOnceSealed) {
  auto memfd = os::create_memfd(1 << 20);
  ASSERT_TRUE(memfd.has_value());
  ASSERT_TRUE(memfd->write_at(65536, bytes_of("data")).has_value());
  ASSERT_TRUE(os::seal(*memfd).has_value());
  EXPECT_FALSE(memfd->write_at(65536, bytes_of("more")).has_value());
  std::vector<uint8_t> read(4);
  ASSERT_TRUE(memfd->read_at(65536, read).has_value());
  EXPECT_EQ(read, bytes_of("data"));
}

TEST(Memfd, KnowsItsHoles) {
  auto memfd = os::create_memfd(1 << 20);
  ASSERT_TRUE(memfd.has_value());
  EXPECT_EQ(os::next_data(memfd->fd(), 0, 1 << 20).begin, uint64_t{1} << 20);
  ASSERT_TRUE(memfd->write_at(65536, bytes_of("data")).has_value());
  const os::Extent data = os::next_data(memfd->fd(), 0, 1 << 20);
  EXPECT_LE(data.begin, 65536u);
  EXPECT_GE(data.end, 65540u);
  EXPECT_EQ(os::next_data(memfd->fd(), data.end, 1 << 20).begin, uint64_t{1} << 20);
}

TEST(File, RefusesWhatIsNotAFile) {
  auto folder = os::open_for_reading(testing::TempDir());
  ASSERT_TRUE(folder.has_value());
  EXPECT_FALSE(folder->size().has_value());
}

TEST(File, SaysSoWhenItEndsEarly) {
  auto memfd = os::create_memfd(10);
  ASSERT_TRUE(memfd.has_value());
  std::vector<uint8_t> read(11);
  const auto result = memfd->read_at(0, read);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace tine
