// A MachineState and its bytes.
#include "state_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fork/guest.h"
#include "tine/field_differences.h"

namespace tine {
namespace {

constexpr uint64_t kFileOffset = 1000;

/// A state with something in every kind of field. It makes no sense as a machine; the codec does
/// not mind.
MachineState odd_state(const ModuleRef& module, const std::vector<uint8_t>& memory) {
  MachineState state;
  state.modules = {module};
  state.host_funcs = {
      {.module = "env", .name = std::string("a\0b", 3), .params = {0x7f, 0x7b}, .results = {}}};
  state.funcs = {{.is_host = true, .owner = 0, .func = 0},
                 {.is_host = false, .owner = 1, .func = 0xffffffff}};
  state.instances = {{.module = 0,
                      .funcs = {1, 2, 3},
                      .tables = {},
                      .memories = {0},
                      .globals = {},
                      .dropped_elements = {1, 0},
                      .dropped_data = {}}};
  state.memories = {{.address_type = 0x7f,
                     .page_shift = 16,
                     .min_pages = 1,
                     .has_max = true,
                     .max_pages = 9,
                     .size_bytes = kWasmPageBytes,
                     .contents = {memory, -1, 0}}};
  state.tables = {{.element = 0x70,
                   .address_type = 0x7e,
                   .min_elements = 2,
                   .has_max = false,
                   .max_elements = 0,
                   .elements = {0, ~uint64_t{0}}}};
  state.globals = {{.is_mutable = true, .value = Value::f64(-0.0)},
                   {.is_mutable = false, .value = {ValType::kV128, 1, ~uint64_t{0}}}};
  FrameState frame{.instance = 1, .func = 2, .offset = 3, .locals = {}, .operands = {}};
  frame.locals = {Value::i32(7), Value::i64(~uint64_t{0}), Value::f32(1.5f)};
  frame.operands = {Value::ref(ValType::kExternRef, 5)};
  state.threads = {{.frames = {frame, frame}}};
  state.pending = {{.instance = 0, .func = 1, .args = {Value::i32(3)}, .is_running = false}};
  state.instructions = 0x0102030405060708;
  state.world.args = {"program", "", "--flag"};
  state.world.is_closed = true;
  return state;
}

class StateCodec : public testing::Test {
 protected:
  Result<MachineState> decode(const std::vector<uint8_t>& bytes) {
    return decode_state(bytes, kFileOffset, modules_, memories_);
  }

  std::vector<uint8_t> memory_ = std::vector<uint8_t>(kWasmPageBytes, 5);
  std::vector<ModuleRef> modules_ = {test::guest_module("tiny")};
  std::vector<MemoryContents> memories_ = {{memory_, -1, 0}};
  MachineState state_ = odd_state(modules_[0], memory_);
};

TEST_F(StateCodec, ReadsBackWhatItWrote) {
  const auto bytes = encode_state(state_);
  const auto back = decode(bytes);
  ASSERT_TRUE(back.has_value()) << back.error().detail;
  EXPECT_EQ(differences(state_, *back, 10), std::vector<std::string>{});
  EXPECT_EQ(encode_state(*back), bytes);
}

TEST_F(StateCodec, RefusesEveryTruncationAtItsOffset) {
  const auto bytes = encode_state(state_);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto back = decode({bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)});
    ASSERT_FALSE(back.has_value()) << size;
    EXPECT_EQ(back.error().code, ErrorCode::kBadSnapshot);
    EXPECT_GE(back.error().byte_offset, kFileOffset);
    EXPECT_LE(back.error().byte_offset, kFileOffset + size);
  }
}

TEST_F(StateCodec, RefusesBytesBehindTheState) {
  auto bytes = encode_state(state_);
  const uint64_t end = bytes.size();
  bytes.push_back(0);
  const auto back = decode(bytes);
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().byte_offset, kFileOffset + end);
}

TEST_F(StateCodec, EveryOtherByteIsAnotherStateOrAnError) {
  const auto bytes = encode_state(state_);
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const uint8_t flip : {0x01, 0x80, 0xff}) {
      auto damaged = bytes;
      damaged[at] ^= flip;
      const auto back = decode(damaged);
      if (back) {
        EXPECT_EQ(encode_state(*back), damaged) << "two encodings of one state, byte " << at;
      }
    }
  }
}

TEST_F(StateCodec, BoundsCountsByWhatIsLeft) {
  auto bytes = encode_state(state_);
  for (int i = 0; i < 4; ++i) bytes[static_cast<size_t>(i)] = 0xff;  // the count of modules
  const auto back = decode(bytes);
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().byte_offset, kFileOffset);
  EXPECT_NE(back.error().detail.find("state.modules: a count of 4294967295"), std::string::npos)
      << back.error().detail;
}

TEST_F(StateCodec, NamesTheFieldThatIsWrong) {
  auto bytes = encode_state(state_);
  // Find the i32 local 7 of the second frame: type code, then four bytes.
  const std::vector<uint8_t> local = {0x7f, 7, 0, 0, 0, 0x7e};
  const auto at = std::find_end(bytes.begin(), bytes.end(), local.begin(), local.end());
  ASSERT_NE(at, bytes.end());
  *at = 0x55;
  const auto back = decode(bytes);
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().detail,
            "state.threads[0].frames[1].locals[0]: 0x55 is not the code of a value type");
  EXPECT_EQ(back.error().byte_offset, kFileOffset + static_cast<uint64_t>(at - bytes.begin()));
}

TEST_F(StateCodec, RefusesSectionsThatTheStateDoesNotName) {
  const auto bytes = encode_state(state_);
  modules_.push_back(modules_[0]);
  EXPECT_FALSE(decode(bytes).has_value());
  modules_ = {test::guest_module("scratch")};
  EXPECT_FALSE(decode(bytes).has_value());
  modules_.clear();
  EXPECT_FALSE(decode(bytes).has_value());
}

TEST(Differences, NamesFieldsAndMemoryRanges) {
  const auto module = test::guest_module("tiny");
  std::vector<uint8_t> memory(2 * kWasmPageBytes);
  std::vector<uint8_t> other = memory;
  for (const size_t at : {100, 103, 5000, 131071}) other[at] = 1;
  const MachineState a = odd_state(module, memory);
  MachineState b = odd_state(module, other);
  b.instructions = 9;
  b.threads[0].frames[1].locals[0] = Value::i32(8);
  b.world.args.pop_back();
  EXPECT_EQ(differences(a, b, 100), (std::vector<std::string>{
                                        "memories[0].contents: 0x64..0x68 differ",
                                        "memories[0].contents: 0x1388..0x1389 differ",
                                        "memories[0].contents: 0x1ffff..0x20000 differ",
                                        "threads[0].frames[1].locals[0]: i32:7 != i32:8",
                                        "instructions: 72623859790382856 != 9",
                                        "world.args: 3 != 2 entries",
                                    }));
  EXPECT_EQ(differences(a, b, 2).size(), 2u);
  EXPECT_EQ(differences(a, a, 100).size(), 0u);
}

TEST(Differences, MatchesDescriptorsAndFilesByTheirNames) {
  MachineState a;
  a.world.fds = {{.number = 3, .offset = 1}, {.number = 5, .path = "log"}};
  a.world.overlay = {{.path = "x", .contents = {1}}, {.path = "y", .contents = {1}}};
  MachineState b = a;
  b.world.fds.insert(b.world.fds.begin(), FdState{.number = 2});
  b.world.fds.pop_back();
  b.world.fds[1].offset = 9;
  b.world.overlay[0].contents = {2, 3};
  b.world.overlay[1].contents.assign(100, 1);
  std::vector<std::string> lines;
  for (const Difference& d : field_differences(a, b, 100)) lines.push_back(to_string(d));
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "world.fds[3].offset: 1 != 9",
                       "world.fds[5]: only the first has it",
                       "world.fds[2]: only the second has it",
                       "world.overlay[0:x].contents: 0x01 != 0x0203",
                       "world.overlay[0:y].contents: 1 and 100 bytes, which differ from byte 1 on",
                   }));
  const auto offset = field_differences(a.world.fds[0], b.world.fds[1]);
  ASSERT_EQ(offset.size(), 1u);
  EXPECT_EQ(offset[0].field, "offset");
  EXPECT_EQ(offset[0].b, "9");
  EXPECT_EQ(field_differences(a, b, 2).size(), 2u);
}

}  // namespace
}  // namespace tine
