// What a Module holds after decoding, item by item.
#include "tine/module.h"

#include <gtest/gtest.h>

#include "support/module_expect.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;
using test::expect_refused;
using test::expect_valid;
using test::ModuleBuilder;

const Bytes kNoBytes;

TEST(Module, DecodesTheEmptyModule) {
  const auto module = expect_valid(ModuleBuilder().build());
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->func_count(), 0u);
  EXPECT_EQ(module->bytes().size(), 8u);
  EXPECT_FALSE(module->has_start);
}

TEST(Module, RefusesAWrongPreamble) {
  expect_refused({}, ErrorCode::kMalformed, "unexpected end", 0);
  expect_refused({0, 'a', 's'}, ErrorCode::kMalformed, "unexpected end", 3);
  expect_refused({0, 'a', 's', 'n', 1, 0, 0, 0}, ErrorCode::kMalformed, "magic header not detected",
                 0);
  expect_refused({0, 'a', 's', 'm', 1, 0}, ErrorCode::kMalformed, "unexpected end", 6);
  expect_refused({0, 'a', 's', 'm', 2, 0, 0, 0}, ErrorCode::kMalformed, "unknown binary version",
                 4);
}

TEST(Module, CountsImportsBeforeDefinitions) {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({{ValType::kI32}, {ValType::kI64}});
  b.import_func("env", "f", type);
  b.import_table("env", "t", {ValType::kExternRef, {1, 2}});
  b.import_memory("env", "m", {3, std::nullopt});
  b.import_global("env", "g", {ValType::kF32, true});
  b.add_func(type, Code().i64_const(0).end());
  b.add_table({ValType::kFuncRef, {4, std::nullopt}});
  b.add_memory(5, 6);
  b.add_global({ValType::kF64, false}, Code().f64_const(2.5).end());

  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->imports.size(), 4u);
  EXPECT_EQ(module->imports[1].module, "env");
  EXPECT_EQ(module->imports[1].name, "t");
  EXPECT_EQ(module->func_types, (std::vector<TypeIdx>{type, type}));
  EXPECT_EQ(module->imported_funcs, 1u);
  EXPECT_TRUE(module->is_imported(0));
  EXPECT_FALSE(module->is_imported(1));
  EXPECT_EQ(module->bodies.size(), 1u);
  EXPECT_EQ(module->tables, (std::vector<TableType>{{ValType::kExternRef, {1, 2}},
                                                    {ValType::kFuncRef, {4, std::nullopt}}}));
  EXPECT_EQ(module->memories, (std::vector<MemoryType>{{{3, std::nullopt}}, {{5, 6}}}));
  EXPECT_EQ(module->global_types,
            (std::vector<GlobalType>{{ValType::kF32, true}, {ValType::kF64, false}}));
  ASSERT_EQ(module->globals.size(), 1u);
  EXPECT_EQ(module->globals[0].init.op, Op::f64_const);
  EXPECT_EQ(module->globals[0].init.bits, std::bit_cast<uint64_t>(2.5));
}

TEST(Module, MeasuresFunctionBodies) {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({{ValType::kI32, ValType::kV128}, {ValType::kI32}});
  const Bytes code =
      Code().local_get(0).local_get(1).op(Op::drop).local_get(0).op(Op::i32_add).end();
  b.add_func(type, code, {{2, ValType::kI64}, {0, ValType::kF32}, {3, ValType::kV128}});
  const Bytes bytes = b.build();
  const auto module = expect_valid(bytes);
  ASSERT_NE(module, nullptr);

  const FuncBody& body = module->body(0);
  EXPECT_EQ(body.begin, test::offset_of(bytes, code));
  EXPECT_EQ(body.end, body.begin + code.size());
  EXPECT_EQ(body.local_count, 7u);
  EXPECT_EQ(body.local_slots, 3u + 2u + 6u);
  EXPECT_EQ(body.max_operand_slots, 3u);  // an i32 below a v128
  EXPECT_EQ(module->local_types(0),
            (std::vector<ValType>{ValType::kI32, ValType::kV128, ValType::kI64, ValType::kI64,
                                  ValType::kV128, ValType::kV128, ValType::kV128}));
}

TEST(Module, DecodesEveryFormOfElementSegment) {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({});
  const FuncIdx f = b.add_func(type, Code().end());
  b.add_table({ValType::kFuncRef, {8, std::nullopt}});
  b.add_table({ValType::kExternRef, {8, std::nullopt}});
  const auto segment = [&](const Bytes& bytes) { b.add_raw_elements(bytes); };
  segment({0, 0x41, 1, 0x0b, 1, 0});                          // active, function indices
  segment({1, 0x00, 1, 0});                                   // passive
  segment({2, 0, 0x41, 2, 0x0b, 0x00, 1, 0});                 // active with a table
  segment({3, 0x00, 1, 0});                                   // declarative
  segment({4, 0x41, 3, 0x0b, 1, 0xd2, 0, 0x0b});              // active, expressions
  segment({5, 0x6f, 1, 0xd0, 0x6f, 0x0b});                    // passive externref
  segment({6, 1, 0x41, 4, 0x0b, 0x6f, 1, 0xd0, 0x6f, 0x0b});  // active with a table
  segment({7, 0x70, 1, 0xd0, 0x70, 0x0b});                    // declarative
  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);
  ASSERT_EQ(module->elements.size(), 8u);

  const SegmentMode modes[] = {SegmentMode::kActive, SegmentMode::kPassive, SegmentMode::kActive,
                               SegmentMode::kDeclarative};
  for (size_t i = 0; i < 8; ++i) {
    const ElementSegment& element = module->elements[i];
    EXPECT_EQ(element.mode, modes[i % 4]) << i;
    EXPECT_EQ(element.type, i == 5 || i == 6 ? ValType::kExternRef : ValType::kFuncRef) << i;
    ASSERT_EQ(element.elements.size(), 1u) << i;
    EXPECT_EQ(element.elements[0].op, i < 5 ? Op::ref_func : Op::ref_null) << i;
    EXPECT_EQ(element.elements[0].index, f);
  }
  EXPECT_EQ(module->elements[6].table, 1u);
  EXPECT_EQ(module->elements[6].table_offset.bits, 4u);
}

TEST(Module, KeepsDataWhereItStandsInTheBinary) {
  ModuleBuilder b;
  b.add_memory(1);
  b.add_data(16, "active");
  b.add_passive_data("passive");
  const Bytes bytes = b.build();
  const auto module = expect_valid(bytes);
  ASSERT_NE(module, nullptr);
  ASSERT_EQ(module->data.size(), 2u);
  const auto text = [&](const DataSegment& segment) {
    return std::string(reinterpret_cast<const char*>(bytes.data()) + segment.begin, segment.size);
  };
  EXPECT_EQ(module->data[0].mode, SegmentMode::kActive);
  EXPECT_EQ(module->data[0].memory_offset.bits, 16u);
  EXPECT_EQ(text(module->data[0]), "active");
  EXPECT_EQ(module->data[1].mode, SegmentMode::kPassive);
  EXPECT_EQ(text(module->data[1]), "passive");
}

TEST(Module, AllowsAnyEarlierImmutableGlobalInAConstantExpression) {
  ModuleBuilder b;
  const GlobalIdx imported = b.import_global("env", "g", {ValType::kI32, false});
  const GlobalIdx copy =
      b.add_global({ValType::kI32, false}, Code().op(Op::global_get, imported).end());
  b.add_global({ValType::kI32, true}, Code().op(Op::global_get, copy).end());
  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->globals[1].init.op, Op::global_get);
  EXPECT_EQ(module->globals[1].init.index, copy);
}

TEST(Module, FindsExports) {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({});
  const FuncIdx f = b.add_func(type, Code().end());
  b.add_memory(1);
  b.export_func("f", f);
  b.export_item("memory", ExternKind::kMemory, 0);
  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);
  ASSERT_NE(module->find_export("memory"), nullptr);
  EXPECT_EQ(module->find_export("memory")->kind, ExternKind::kMemory);
  EXPECT_EQ(module->find_export("nothing"), nullptr);
}

TEST(Module, KeepsCustomSections) {
  ModuleBuilder b;
  b.add_custom("one", {1, 2, 3});
  b.add_custom("", kNoBytes);
  const Bytes bytes = b.build();
  const auto module = expect_valid(bytes);
  ASSERT_NE(module, nullptr);
  ASSERT_EQ(module->customs.size(), 2u);
  EXPECT_EQ(module->customs[0].name, "one");
  EXPECT_EQ(module->customs[0].size, 3u);
  EXPECT_EQ(bytes[module->customs[0].begin], 1);
  EXPECT_EQ(module->customs[1].size, 0u);
}

TEST(Module, HashesItsBytes) {
  ModuleBuilder a;
  a.add_custom("x", {1});
  ModuleBuilder b;
  b.add_custom("x", {2});
  const auto first = expect_valid(a.build());
  const auto again = expect_valid(a.build());
  const auto other = expect_valid(b.build());
  EXPECT_EQ(first->hash()[0], again->hash()[0]);
  EXPECT_EQ(first->hash()[1], again->hash()[1]);
  EXPECT_NE(first->hash()[0], other->hash()[0]);
}

TEST(Module, RefusesSectionsOutOfOrder) {
  Bytes bytes = ModuleBuilder().build();
  bytes.insert(bytes.end(), {2, 1, 0, 1, 1, 0});
  expect_refused(bytes, ErrorCode::kMalformed, "unexpected content after last section", 11);
  bytes[11] = 2;
  expect_refused(bytes, ErrorCode::kMalformed, "unexpected content after last section", 11);
  bytes[11] = 14;
  expect_refused(bytes, ErrorCode::kMalformed, "malformed section id", 11);
}

TEST(Module, RefusesSectionsOfTheWrongSize) {
  Bytes bytes = ModuleBuilder().build();
  bytes.insert(bytes.end(), {1, 2, 0, 0});
  expect_refused(bytes, ErrorCode::kMalformed, "section size mismatch", 11);
  bytes[9] = 3;
  expect_refused(bytes, ErrorCode::kMalformed, "length out of bounds", 9);
}

TEST(Module, ComparesTheLengthsOfRelatedSections) {
  Bytes bytes = ModuleBuilder().build();
  bytes.insert(bytes.end(), {1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0});
  expect_refused(bytes, ErrorCode::kMalformed,
                 "function and code section have inconsistent lengths", bytes.size());
  Bytes data_count = ModuleBuilder().build();
  data_count.insert(data_count.end(), {12, 1, 1});
  expect_refused(data_count, ErrorCode::kMalformed,
                 "data count and data section have inconsistent lengths", data_count.size());
}

TEST(Module, RefusesNamesThatAreNotUtf8) {
  for (const std::string_view name :
       {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80",
        "a\xc3", "\xf0\x9f\x98"}) {
    ModuleBuilder b;
    b.add_custom(name, kNoBytes);
    expect_refused(b.build(), ErrorCode::kMalformed, "malformed UTF-8 encoding", 11);
  }
  for (const std::string_view name : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                      "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"}) {
    ModuleBuilder b;
    b.add_custom(name, kNoBytes);
    expect_valid(b.build());
  }
}

}  // namespace
}  // namespace tine
