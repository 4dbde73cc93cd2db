// Instructions as text: what the text reader makes of it are the same bytes again.
#include "tine/instr_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "support/random_module.h"
#include "support/text_expect.h"
#include "tine/module.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;

/// An instruction with immediates that are not the default ones.
Code sample(Op op) {
  Code code;
  code.op(op);
  switch (op_info(op).immediate) {
    case Immediate::kNone: return code;
    case Immediate::kBlock: return code.raw({0x7e});
    case Immediate::kTryTable: return code.raw({0x7e, 4, 0, 7, 0, 1, 8, 0, 2, 0, 3, 0});
    case Immediate::kLabel:
    case Immediate::kFunc:
    case Immediate::kTag:
    case Immediate::kLocal:
    case Immediate::kGlobal:
    case Immediate::kTable:
    case Immediate::kMemory:
    case Immediate::kData:
    case Immediate::kElem: return code.u32(200);
    case Immediate::kLane: return code.u32(1);
    case Immediate::kLabelTable: return code.u32(2).u32(3).u32(0).u32(1);
    case Immediate::kCallIndirect:
    case Immediate::kMemoryInit:
    case Immediate::kMemoryCopy:
    case Immediate::kTableInit:
    case Immediate::kTableCopy: return code.u32(0).u32(3);
    case Immediate::kSelectT: return code.raw({1, 0x70});
    case Immediate::kMemarg: return code.raw({0x40, 2, 0x81, 0x01});
    case Immediate::kMemargLane: return code.raw({0x40, 2, 0x81, 0x01, 1});
    case Immediate::kI32: return code.raw({0x40});
    case Immediate::kI64: return code.raw({0x80, 0x80, 0x80, 0x80, 0x40});
    case Immediate::kF32: return code.raw({1, 2, 0xa0, 0xff});
    case Immediate::kF64: return code.raw({1, 2, 3, 4, 5, 6, 7, 0xc8});
    case Immediate::kV128:
      return code.raw({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xff});
    case Immediate::kShuffle:
      return code.raw({31, 30, 29, 28, 27, 26, 25, 24, 7, 6, 5, 4, 3, 2, 1, 0});
    case Immediate::kRefType: return code.raw({0x6f});
  }
  return code;
}

std::vector<Instr> instrs_of(std::span<const uint8_t> bytes) {
  std::vector<Instr> instrs;
  InstrReader reader(bytes, 0, static_cast<WasmOffset>(bytes.size()));
  while (!reader.at_end()) {
    const auto in = reader.next();
    EXPECT_TRUE(in) << in.error().detail;
    if (!in) break;
    instrs.push_back(*in);
  }
  return instrs;
}

/// The only instruction of a body. Its labels, if any, are gone.
std::string text_of(const Bytes& bytes) {
  InstrReader reader(bytes, 0, static_cast<WasmOffset>(bytes.size()));
  return to_string(*reader.next());
}

/// Whether a module ends with this code: behind the code section there is nothing.
bool ends_with(const Bytes& binary, const Bytes& code) {
  return binary.size() >= code.size() &&
         std::equal(code.begin(), code.end(), binary.end() - static_cast<ptrdiff_t>(code.size()));
}

/// The parts of blocks; they are in the test below.
bool needs_block(Op op) {
  return op == Op::else_ || op == Op::end || op == Op::catch_ || op == Op::catch_all ||
         op == Op::delegate;
}

TEST(InstrText, IsReadBackAsTheSameBytesForTheOlderExceptions) {
  const Bytes code = Code()
                         .begin(Op::try_)
                         .begin(Op::try_)
                         .op(Op::delegate, 0)
                         .op(Op::catch_, 3)
                         .op(Op::rethrow, 0)
                         .op(Op::catch_all)
                         .end()
                         .end();
  std::string text;
  for (const Instr& in : instrs_of(code)) text += to_string(in) + " ";
  text.resize(text.rfind("end"));
  EXPECT_EQ(text, "try try delegate 0 catch 3 rethrow 0 catch_all end ");
  EXPECT_TRUE(ends_with(test::encoded("(func " + text + ")"), code));
}

TEST(InstrText, IsReadBackAsTheSameBytesForEveryOpcode) {
  for (uint32_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    if (needs_block(op)) continue;
    Bytes bytes = sample(op);
    std::string text = text_of(bytes);
    ASSERT_TRUE(text.starts_with(op_info(op).text)) << text;
    const Immediate immediate = op_info(op).immediate;
    if (immediate == Immediate::kBlock || immediate == Immediate::kTryTable) {
      text += " end";
      bytes.push_back(0x0b);
    }
    bytes.push_back(0x0b);
    EXPECT_TRUE(ends_with(test::encoded("(func " + text + ")"), bytes)) << text;
  }
}

TEST(InstrText, LeavesDefaultsOut) {
  EXPECT_EQ(text_of(Code().memory_op(Op::i32_load, 2)), "i32.load");
  EXPECT_EQ(text_of(Code().memory_op(Op::i64_load, 2, 8)), "i64.load offset=8 align=4");
  EXPECT_EQ(text_of(Code().op(Op::memory_copy, 0, 0)), "memory.copy");
  EXPECT_EQ(text_of(Code().op(Op::call_indirect, 3, 0)), "call_indirect (type 3)");
  EXPECT_EQ(text_of(Code().f64_const(1.5)), "f64.const 0x1.8p+0");
  EXPECT_EQ(text_of(Code().begin(Op::block)), "block");
}

/// The types of a module, so that block types by index mean something.
std::string types_of(const Module& module) {
  std::string text;
  for (const FuncType& type : module.types) {
    text += "(type (func (param";
    for (const ValType t : type.params) text += " " + std::string(name_of(t));
    text += ") (result";
    for (const ValType t : type.results) text += " " + std::string(name_of(t));
    text += ")))\n";
  }
  return text;
}

/// A body as text, and as the text reader writes it: it leaves out an empty `else`, and writes the
/// types of blocks as short as can be.
struct BothForms {
  std::string text;
  Bytes bytes;
};
BothForms forms_of(const Module& module, const FuncBody& body) {
  BothForms forms;
  const auto code = module.bytes().subspan(body.begin, body.end - body.begin);
  const std::vector<Instr> instrs = instrs_of(code);
  InstrReader again(code, 0, static_cast<WasmOffset>(code.size()));  // for the labels
  for (size_t i = 0; i < instrs.size(); ++i) {
    const Instr in = *again.next();
    if (i + 1 < instrs.size()) forms.text += to_string(in) + "\n";  // the last end is implied
    if (in.op == Op::else_ && instrs[i + 1].op == Op::end) continue;
    const auto raw = code.subspan(in.offset, in.next_offset - in.offset);
    const FuncType* type =
        in.block.type_index < 0 ? nullptr : &module.types[static_cast<size_t>(in.block.type_index)];
    if (type != nullptr && type->params.empty() && type->results.size() <= 1) {
      forms.bytes.push_back(raw[0]);
      forms.bytes.push_back(type->results.empty() ? 0x40 : static_cast<uint8_t>(type->results[0]));
    } else {
      forms.bytes.insert(forms.bytes.end(), raw.begin(), raw.end());
    }
  }
  return forms;
}

TEST(InstrText, IsReadBackAsTheSameBytesForRandomFunctions) {
  size_t functions = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    const auto module = Module::create(test::random_module(seed));
    ASSERT_TRUE(module);
    for (const FuncBody& body : (*module)->bodies) {
      const BothForms forms = forms_of(**module, body);
      EXPECT_TRUE(
          ends_with(test::encoded(types_of(**module) + "(func " + forms.text + ")"), forms.bytes))
          << "seed " << seed << "\n"
          << forms.text;
      ++functions;
    }
  }
  EXPECT_GT(functions, 100u);
}

}  // namespace
}  // namespace tine
