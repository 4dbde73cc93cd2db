// A damaged module: whatever single byte is changed and wherever it is cut off, the answer is an
// error with an offset or a valid module, never a crash (and in the asan build never a bad read).
#include <gtest/gtest.h>

#include "support/hostile_module.h"
#include "support/module_expect.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;
using test::expect_valid;
using test::ModuleBuilder;

/// A small module with something of every kind in it.
Bytes sample_module() {
  ModuleBuilder b;
  const TypeIdx unary = b.add_type({{ValType::kI32}, {ValType::kI32}});
  const TypeIdx pair = b.add_type({{ValType::kI64, ValType::kF64}, {ValType::kF64, ValType::kI64}});
  b.import_func("env", "host", unary);
  b.import_global("env", "base", {ValType::kI32, false});
  b.add_table({ValType::kFuncRef, {2, 4}});
  b.add_table({ValType::kExternRef, {1, std::nullopt}});
  b.add_memory(1, 2);
  b.add_memory(0);
  b.add_global({ValType::kI64, true}, Code().i64_const(-5).end());
  b.add_global({ValType::kI32, false}, Code().op(Op::global_get, 0).end());
  b.add_global({ValType::kFuncRef, false}, Code().op(Op::ref_func, 1).end());

  b.add_func(unary, Code()
                        .local_get(0)
                        .begin(Op::if_, ValType::kI32)
                        .local_get(0)
                        .op(Op::call, 0)
                        .op(Op::else_)
                        .begin(Op::block)
                        .begin(Op::loop)
                        .local_get(0)
                        .br_table({0, 1}, 1)
                        .end()
                        .end()
                        .i32_const(1)
                        .i32_const(0)
                        .op(Op::call_indirect, unary, 0)
                        .end()
                        .memory_op(Op::i32_load16_s, 1, 300)
                        .local_get(0)
                        .op(Op::br_if, 0)
                        .end());
  b.add_func(pair,
             Code()
                 .local_get(1)
                 .local_get(0)
                 .op(Op::ref_func, 1)
                 .local_set(3)
                 .i32_const(0)
                 .i32_const(0)
                 .i32_const(4)
                 .op(Op::memory_init, 1, 0)
                 .op(Op::data_drop, 1)
                 .local_get(2)
                 .local_get(2)
                 .i32_const(1)
                 .op(Op::select)
                 .op(Op::drop)
                 .end(),
             {{1, ValType::kF32}, {1, ValType::kFuncRef}, {2, ValType::kV128}});
  b.export_func("run", 1);
  b.export_item("memory", ExternKind::kMemory, 0);
  b.add_elements(0, {0, 1});
  b.declare_funcs({2});
  b.add_data(8, "hello");
  b.add_passive_data("world");
  b.announce_data_count();
  b.name_module("sample");
  b.name_func(1, "run");
  b.add_custom("other", {1, 2, 3});
  return b.build();
}

void expect_error_or_module(const Bytes& bytes) {
  const auto wrong = test::module_misbehaviour(bytes);
  EXPECT_FALSE(wrong.has_value()) << *wrong;
}

TEST(HostileModule, IsValidToBeginWith) { expect_valid(sample_module()); }

TEST(HostileModule, SurvivesEveryTruncation) {
  const Bytes whole = sample_module();
  for (size_t size = 0; size < whole.size(); ++size)
    expect_error_or_module(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
}

TEST(HostileModule, SurvivesEveryChangeOfOneByte) {
  const Bytes whole = sample_module();
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int change = 1; change < 256; ++change) {
      Bytes damaged = whole;
      damaged[at] ^= static_cast<uint8_t>(change);
      expect_error_or_module(damaged);
    }
  }
}

TEST(HostileModule, SurvivesEveryByteRemovedAndDoubled) {
  const Bytes whole = sample_module();
  for (size_t at = 0; at < whole.size(); ++at) {
    Bytes shorter = whole;
    shorter.erase(shorter.begin() + static_cast<ptrdiff_t>(at));
    expect_error_or_module(shorter);
    Bytes longer = whole;
    longer.insert(longer.begin() + static_cast<ptrdiff_t>(at), whole[at]);
    expect_error_or_module(longer);
  }
}

}  // namespace
}  // namespace tine
