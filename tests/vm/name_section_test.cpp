// What functions are called: by the name section, else by exports and imports.
#include <gtest/gtest.h>

#include "support/module_expect.h"

namespace tine {
namespace {

using test::Bytes;
using test::Code;
using test::expect_valid;
using test::ModuleBuilder;

/// Function 0 is imported as "env.host", 1 is exported as "public", 2 is neither.
ModuleBuilder three_functions() {
  ModuleBuilder b;
  const TypeIdx type = b.add_type({});
  b.import_func("env", "host", type);
  b.export_func("public", b.add_func(type, Code().end()));
  b.add_func(type, Code().end());
  return b;
}

TEST(NameSection, NamesModuleAndFunctions) {
  ModuleBuilder b = three_functions();
  b.name_module("program");
  b.name_func(0, "zero");
  b.name_func(1, "same");
  b.name_func(2, "same");
  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->name(), "program");
  EXPECT_EQ(module->func_name(0), "zero");
  EXPECT_EQ(module->func_name(1), "same");
  EXPECT_EQ(module->funcs_named("same"), (std::vector<FuncIdx>{1, 2}));
  EXPECT_EQ(module->funcs_named("public"), std::vector<FuncIdx>{1});
  EXPECT_TRUE(module->funcs_named("nobody").empty());
}

TEST(NameSection, IsOptional) {
  const auto module = expect_valid(three_functions().build());
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->name(), "");
  EXPECT_EQ(module->func_name(0), "host");
  EXPECT_EQ(module->func_name(1), "public");
  EXPECT_EQ(module->func_name(2), "func[2]");
  EXPECT_EQ(module->funcs_named("public"), std::vector<FuncIdx>{1});
  EXPECT_TRUE(module->funcs_named("").empty());
}

TEST(NameSection, SkipsFunctionsThatDoNotExist) {
  ModuleBuilder b = three_functions();
  b.name_func(2, "two");
  b.name_func(3, "three");
  b.name_func(0xffffffff, "last");
  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->func_name(2), "two");
  EXPECT_TRUE(module->funcs_named("three").empty());
}

TEST(NameSection, NamesGlobalsAndDataSegments) {
  ModuleBuilder b;
  const GlobalType type{ValType::kI32, false};
  b.import_global("env", "base", type);
  for (int i = 0; i < 3; ++i) b.add_global(type, Code().i32_const(i).end());
  b.export_item("exported", ExternKind::kGlobal, 2);
  b.add_memory(1);
  b.add_data(0, "x");
  b.add_data(8, "y");
  b.add_custom("name", {0x07, 0x05, 0x01, 0x01, 0x02, 's', 'p',         // global 1: sp
                        0x09, 0x08, 0x02, 0x01, 0x01, 'd', 0x09, 0x02,  // data 1: d, data 9: no
                        'n', 'o'});
  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->global_name(0), "base");
  EXPECT_EQ(module->global_name(1), "sp");
  EXPECT_EQ(module->global_name(2), "exported");
  EXPECT_EQ(module->global_name(3), "");
  EXPECT_EQ(module->data_name(0), "");
  EXPECT_EQ(module->data_name(1), "d");
  EXPECT_EQ(module->data_name(9), "");
}

TEST(NameSection, IsIgnoredWhereMalformed) {
  const Bytes malformed[] = {
      {0x00},                              // a subsection without a size
      {0x00, 0x09, 0x01, 'm'},             // that is longer than the section
      {0x00, 0x02, 0x01, 0x80},            // a name that is not UTF-8
      {0x00, 0x03, 0x01, 'm', 0x00},       // bytes behind the name
      {0x01, 0x01, 0xff},                  // a count that never ends
      {0x01, 0x04, 0x02, 0x02, 0x01, 'f'}  // two names promised, one given
  };
  for (const Bytes& contents : malformed) {
    ModuleBuilder b = three_functions();
    b.add_custom("name", contents);
    const auto module = expect_valid(b.build());
    ASSERT_NE(module, nullptr);
    EXPECT_EQ(module->name(), "");
    EXPECT_EQ(module->func_name(2), "func[2]");
    EXPECT_EQ(module->customs.size(), 1u);
  }
}

TEST(NameSection, PassesOverUnknownSubsections) {
  ModuleBuilder b = three_functions();
  b.add_custom("name", {0x02, 0x01, 0x77, 0x7f, 0x00, 0x00, 0x02, 0x01, 'm'});
  const auto module = expect_valid(b.build());
  ASSERT_NE(module, nullptr);
  EXPECT_EQ(module->name(), "m");
}

}  // namespace
}  // namespace tine
