// Files as files: other forms, files without modules, notes, and verifying all of it.
#include "tine/snapshot_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fork/guest.h"
#include "hash.h"
#include "little_endian.h"
#include "snapshot_format.h"

namespace tine {
namespace {

using test::read_file;
using test::scratch_path;
using Bytes = std::vector<uint8_t>;
using Form = SaveOptions::Form;

void write_file(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

/// `first.snap`, complete, and `second.snap`, a delta against it; both with a reason.
std::shared_ptr<const Snapshot> save_two() {
  const auto machine = test::guest_machine("scratch");
  const auto first = test::capture(*machine);
  const std::vector args = {Value::i32(1), Value::i32(40)};
  EXPECT_TRUE(test::call(*machine, "scribble", args).returned());
  const auto second = test::capture(*machine);
  EXPECT_TRUE(first->save(scratch_path("first.snap"), {.reason = "first"}).has_value());
  EXPECT_TRUE(second
                  ->save(scratch_path("second.snap"),
                         {.parent = first, .parent_file = "first.snap", .reason = "second"})
                  .has_value());
  return second;
}

TEST(SnapshotFiles, PackAndUnpackGiveTheVeryBytesBack) {
  (void)save_two();
  for (const std::string name : {"first", "second"}) {
    const std::string plain = scratch_path(name + ".snap");
    const std::string dense = scratch_path(name + ".dense");
    const std::string again = scratch_path(name + ".again");
    ASSERT_TRUE(pack_snapshot(plain, dense).has_value());
    ASSERT_TRUE(unpack_snapshot(dense, again).has_value());
    EXPECT_EQ(read_file(again), read_file(plain)) << name;
    EXPECT_LT(read_file(dense).size(), read_file(plain).size() / 2);
    // Each may be of either form already.
    ASSERT_TRUE(pack_snapshot(dense, again).has_value());
    EXPECT_EQ(read_file(again), read_file(dense)) << name;
    ASSERT_TRUE(unpack_snapshot(plain, again).has_value());
    EXPECT_EQ(read_file(again), read_file(plain)) << name;
  }
}

TEST(SnapshotFiles, PackIsWhatSavingWouldHaveWritten) {
  const auto snapshot = test::deep_snapshot(3);
  ASSERT_TRUE(snapshot->save(scratch_path("plain")).has_value());
  ASSERT_TRUE(pack_snapshot(scratch_path("plain"), scratch_path("packed")).has_value());
  EXPECT_EQ(read_file(scratch_path("packed")), *snapshot->to_bytes(Form::kDense));
}

TEST(SnapshotFiles, DamageIsNotPacked) {
  Bytes bytes = *test::deep_snapshot(1)->to_bytes();
  bytes.back() ^= 1;
  write_file(scratch_path("bad.snap"), bytes);
  const auto packed = pack_snapshot(scratch_path("bad.snap"), scratch_path("out"));
  ASSERT_FALSE(packed.has_value());
  EXPECT_EQ(packed.error().code, ErrorCode::kBadSnapshot);
  EXPECT_FALSE(std::filesystem::exists(scratch_path("out")));
}

TEST(SnapshotFiles, UnpackRefusesAPipe) {
  const auto refused = unpack_snapshot(scratch_path("in"), "-");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
}

TEST(Flatten, GivesTheFullFileOfTheSameState) {
  const auto second = save_two();
  const auto loaded = Snapshot::load(scratch_path("second.snap"));
  ASSERT_TRUE(loaded.has_value());
  ASSERT_TRUE((*loaded)->save(scratch_path("flat.snap"), {.reason = ""}).has_value());
  EXPECT_EQ(read_file(scratch_path("flat.snap")), *second->to_bytes());
}

TEST(Reason, IsBesideTheState) {
  const auto snapshot = test::tiny_snapshot();
  const std::string path = scratch_path("reason.snap");
  ASSERT_TRUE(snapshot->save(path, {.reason = "trap: unreachable"}).has_value());
  const auto loaded = Snapshot::load(path);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_line(path);
  EXPECT_EQ((*loaded)->reason(), "trap: unreachable");
  EXPECT_EQ((*loaded)->hash(), snapshot->hash());
  const Bytes file = read_file(path);
  const Bytes without = *snapshot->to_bytes();
  EXPECT_EQ(Bytes(file.begin(), file.begin() + static_cast<ptrdiff_t>(without.size())), without);
  EXPECT_EQ(*(*loaded)->to_bytes(), file) << "it stays unless it is replaced";
  ASSERT_TRUE((*loaded)->save(path, {.reason = ""}).has_value());
  EXPECT_EQ(read_file(path), without);
}

TEST(Reason, IsCutWhereItWouldBeTooLong) {
  const std::string path = scratch_path("reason.snap");
  const std::string text(kMaxReasonBytes + 1, 'x');
  ASSERT_TRUE(test::tiny_snapshot()->save(path, {.reason = text}).has_value());
  const auto loaded = Snapshot::load(path);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_line(path);
  EXPECT_EQ((*loaded)->reason(), text.substr(0, kMaxReasonBytes));
}

TEST(WithoutModule, LoadsWithTheVeryModuleOnly) {
  const auto snapshot = test::tiny_snapshot();
  const std::string path = scratch_path("bare.snap");
  ASSERT_TRUE(snapshot->save(path, {.with_modules = false}).has_value());
  EXPECT_LT(read_file(path).size(), snapshot->to_bytes()->size() + 1);
  for (const char* wrong : {"", "scratch"}) {
    LoadOptions options;
    if (*wrong != 0) options.modules = {test::guest_module(wrong)};
    const auto refused = Snapshot::load(path, options);
    ASSERT_FALSE(refused.has_value()) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::kBadSnapshot);
    EXPECT_NE(refused.error().byte_offset, kNoOffset);
  }
  LoadOptions options;
  options.modules = {test::guest_module("scratch"), test::guest_module("tiny")};
  const auto loaded = Snapshot::load(path, options);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_line(path);
  EXPECT_EQ((*loaded)->hash(), snapshot->hash());
  EXPECT_EQ(*(*loaded)->to_bytes(), *snapshot->to_bytes());
  EXPECT_TRUE(verify_snapshot(path, options).has_value());
  EXPECT_FALSE(verify_snapshot(path).has_value());
}

TEST(WithoutModule, MayBeAParentAndADelta) {
  const auto machine = test::guest_machine("scratch");
  const auto first = test::capture(*machine);
  machine->memory(0).write(4096, Bytes{1});
  const auto second = test::capture(*machine);
  ASSERT_TRUE(first->save(scratch_path("first.snap"), {.with_modules = false}).has_value());
  const SaveOptions delta = {.parent = first, .parent_file = "first.snap", .with_modules = false};
  ASSERT_TRUE(second->save(scratch_path("second.snap"), delta).has_value());
  LoadOptions options;
  options.modules = {test::guest_module("scratch")};
  const auto verified = verify_snapshot(scratch_path("second.snap"), options);
  ASSERT_TRUE(verified.has_value()) << verified.error().to_line("second.snap");
  EXPECT_EQ(verified->snapshot->hash(), second->hash());
  EXPECT_EQ(verified->parents, 1u);
}

TEST(Verify, LooksAtMemoryWhereLoadingDoesNot) {
  (void)save_two();
  const std::string path = scratch_path("first.snap");
  ASSERT_TRUE(verify_snapshot(path).has_value());
  Bytes file = read_file(path);
  file[2 * kWasmPageBytes + 100] ^= 1;
  write_file(path, file);
  EXPECT_TRUE(Snapshot::load(path).has_value());
  const auto refused = verify_snapshot(path);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().detail, "the contents of memory 0 are damaged (their hash differs)");
  EXPECT_EQ(refused.error().byte_offset, kWasmPageBytes);
  // And it looks at the memory of parents.
  const auto child = verify_snapshot(scratch_path("second.snap"));
  ASSERT_FALSE(child.has_value());
  EXPECT_EQ(child.error().detail,
            "its parent first.snap:0x10000: the contents of memory 0 are damaged (their hash "
            "differs)");
}

TEST(Verify, LooksAtModulesAndStateOfParents) {
  (void)save_two();
  const std::string path = scratch_path("first.snap");
  const Bytes good = read_file(path);
  const auto state_at =
      load_le<uint64_t>(good.data() + kHeaderBytes + kEntryBytes + kEntryOffsetAt);
  for (const uint64_t at : {state_at, kHeaderBytes + 3 * kEntryBytes + 30}) {
    Bytes file = good;
    file[at] ^= 1;
    write_file(path, file);
    EXPECT_TRUE(Snapshot::load(scratch_path("second.snap")).has_value())
        << "loading takes memory from parents and nothing else";
    EXPECT_FALSE(verify_snapshot(scratch_path("second.snap")).has_value()) << at;
  }
}

TEST(Verify, LooksAtFrames) {
  const auto snapshot = test::tiny_snapshot();
  Bytes file = *snapshot->to_bytes();
  // The thread's frame, whose first field is its instance: 1 is none. Found by its neighbours.
  const Bytes frame = {1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0};
  const auto at = std::search(file.begin(), file.end(), frame.begin(), frame.end());
  ASSERT_NE(at, file.end());
  at[8] = 1;
  // Make the hashes of the state and the outline fit.
  uint8_t* const entry = file.data() + kHeaderBytes + kEntryBytes;
  const auto state = std::span(file).subspan(load_le<uint64_t>(entry + kEntryOffsetAt),
                                             load_le<uint64_t>(entry + kEntrySizeAt));
  store_hash(entry + kEntryHashAt, hash_of(state));
  store_hash(file.data() + kRootHashAt, {});
  const auto outline = std::span(file).first(kHeaderBytes + 3 * kEntryBytes);
  store_hash(file.data() + kRootHashAt, hash_of(outline));
  write_file(scratch_path("frame.snap"), file);
  ASSERT_TRUE(Snapshot::load(scratch_path("frame.snap")).has_value());
  const auto refused = verify_snapshot(scratch_path("frame.snap"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().detail, "a frame of no instance");
}

}  // namespace
}  // namespace tine
