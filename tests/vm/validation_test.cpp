// Validation: the spec's words, at the byte offset of the offending instruction.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "support/module_expect.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;
using test::expect_refused;
using test::expect_valid;
using test::ModuleBuilder;

constexpr ValType kI32 = ValType::kI32;
constexpr ValType kI64 = ValType::kI64;

/// A module with one of everything, to put code into.
///   types    0: the function's own, 1: [i32] -> [i32], 2: [i64 i32] -> [i32 i64]
///   globals  0: immutable i32, 1: mutable i64      tables  0: funcref, 1: externref
class Setting {
 public:
  explicit Setting(const FuncType& type, std::vector<LocalRun> locals = {})
      : locals_(std::move(locals)) {
    builder_.add_type(type);
    builder_.add_type({{kI32}, {kI32}});
    builder_.add_type({{kI64, kI32}, {kI32, kI64}});
    builder_.add_table({ValType::kFuncRef, {1, std::nullopt}});
    builder_.add_table({ValType::kExternRef, {1, std::nullopt}});
    builder_.add_memory(1);
    builder_.add_memory(1);
    builder_.add_global({kI32, false}, Code().i32_const(0).end());
    builder_.add_global({kI64, true}, Code().i64_const(0).end());
    builder_.add_passive_data("data");
    builder_.announce_data_count();
  }
  [[nodiscard]] Bytes with(const Bytes& code) const {
    ModuleBuilder b = builder_;
    b.add_func(0, code, locals_);
    return b.build();
  }

 private:
  ModuleBuilder builder_;
  std::vector<LocalRun> locals_;
};

const FuncType kNoType = {};

void expect_valid_code(const FuncType& type, const Bytes& code) {
  expect_valid(Setting(type).with(code));
}

/// `before` is valid; the instruction behind it is the offender.
void expect_invalid_code(const FuncType& type, const Code& before, const Bytes& offender,
                         std::string_view text, ErrorCode error = ErrorCode::kInvalid) {
  Bytes code = before;
  code.insert(code.end(), offender.begin(), offender.end());
  const Bytes module = Setting(type).with(code);
  Bytes body = {static_cast<uint8_t>(code.size() + 1), 0x00};  // its size, no locals
  body.insert(body.end(), code.begin(), code.end());
  const uint64_t begin = test::offset_of(module, body) + 2;
  expect_refused(module, error, text, begin + static_cast<const Bytes&>(before).size());
}

TEST(Validation, ComparesOperandsWithSignatures) {
  expect_valid_code({{}, {kI32}}, Code().i32_const(1).i32_const(2).op(Op::i32_add).end());
  expect_invalid_code({{}, {kI32}}, Code().i32_const(1).i64_const(2), Code().op(Op::i32_add).end(),
                      "type mismatch: expected i32, found i64");
  expect_invalid_code({{}, {kI32}}, Code().i32_const(1), Code().op(Op::i32_add).end(),
                      "type mismatch: expected i32, found nothing");
  expect_invalid_code(kNoType, Code(), Code().op(Op::drop).end(), "type mismatch");
}

TEST(Validation, WantsExactlyTheResults) {
  expect_invalid_code({{}, {kI32}}, Code(), Code().end(), "type mismatch");
  expect_invalid_code(kNoType, Code().i32_const(1), Code().end(), "type mismatch");
  expect_invalid_code({{}, {kI32}}, Code().i64_const(1), Code().end(), "type mismatch");
}

TEST(Validation, TreatsUnreachableCodeAsPolymorphic) {
  expect_valid_code({{}, {kI32}}, Code().op(Op::unreachable).op(Op::i32_add).end());
  expect_valid_code({{}, {kI32}}, Code().op(Op::unreachable).op(Op::select).end());
  expect_valid_code(kNoType, Code().op(Op::return_).op(Op::i64_add).op(Op::drop).end());
}

TEST(Validation, StillTypesWhatUnreachableCodePushes) {
  expect_invalid_code({{}, {kI32}}, Code().op(Op::unreachable).i64_const(0),
                      Code().op(Op::i32_eqz).end(), "type mismatch: expected i32, found i64");
  expect_invalid_code(kNoType, Code().op(Op::unreachable).i32_const(0), Code().end(),
                      "type mismatch");
}

TEST(Validation, ChecksBlocks) {
  expect_valid_code({{}, {kI32}}, Code().begin(Op::block, kI32).i32_const(1).end().end());
  expect_valid_code({{kI32}, {kI32}},
                    Code().local_get(0).begin_typed(Op::loop, 1).op(Op::i32_eqz).end().end());
  expect_invalid_code(kNoType, Code(), Code().begin_typed(Op::block, 1).end().end(),
                      "type mismatch: expected i32, found nothing");
  expect_invalid_code(kNoType, Code(), Code().begin_typed(Op::block, 3).end().end(),
                      "unknown type 3");
  // A block may not take operands from outside without parameters for them.
  expect_invalid_code({{}, {kI32}}, Code().i32_const(1).begin(Op::block), Code().op(Op::drop),
                      "type mismatch");
}

TEST(Validation, ChecksIfAndElse) {
  expect_valid_code(
      {{}, {kI32}},
      Code().i32_const(1).begin(Op::if_, kI32).i32_const(2).op(Op::else_).i32_const(3).end().end());
  expect_invalid_code({{}, {kI32}}, Code().i32_const(1).begin(Op::if_, kI32).i32_const(2),
                      Code().end().end(), "type mismatch: expected an else");
  expect_invalid_code(kNoType, Code().begin(Op::block), Code().op(Op::else_).end().end(),
                      "END opcode expected", ErrorCode::kMalformed);
  expect_invalid_code(kNoType, Code().i32_const(1).begin(Op::if_).op(Op::else_),
                      Code().op(Op::else_).end().end(), "END opcode expected",
                      ErrorCode::kMalformed);
}

TEST(Validation, ChecksBranches) {
  expect_invalid_code(kNoType, Code(), Code().op(Op::br, 1).end(), "unknown label 1");
  expect_invalid_code({{}, {kI32}}, Code(), Code().op(Op::br, 0).end(), "type mismatch");
  // A loop's label takes its parameters, not its results.
  expect_valid_code({{}, {kI32}}, Code().begin(Op::loop, kI32).op(Op::br, 0).end().end());
  expect_valid_code({{}, {kI32}}, Code().i32_const(1).i32_const(2).op(Op::br_if, 0).end());
  expect_invalid_code({{}, {kI32}}, Code().i64_const(1).i32_const(2), Code().op(Op::br_if, 0).end(),
                      "type mismatch");
}

TEST(Validation, ChecksEveryLabelOfABranchTable) {
  expect_valid_code(kNoType,
                    Code().begin(Op::block).i32_const(0).br_table({0, 1, 0}, 1).end().end());
  expect_invalid_code(kNoType, Code().i32_const(0), Code().br_table({0, 7}, 0).end(),
                      "unknown label 7");
  expect_invalid_code(kNoType, Code().begin(Op::block, kI32).i32_const(1).i32_const(0),
                      Code().br_table({0}, 1).end().op(Op::drop).end(), "type mismatch");
  // In unreachable code labels may differ in type, but not in number.
  const Code blocks = Code().begin(Op::block, kI32).begin(Op::block, kI64).op(Op::unreachable);
  expect_valid_code(
      kNoType,
      Code(blocks).br_table({0}, 1).end().op(Op::drop).i32_const(0).end().op(Op::drop).end());
  expect_invalid_code(kNoType, blocks, Code().br_table({0}, 2), "type mismatch");
}

TEST(Validation, ChecksCalls) {
  expect_invalid_code(kNoType, Code(), Code().op(Op::call, 9).end(), "unknown function 9");
  expect_invalid_code({{kI32}, {}}, Code(), Code().op(Op::call, 0).end(), "type mismatch");
  expect_invalid_code(kNoType, Code().i32_const(0), Code().op(Op::call_indirect, 9, 0),
                      "unknown type 9");
  expect_invalid_code(kNoType, Code().i32_const(0), Code().op(Op::call_indirect, 0, 9),
                      "unknown table 9");
  expect_invalid_code(kNoType, Code().i32_const(0), Code().op(Op::call_indirect, 0, 1),
                      "type mismatch");
  expect_valid_code(kNoType, Code().i32_const(0).op(Op::call_indirect, 0, 0).end());
}

TEST(Validation, ChecksTailCalls) {
  expect_valid_code({{kI32}, {kI32}}, Code().i32_const(0).op(Op::return_call, 0).end());
  expect_valid_code({{}, {kI32}},
                    Code().i32_const(1).i32_const(0).op(Op::return_call_indirect, 1, 0).end());
  expect_invalid_code(kNoType, Code().i32_const(1).i32_const(0),
                      Code().op(Op::return_call_indirect, 1, 0).end(), "type mismatch");
}

TEST(Validation, ChecksVariables) {
  expect_invalid_code({{kI32}, {}}, Code(), Code().local_get(1).end(), "unknown local 1");
  expect_invalid_code(kNoType, Code(), Code().op(Op::global_get, 2).end(), "unknown global 2");
  expect_invalid_code(kNoType, Code().i32_const(0), Code().op(Op::global_set, 0).end(),
                      "immutable global");
  expect_valid_code(kNoType, Code().i64_const(0).op(Op::global_set, 1).end());
  const Setting setting({{kI64}, {}}, {{2, kI32}, {0, ValType::kF32}, {1, ValType::kF64}});
  expect_valid(setting.with(
      Code().f64_const(1).local_set(3).local_get(2).local_set(1).local_get(0).op(Op::drop).end()));
  expect_refused(setting.with(Code().local_get(4).op(Op::drop).end()), ErrorCode::kInvalid,
                 "unknown local 4");
}

TEST(Validation, ChecksMemoryInstructions) {
  expect_valid_code(kNoType, Code().i32_const(0).memory_op(Op::i32_load, 2).op(Op::drop).end());
  expect_valid_code(
      kNoType, Code().i32_const(0).op(Op::i32_load8_u).u32(0x40).u32(1).u32(0).op(Op::drop).end());
  expect_invalid_code(kNoType, Code().i32_const(0), Code().memory_op(Op::i32_load, 3),
                      "alignment must not be larger than natural");
  expect_invalid_code(kNoType, Code().i32_const(0), Code().op(Op::i32_load).u32(0x42).u32(2).u32(0),
                      "unknown memory 2");
  expect_invalid_code(kNoType, Code().i32_const(0),
                      Code().op(Op::i32_load, 0).raw({0x80, 0x80, 0x80, 0x80, 0x10}),
                      "offset out of range");
  expect_invalid_code(kNoType, Code(), Code().op(Op::memory_size, 2), "unknown memory 2");
  expect_invalid_code(kNoType, Code(), Code().op(Op::memory_copy, 0, 2), "unknown memory 2");
}

TEST(Validation, KnowsTheNaturalAlignmentOfEveryAccess) {
  struct Access {
    Op op;
    uint32_t align_log2;
  };
  for (const Access access : {Access{Op::i32_load, 2},
                              {Op::i64_load, 3},
                              {Op::f32_load, 2},
                              {Op::f64_load, 3},
                              {Op::i32_load8_s, 0},
                              {Op::i32_load16_u, 1},
                              {Op::i64_load8_u, 0},
                              {Op::i64_load16_s, 1},
                              {Op::i64_load32_u, 2}}) {
    const auto code = [&](uint32_t align) {
      return Code().i32_const(0).memory_op(access.op, align).op(Op::drop).end();
    };
    const Setting setting(kNoType);
    expect_valid(setting.with(code(access.align_log2)));
    expect_refused(setting.with(code(access.align_log2 + 1)), ErrorCode::kInvalid,
                   "alignment must not be larger than natural");
  }
}

TEST(Validation, ChecksTableInstructions) {
  expect_invalid_code(kNoType, Code(), Code().op(Op::table_size, 2), "unknown table 2");
  expect_invalid_code(kNoType, Code().i32_const(0).op(Op::ref_null).raw({0x6f}),
                      Code().op(Op::table_set, 0),
                      "type mismatch: expected funcref, found externref");
  expect_invalid_code(kNoType, Code().i32_const(0).i32_const(0).i32_const(0),
                      Code().op(Op::table_copy, 0, 1), "type mismatch");
  expect_invalid_code(kNoType, Code(), Code().op(Op::table_init, 0, 0), "unknown elem segment 0");
  expect_invalid_code(kNoType, Code(), Code().op(Op::elem_drop, 0), "unknown elem segment 0");
}

TEST(Validation, WantsADataCountSectionForDataInstructions) {
  expect_valid_code(kNoType, Code().op(Op::data_drop, 0).end());
  expect_invalid_code(kNoType, Code(), Code().op(Op::data_drop, 1), "unknown data segment 1");
  ModuleBuilder b;
  b.add_type(kNoType);
  b.add_passive_data("data");
  b.add_func(0, Code().op(Op::data_drop, 0).end());
  expect_refused(b.build(), ErrorCode::kMalformed, "data count section required");
}

TEST(Validation, ChecksReferences) {
  expect_invalid_code(kNoType, Code(), Code().op(Op::ref_func, 0).end(),
                      "undeclared function reference 0");
  expect_invalid_code(kNoType, Code(), Code().op(Op::ref_func, 5).end(), "unknown function 5");
  expect_invalid_code(kNoType, Code().i32_const(0), Code().op(Op::ref_is_null), "type mismatch");
  expect_invalid_code(kNoType, Code().op(Op::ref_null), {0x7f}, "malformed reference type",
                      ErrorCode::kMalformed);
}

TEST(Validation, DeclaresFunctionsByExportElementAndGlobal) {
  const Bytes code = Code().op(Op::ref_func, 0).op(Op::drop).end();
  for (int how = 0; how < 3; ++how) {
    ModuleBuilder b;
    b.add_type(kNoType);
    b.add_func(0, code);
    if (how == 0) b.export_func("f", 0);
    if (how == 1) b.declare_funcs({0});
    if (how == 2) b.add_global({ValType::kFuncRef, false}, Code().op(Op::ref_func, 0).end());
    expect_valid(b.build());
  }
}

TEST(Validation, ChecksSelect) {
  const auto null = [] { return Code().op(Op::ref_null).raw({0x70}); };
  expect_invalid_code(kNoType, Code(null()).raw(null()).i32_const(0), Code().op(Op::select),
                      "type mismatch");
  expect_invalid_code(kNoType, Code().i32_const(0).i64_const(0).i32_const(0), Code().op(Op::select),
                      "type mismatch");
  const Bytes typed = Code().op(Op::select_t).raw({1, 0x70});
  expect_valid_code(kNoType, Code(null()).raw(null()).i32_const(0).raw(typed).op(Op::drop).end());
  expect_invalid_code(kNoType, Code().i32_const(0), Code().op(Op::select_t).raw({0}),
                      "invalid result arity");
  expect_invalid_code(kNoType, Code().i32_const(0), Code().op(Op::select_t).raw({2, 0x7f, 0x7f}),
                      "invalid result arity");
}

TEST(Validation, WantsCodeToEndWithItsBody) {
  // What is missing has another name where another section follows than where another body does.
  expect_refused(Setting(kNoType).with(Code().op(Op::nop)), ErrorCode::kMalformed,
                 "section size mismatch");
  ModuleBuilder two;
  const TypeIdx type = two.add_type({});
  two.add_func(type, Code().op(Op::nop));
  two.add_func(type, Code().end());
  expect_refused(two.build(), ErrorCode::kMalformed, "END opcode expected");
  expect_refused(Setting(kNoType).with(Code().end().end()), ErrorCode::kMalformed,
                 "section size mismatch");
}

TEST(Validation, ChecksConstantExpressions) {
  const auto global = [](const Bytes& init) {
    ModuleBuilder b;
    b.import_global("env", "mutable", {kI32, true});
    b.add_global({kI32, false}, init);
    return b.build();
  };
  expect_refused(global(Code().i64_const(0).end()), ErrorCode::kInvalid,
                 "type mismatch: expected i32, found i64");
  expect_refused(global(Code().end()), ErrorCode::kInvalid, "type mismatch");
  expect_refused(global(Code().i32_const(0).i32_const(0).end()), ErrorCode::kInvalid,
                 "type mismatch");
  expect_refused(global(Code().i32_const(0).op(Op::i32_eqz).end()), ErrorCode::kInvalid,
                 "constant expression required");
  expect_refused(global(Code().i32_const(0).op(Op::i32_add).end()), ErrorCode::kInvalid,
                 "type mismatch: expected i32, found nothing");
  expect_refused(global(Code().i64_const(0).i32_const(0).op(Op::i32_mul).end()),
                 ErrorCode::kInvalid, "type mismatch: expected i32, found i64");
  expect_refused(global(Code().i64_const(0).i64_const(0).op(Op::i64_sub).end()),
                 ErrorCode::kInvalid, "type mismatch: expected i32, found i64");
  expect_refused(global(Code().op(Op::global_get, 0).end()), ErrorCode::kInvalid,
                 "constant expression required");
  expect_refused(global(Code().op(Op::global_get, 1).end()), ErrorCode::kInvalid,
                 "unknown global 1");
}

TEST(Validation, ChecksExportsAndStart) {
  const auto base = [] {
    ModuleBuilder b;
    b.add_type({{kI32}, {}});
    b.add_func(0, Code().end());
    return b;
  };
  ModuleBuilder twice = base();
  twice.export_func("a\n", 0);
  twice.export_func("a\n", 0);
  expect_refused(twice.build(), ErrorCode::kInvalid, "duplicate export name: a\\x0a");
  ModuleBuilder unknown = base();
  unknown.export_item("m", ExternKind::kMemory, 0);
  expect_refused(unknown.build(), ErrorCode::kInvalid, "unknown memory 0");
  ModuleBuilder start = base();
  start.set_start(0);
  expect_refused(start.build(), ErrorCode::kInvalid, "start function");
  ModuleBuilder no_start = base();
  no_start.set_start(1);
  expect_refused(no_start.build(), ErrorCode::kInvalid, "unknown function 1");
}

TEST(Validation, ChecksSizeLimits) {
  const auto memory = [](uint64_t min, std::optional<uint64_t> max) {
    ModuleBuilder b;
    b.add_memory(min, max);
    return b.build();
  };
  expect_valid(memory(65536, 65536));
  expect_refused(memory(65537, std::nullopt), ErrorCode::kInvalid,
                 "memory size must be at most 65536 pages (4GiB)");
  expect_refused(memory(0, 65537), ErrorCode::kInvalid,
                 "memory size must be at most 65536 pages (4GiB)");
  expect_refused(memory(2, 1), ErrorCode::kInvalid,
                 "size minimum must not be greater than maximum");
}

}  // namespace
}  // namespace tine
