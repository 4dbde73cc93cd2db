// The dense form: smaller, whole, and the same state; never more than it says.
#include "dense.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "blocks.h"
#include "fork/guest.h"
#include "little_endian.h"
#include "plain_file.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

using Bytes = std::vector<uint8_t>;
using Form = SaveOptions::Form;
using Lines = std::vector<std::string>;

/// The dense form of a file to be, whose pieces are all of `plain`.
Bytes pack(std::span<const uint8_t> plain, uint64_t plain_bytes) {
  Bytes out;
  DenseWriter writer(plain_bytes, [&out](std::span<const uint8_t> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
    return Result<void>();
  });
  EXPECT_TRUE(writer.put(0, plain).has_value());
  EXPECT_TRUE(writer.finish().has_value());
  return out;
}

Bytes contents_of(const PlainFile& file) {
  Bytes out(file.size());
  EXPECT_TRUE(file.read_at(0, out).has_value());
  return out;
}

TEST(Dense, UnpacksToTheVeryBytes) {
  test::Random random(7);
  for (const uint64_t size : {0u, 1u, 4095u, 4096u, 4097u, 262143u, 262144u, 262145u, 1000000u}) {
    Bytes plain(size);
    for (uint64_t i = 0; i < size / 5000; ++i)
      plain[random.below(static_cast<uint32_t>(size))] = static_cast<uint8_t>(random.next());
    const Bytes dense = pack(plain, size);
    const auto back = PlainFile::of_bytes(dense, 1 << 20);
    ASSERT_TRUE(back.has_value()) << size << ": " << back.error().to_line("dense");
    EXPECT_TRUE(back->was_dense());
    EXPECT_EQ(contents_of(*back), plain) << size;
  }
}

TEST(Dense, HolesStayHoles) {
  const Bytes dense = pack(Bytes(100, 1), uint64_t{1} << 30);
  const auto back = PlainFile::of_bytes(dense, uint64_t{1} << 30);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->size(), uint64_t{1} << 30);
  EXPECT_EQ(back->next_data(4096, uint64_t{1} << 30).begin, uint64_t{1} << 30);
}

TEST(Dense, TakesNoMoreThanItMay) {
  const Bytes dense = pack(Bytes(100, 1), uint64_t{1} << 30);
  const auto refused = PlainFile::of_bytes(dense, (uint64_t{1} << 30) - 1);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kLimit);
  EXPECT_EQ(refused.error().byte_offset, 16u);
}

TEST(Dense, PutsNothingBehindTheSizeThatItDeclares) {
  // A bomb: a megabyte of ones behind a header that tells of one block.
  Bytes dense = pack(Bytes(1 << 20, 1), 1 << 20);
  store_le<uint64_t>(dense.data() + 16, 4096);
  const auto refused = PlainFile::of_bytes(dense, 1 << 20);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kBadSnapshot);
}

TEST(DenseSnapshot, IsTheSameState) {
  for (const auto& snapshot : {test::tiny_snapshot(), test::deep_snapshot(5)}) {
    const Bytes plain = *snapshot->to_bytes();
    const Bytes dense = *snapshot->to_bytes(Form::kDense);
    EXPECT_LT(dense.size(), plain.size() / 10);
    const auto back = Snapshot::from_bytes(dense);
    ASSERT_TRUE(back.has_value()) << back.error().to_line("dense");
    EXPECT_EQ(differences((*back)->state(), snapshot->state(), 10), Lines{});
    EXPECT_EQ(*(*back)->to_bytes(), plain);
    const auto unpacked = PlainFile::of_bytes(dense, plain.size());
    ASSERT_TRUE(unpacked.has_value());
    EXPECT_EQ(contents_of(*unpacked), plain);
  }
}

TEST(DenseSnapshot, LoadsFromAFileInEitherWay) {
  const auto snapshot = test::deep_snapshot(3);
  const std::string path = test::scratch_path("dense.snap");
  ASSERT_TRUE(snapshot->save(path, {.form = Form::kDense}).has_value());
  EXPECT_EQ(test::read_file(path), *snapshot->to_bytes(Form::kDense));
  for (const MemorySource source : {MemorySource::kCopy, MemorySource::kMapFile}) {
    const auto loaded = Snapshot::load(path, source);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().to_line(path);
    EXPECT_EQ((*loaded)->hash(), snapshot->hash());
    auto machine = test::resume(**loaded);
    ASSERT_TRUE(machine.has_value());
    EXPECT_TRUE((*machine)->run().returned());
  }
}

TEST(DenseSnapshot, IsCheckedWithItsMemory) {
  // The plain form with damaged memory loads, as any contents are legal; its dense form does not.
  Bytes plain = *test::deep_snapshot(1)->to_bytes();
  plain.back() ^= 1;
  EXPECT_TRUE(Snapshot::from_bytes(plain).has_value());
  const auto refused = Snapshot::from_bytes(pack(plain, plain.size()));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().byte_offset, plain.size() - 3 * kWasmPageBytes);
  EXPECT_NE(refused.error().detail.find("(an offset in the unpacked form)"), std::string::npos);
}

}  // namespace
}  // namespace tine
