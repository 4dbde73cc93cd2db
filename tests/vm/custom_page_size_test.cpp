// Memories whose pages are bytes: they end anywhere, and nothing behind their end is ever seen.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/module_expect.h"
#include "support/text_expect.h"
#include "support/text_guest.h"
#include "tine/memory.h"

namespace tine {
namespace {

using test::Bytes;
using test::encoded;
using test::expect_refused;
using test::expect_valid;
using test::kAllKinds;
using test::text_module;
using test::TextGuest;

struct Reader {
  const char* op;
  const char* type;
  uint64_t size_bytes;
};
constexpr Reader kReaders[] = {{"i32.load8_u", "i32", 1},
                               {"i32.load16_u", "i32", 2},
                               {"i32.load", "i32", 4},
                               {"i64.load", "i64", 8},
                               {"v128.load", "v128", 16}};

std::string reader_of(const Reader& r, uint32_t memory) {
  return fmt::format("(func (export \"{0}.{2}\") (param i32) (result {1}) ({0} {2} (local.get 0)))",
                     r.op, r.type, memory);
}

/// Memory 0, which handlers reach directly, and memory 1, which takes the long way.
TEST(CustomPageSize, AccessesEndWhereTheMemoryDoes) {
  for (const uint64_t bytes : {0, 1, 3, 7, 17, 255, 257, 65535, 65536, 65537}) {
    std::string text = fmt::format("(memory {0} (pagesize 1)) (memory {0} (pagesize 1))", bytes);
    for (const uint32_t memory : {0, 1})
      for (const Reader& reader : kReaders) text += reader_of(reader, memory);
    const auto module = text_module(text);
    for (const CodeKind kind : kAllKinds) {
      TextGuest guest(module, kind);
      for (const uint32_t memory : {0, 1}) {
        for (const Reader& reader : kReaders) {
          const std::string name = fmt::format("{}.{}", reader.op, memory);
          SCOPED_TRACE(fmt::format("{} of {} bytes", name, bytes));
          const uint64_t ends = bytes < reader.size_bytes ? 0 : bytes - reader.size_bytes + 1;
          if (ends > 0) {
            EXPECT_TRUE(guest.call(name, {Value::i32(static_cast<uint32_t>(ends - 1))}).returned());
          }
          const Outcome beyond = guest.call(name, {Value::i32(static_cast<uint32_t>(ends))});
          EXPECT_EQ(beyond.kind, OutcomeKind::kTrapped);
          EXPECT_EQ(beyond.trap, TrapKind::kMemoryOutOfBounds);
        }
      }
    }
  }
}

/// `05 04 01 08 00 SHIFT`: the shift stands behind the sizes.
TEST(CustomPageSize, IsOneOfTwo) {
  Bytes bytes = encoded("(memory 0 (pagesize 1))");
  const size_t shift_at = bytes.size() - 1;
  for (uint32_t shift = 0; shift < 0x80; ++shift) {
    bytes[shift_at] = static_cast<uint8_t>(shift);
    if (shift == 0 || shift == 16)
      expect_valid(bytes);
    else
      expect_refused(bytes, shift < 64 ? ErrorCode::kInvalid : ErrorCode::kMalformed,
                     "invalid custom page size", shift_at);
  }
}

TEST(CustomPageSize, GrowsByBytes) {
  const auto module = text_module(R"(
    (memory 3 100000 (pagesize 1))
    (func (export "size") (result i32) (memory.size))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "fill") (param i32 i32)
      (memory.fill (local.get 0) (i32.const 255) (local.get 1)))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0))))");
  for (const CodeKind kind : kAllKinds) {
    TextGuest guest(module, kind);
    EXPECT_EQ(guest.result("size", {}), Value::i32(3));
    EXPECT_TRUE(guest.call("fill", {Value::i32(0), Value::i32(3)}).returned());
    EXPECT_EQ(guest.call("fill", {Value::i32(0), Value::i32(4)}).trap,
              TrapKind::kMemoryOutOfBounds);
    EXPECT_EQ(guest.result("grow", {Value::i32(2)}), Value::i32(3));
    EXPECT_EQ(guest.result("load", {Value::i32(2)}), Value::i32(255));
    EXPECT_EQ(guest.result("load", {Value::i32(3)}), Value::i32(0));
    EXPECT_EQ(guest.call("load", {Value::i32(5)}).trap, TrapKind::kMemoryOutOfBounds);
    EXPECT_EQ(guest.result("grow", {Value::i32(99'996)}), Value::i32(0xffffffff));
    EXPECT_EQ(guest.result("grow", {Value::i32(99'995)}), Value::i32(5));
    EXPECT_EQ(guest.result("load", {Value::i32(99'999)}), Value::i32(0));
    EXPECT_EQ(guest.call("load", {Value::i32(100'000)}).trap, TrapKind::kMemoryOutOfBounds);
  }
}

TEST(CustomPageSize, HasAllAddressesButOne) {
  const MemoryType type{{1, {}}, AddressType::kI32, kBytePageShift};
  auto memory = Memory::create(type);
  ASSERT_TRUE(memory.has_value());
  EXPECT_EQ((*memory)->grow(UINT32_MAX - 1), 1);
  EXPECT_EQ((*memory)->size_bytes(), UINT32_MAX);
  EXPECT_EQ((*memory)->grow(1), -1);
  EXPECT_EQ((*memory)->blocks().size(), uint64_t{1} << 32);
}

TEST(CustomPageSize, OfWideMemoriesIsBoundedInBytes) {
  const uint64_t most = most_bytes(AddressType::kI64);
  EXPECT_TRUE(Memory::check_size({{most, {}}, AddressType::kI64, kBytePageShift}).has_value());
  for (const uint64_t bytes : {most + 1, UINT64_MAX})
    EXPECT_FALSE(Memory::check_size({{bytes, {}}, AddressType::kI64, kBytePageShift}).has_value());
}

}  // namespace
}  // namespace tine
