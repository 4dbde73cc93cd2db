// InstrReader: the encoding of every instruction.
#include "tine/instr.h"

#include <gtest/gtest.h>

#include <string>

#include "support/module_builder.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;

InstrReader reader_of(const Bytes& code) { return {code, 0, static_cast<WasmOffset>(code.size())}; }

/// Bytes that fit as the immediates of an instruction.
Bytes sample_immediate(Immediate kind) {
  switch (kind) {
    case Immediate::kNone: return {};
    case Immediate::kBlock: return {0x7f};
    case Immediate::kLabel:
    case Immediate::kFunc:
    case Immediate::kLocal:
    case Immediate::kGlobal:
    case Immediate::kTable:
    case Immediate::kMemory:
    case Immediate::kData:
    case Immediate::kElem: return {0x81, 0x01};
    case Immediate::kLabelTable: return {0x02, 0x00, 0x01, 0x02};
    case Immediate::kCallIndirect:
    case Immediate::kMemoryInit:
    case Immediate::kMemoryCopy:
    case Immediate::kTableInit:
    case Immediate::kTableCopy:
    case Immediate::kMemarg: return {0x02, 0x05};
    case Immediate::kSelectT: return {0x01, 0x7e};
    case Immediate::kI32:
    case Immediate::kI64: return {0x7f};
    case Immediate::kF32: return {1, 2, 3, 4};
    case Immediate::kF64: return {1, 2, 3, 4, 5, 6, 7, 8};
    case Immediate::kV128:
    case Immediate::kShuffle: return {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    case Immediate::kLane: return {0x01};
    case Immediate::kMemargLane: return {0x02, 0x05, 0x01};
    case Immediate::kRefType: return {0x6f};
    case Immediate::kTag: return {0x05};
    case Immediate::kTryTable: return {0x40, 2, 0, 5, 1, 3, 2};  // (catch 5 1) (catch_all_ref 2)
  }
  return {};
}

TEST(InstrReader, ReadsEveryOpcodeOfTheTable) {
  for (uint32_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const OpInfo& info = op_info(op);
    ASSERT_EQ(op_of(info.prefix, info.code), op) << info.text;

    const Bytes code = Code().op(op).raw(sample_immediate(info.immediate)).op(Op::nop);
    InstrReader reader = reader_of(code);
    const auto instr = reader.next();
    ASSERT_TRUE(instr.has_value()) << info.text << ": " << instr.error().detail;
    EXPECT_EQ(instr->op, op) << info.text;
    EXPECT_EQ(instr->offset, 0u);
    EXPECT_EQ(instr->next_offset, code.size() - 1) << info.text;
    EXPECT_EQ(reader.next()->op, Op::nop) << info.text;
    EXPECT_TRUE(reader.at_end());
  }
}

TEST(InstrReader, RefusesEveryOpcodeOutsideTheTable) {
  for (uint32_t code = 0; code < 256; ++code) {
    const bool is_prefix = code == 0xfc || code == 0xfd;
    if (is_prefix || op_of(0, code)) continue;
    const Bytes bytes = {static_cast<uint8_t>(code), 0, 0, 0, 0};
    const auto instr = reader_of(bytes).next();
    ASSERT_FALSE(instr.has_value()) << code;
    char text[32];
    std::snprintf(text, sizeof text, "illegal opcode %02x", code);
    EXPECT_TRUE(instr.error().detail.starts_with(text)) << instr.error().detail;
    EXPECT_EQ(instr.error().byte_offset, 0u);
  }
  const Bytes beyond = {0xfc, 0x12};
  EXPECT_EQ(reader_of(beyond).next().error().detail, "illegal opcode fc 12");
}

TEST(InstrReader, RefusesVectorOpcodesThatDoNotExist) {
  for (const Bytes& code : {Bytes{0xfd, 0x9a, 0x01}, Bytes{0xfd, 0x94, 0x02}})
    EXPECT_TRUE(reader_of(code).next().error().detail.starts_with("illegal opcode fd "));
}

TEST(InstrReader, ReadsLanes) {
  const Bytes code = Code()
                         .v128_const(0x0706050403020100, 0x0f0e0d0c0b0a0908)
                         .op(Op::v128_load32_lane)
                         .raw({0x02, 0x10, 0x03});
  InstrReader reader = reader_of(code);
  const auto constant = reader.next();
  EXPECT_EQ(constant->bits, 0x0706050403020100u);
  EXPECT_EQ(constant->bits_hi, 0x0f0e0d0c0b0a0908u);
  const auto load = reader.next();
  EXPECT_EQ(load->align_log2, 2u);
  EXPECT_EQ(load->mem_offset, 16u);
  EXPECT_EQ(load->index, 3u);
}

TEST(InstrReader, ReadsConstantsAsBits) {
  const Bytes code = Code().i32_const(-2).i64_const(-3).f32_const(1.5f).f64_const(-0.25);
  InstrReader reader = reader_of(code);
  EXPECT_EQ(reader.next()->bits, 0xfffffffeu);
  EXPECT_EQ(reader.next()->bits, static_cast<uint64_t>(-3));
  EXPECT_EQ(reader.next()->bits, std::bit_cast<uint32_t>(1.5f));
  EXPECT_EQ(reader.next()->bits, std::bit_cast<uint64_t>(-0.25));
}

TEST(InstrReader, ReadsBlockTypes) {
  const Bytes code = Code()
                         .begin(Op::block)
                         .begin(Op::loop, ValType::kExternRef)
                         .begin_typed(Op::if_, 0x40)  // a type index that looks like "empty"
                         .begin_typed(Op::if_, 0xffffffff);
  InstrReader reader = reader_of(code);
  const BlockType empty = reader.next()->block;
  EXPECT_EQ(empty.type_index, -1);
  EXPECT_FALSE(empty.has_result);
  const BlockType with_result = reader.next()->block;
  EXPECT_EQ(with_result.type_index, -1);
  EXPECT_TRUE(with_result.has_result);
  EXPECT_EQ(with_result.result, ValType::kExternRef);
  EXPECT_EQ(reader.next()->block.type_index, 0x40);
  EXPECT_EQ(reader.next()->block.type_index, 0xffffffff);

  const Bytes negative = {0x02, 0x60};
  EXPECT_EQ(reader_of(negative).next().error().detail, "malformed block type");
}

TEST(InstrReader, ReadsMemargsWithAndWithoutAMemory) {
  const Bytes code =
      Code().op(Op::i64_load, 3, 0xffffffff).op(Op::i32_store8).u32(0x40).u32(7).u32(9);
  InstrReader reader = reader_of(code);
  const auto load = reader.next();
  EXPECT_EQ(load->align_log2, 3u);
  EXPECT_EQ(load->index2, 0u);
  EXPECT_EQ(load->mem_offset, 0xffffffffu);
  const auto store = reader.next();
  EXPECT_EQ(store->align_log2, 0u);
  EXPECT_EQ(store->index2, 7u);
  EXPECT_EQ(store->mem_offset, 9u);

  const Bytes bad_flags = Code().op(Op::i64_load, 0x80, 0);
  EXPECT_EQ(reader_of(bad_flags).next().error().detail, "malformed memop flags");
}

TEST(InstrReader, KeepsTheOrderOfTwoIndices) {
  const Bytes code = Code()
                         .op(Op::call_indirect, 4, 5)  // type, table
                         .op(Op::memory_init, 6, 7)    // data, memory
                         .op(Op::table_copy, 8, 9);    // destination, source
  InstrReader reader = reader_of(code);
  for (const auto& [first, second] : {std::pair{4u, 5u}, {6u, 7u}, {8u, 9u}}) {
    const auto instr = reader.next();
    EXPECT_EQ(instr->index, first);
    EXPECT_EQ(instr->index2, second);
  }
}

TEST(InstrReader, ReadsLabelTablesWithTheDefaultLast) {
  const Bytes code = Code().br_table({3, 1, 2}, 9).br_table({}, 4);
  InstrReader reader = reader_of(code);
  const auto full = reader.next();
  EXPECT_EQ(std::vector(full->labels.begin(), full->labels.end()),
            (std::vector<uint32_t>{3, 1, 2, 9}));
  const auto empty = reader.next();
  EXPECT_EQ(std::vector(empty->labels.begin(), empty->labels.end()), std::vector<uint32_t>{4});
}

TEST(InstrReader, DoesNotTrustTheLengthOfALabelTable) {
  const Bytes code = Code().op(Op::br_table, 65'520).u32(0);
  const auto cut_off = reader_of(code).next();
  EXPECT_EQ(cut_off.error().code, ErrorCode::kMalformed);
  EXPECT_EQ(cut_off.error().byte_offset, code.size());
  const Bytes too_long = Code().op(Op::br_table, 0xffffffff).u32(0);
  EXPECT_EQ(reader_of(too_long).next().error().code, ErrorCode::kLimit);
}

TEST(InstrReader, GivesOffsetsInTheWholeModule) {
  const Bytes module = {0xff, 0xff, 0x01, 0x1a, 0xff};
  InstrReader reader(module, 2, 4);
  EXPECT_EQ(reader.next()->offset, 2u);
  const auto drop = reader.next();
  EXPECT_EQ(drop->offset, 3u);
  EXPECT_EQ(drop->next_offset, 4u);
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(reader.next().error().byte_offset, 4u);
}

}  // namespace
}  // namespace tine
