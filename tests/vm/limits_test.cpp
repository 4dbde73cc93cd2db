// limits.def: one beyond a limit is an Error kLimit, the limit itself is not.
#include "tine/limits.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/module_expect.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;
using test::expect_refused;
using test::expect_valid;
using test::ModuleBuilder;

std::vector<ValType> types(uint32_t count, ValType type = ValType::kI32) {
  return std::vector<ValType>(count, type);
}

void expect_limit(const Bytes& bytes, std::string_view noun) {
  const auto module = Module::create(bytes);
  ASSERT_FALSE(module.has_value()) << noun;
  EXPECT_EQ(module.error().code, ErrorCode::kLimit) << module.error().detail;
  EXPECT_NE(module.error().detail.find(noun), std::string::npos) << module.error().detail;
}

/// A function of no parameters with these locals and this code.
Bytes with_func(const Bytes& code, const std::vector<LocalRun>& locals = {}) {
  ModuleBuilder b;
  b.add_func(b.add_type({}), code, locals);
  return b.build();
}

TEST(Limits, BoundFunctionTypes) {
  ModuleBuilder most;
  most.add_type({types(kLimits.params), types(kLimits.results)});
  expect_valid(most.build());
  ModuleBuilder params;
  params.add_type({types(kLimits.params + 1), {}});
  expect_limit(params.build(), "parameters of a function type");
  ModuleBuilder results;
  results.add_type({{}, types(kLimits.results + 1)});
  expect_limit(results.build(), "results of a function type");
}

TEST(Limits, BoundLocals) {
  const Bytes code = Code().end();
  expect_valid(with_func(code, {{kLimits.locals, ValType::kI64}}));
  expect_limit(with_func(code, {{kLimits.locals, ValType::kI64}, {1, ValType::kI32}}),
               "locals of a function");
  expect_refused(with_func(code, {{0xffffffff, ValType::kI64}, {1, ValType::kI32}}),
                 ErrorCode::kMalformed, "too many locals");
}

TEST(Limits, BoundFramesInSlots) {
  const Bytes code = Code().end();
  const uint32_t wide = (kLimits.frame_slots - 1) / 2;
  expect_valid(with_func(code, {{wide, ValType::kV128}}));
  expect_limit(with_func(code, {{wide + 1, ValType::kV128}}), "slots of a frame");

  // Locals, one slot, and the operands fill the frame exactly; one operand more does not fit.
  const uint32_t locals = kLimits.locals;
  const uint32_t operands = kLimits.frame_slots - locals - 1;
  const auto pushing = [&](uint32_t count) {
    Code c;
    for (uint32_t i = 0; i < count; ++i) c.i32_const(0);
    for (uint32_t i = 0; i < count; ++i) c.op(Op::drop);
    return with_func(c.end(), {{locals, ValType::kI32}});
  };
  const auto full = expect_valid(pushing(operands));
  ASSERT_NE(full, nullptr);
  EXPECT_EQ(full->body(0).max_operand_slots, operands);
  expect_limit(pushing(operands + 1), "slots of a frame");
}

TEST(Limits, BoundTheNestingOfBlocks) {
  const auto nested = [](uint32_t depth) {
    Code c;
    for (uint32_t i = 0; i < depth; ++i) c.begin(Op::block);
    for (uint32_t i = 0; i < depth; ++i) c.end();
    return with_func(c.end());
  };
  expect_valid(nested(kLimits.control_depth - 1));  // the body itself is a block too
  expect_limit(nested(kLimits.control_depth), "nesting of blocks");
}

TEST(Limits, BoundBranchTables) {
  const auto table = [](uint32_t labels) {
    return with_func(Code().i32_const(0).br_table(std::vector<uint32_t>(labels, 0), 0).end());
  };
  expect_valid(table(kLimits.br_table_labels));
  expect_limit(table(kLimits.br_table_labels + 1), "labels of a br_table");
}

TEST(Limits, BoundNames) {
  const auto named = [](uint32_t size) {
    ModuleBuilder b;
    b.add_custom(std::string(size, 'x'), {});
    return b.build();
  };
  expect_valid(named(kLimits.name_bytes));
  expect_limit(named(kLimits.name_bytes + 1), "bytes of a name");
}

TEST(Limits, CountImportsAndDefinitionsTogether) {
  ModuleBuilder b;
  b.import_memory("env", "m", {0, std::nullopt});
  for (uint32_t i = 1; i < kLimits.memories; ++i) b.add_memory(0);
  expect_valid(b.build());
  b.add_memory(0);
  expect_limit(b.build(), "memories");
}

TEST(Limits, BoundFunctionSizes) {
  const auto sized = [](uint32_t size) {
    Bytes code(size - 2, 0x01);  // nop; one byte for the count of locals, one for end
    code.push_back(0x0b);
    return with_func(code);
  };
  expect_valid(sized(kLimits.function_size_bytes));
  expect_limit(sized(kLimits.function_size_bytes + 1), "size of a function body");
}

TEST(Limits, DoNotBelieveHostileCounts) {
  // Each section promises the most items that its limit allows, and then ends.
  struct Promise {
    uint8_t section;
    uint32_t count;
  };
  for (const Promise promise : {Promise{1, kLimits.types},
                                {2, kLimits.imports},
                                {4, kLimits.tables},
                                {5, kLimits.memories},
                                {6, kLimits.globals},
                                {7, kLimits.exports},
                                {9, kLimits.element_segments},
                                {11, kLimits.data_segments}}) {
    test::WasmBytes contents;
    contents.u32(promise.count);
    Bytes bytes = ModuleBuilder().build();
    bytes.push_back(promise.section);
    bytes.push_back(static_cast<uint8_t>(contents.size()));
    bytes.insert(bytes.end(), contents.bytes().begin(), contents.bytes().end());
    expect_refused(bytes, ErrorCode::kMalformed, "unexpected end", bytes.size());
  }
}

}  // namespace
}  // namespace tine
