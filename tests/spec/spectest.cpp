#include "spec/spectest.h"

#include "support/random_module.h"
#include "tine/typed_host.h"

namespace tine::spec {

std::shared_ptr<const HostRegistry> spectest_hosts() {
  auto registry = std::make_shared<HostRegistry>();
  const auto add = [&](const char* name, auto function) {
    registry->add(host_function(kSpectest, name, function));
  };
  add("print", [] {});
  add("print_i32", [](int32_t) {});
  add("print_i64", [](int64_t) {});
  add("print_f32", [](float) {});
  add("print_f64", [](double) {});
  add("print_i32_f32", [](int32_t, float) {});
  add("print_f64_f64", [](double, double) {});
  test::add_random_module_hosts(*registry);
  return registry;
}

std::optional<ExternRef> add_spectest_item(Machine& machine, std::string_view name) {
  const auto global = [&](Value value) -> ExternRef {
    return {ExternKind::kGlobal, machine.add_global({value.type, false}, value)};
  };
  if (name == "global_i32") return global(Value::i32(666));
  if (name == "global_i64") return global(Value::i64(666));
  if (name == "global_f32") return global(Value::f32(666.6F));
  if (name == "global_f64") return global(Value::f64(666.6));
  if (name == "table")
    return ExternRef{ExternKind::kTable, machine.add_table({ValType::kFuncRef, {10, 20}})};
  if (name == "table64")
    return ExternRef{ExternKind::kTable,
                     machine.add_table({ValType::kFuncRef, {10, 20}, AddressType::kI64})};
  if (name != "memory") return std::nullopt;
  const auto memory = machine.add_memory({{1, 2}});
  TINE_CHECK(memory);
  return ExternRef{ExternKind::kMemory, *memory};
}

}  // namespace tine::spec
