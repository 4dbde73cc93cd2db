// Questions about a decoded module.
#include "tine/module.h"

#include <algorithm>

#include "decoder.h"
#include "tine/check.h"

namespace tine {

Result<std::shared_ptr<const Module>> Module::create(std::vector<uint8_t> bytes) {
  return ModuleDecoder::decode(std::move(bytes));
}

bool is_const_arithmetic(Op op) {
  switch (op) {
    case Op::i32_add:
    case Op::i32_sub:
    case Op::i32_mul:
    case Op::i64_add:
    case Op::i64_sub:
    case Op::i64_mul: return true;
    default: return false;
  }
}

std::vector<ValType> Module::local_types(FuncIdx f) const {
  TINE_REQUIRE(f < func_count() && !is_imported(f));
  std::vector<ValType> types = func_type(f).params;
  types.reserve(body(f).local_count);
  for (const LocalRun& run : body(f).locals) types.insert(types.end(), run.count, run.type);
  return types;
}

const Export* Module::find_export(std::string_view name) const {
  const auto found = std::find_if(exports.begin(), exports.end(),
                                  [&](const Export& item) { return item.name == name; });
  return found == exports.end() ? nullptr : &*found;
}

namespace {

/// The name that an item is exported under, else imported under, else empty.
std::string link_name(const Module& module, ExternKind kind, uint32_t index) {
  for (const Export& item : module.exports)
    if (item.kind == kind && item.index == index) return item.name;
  uint32_t imported = 0;  // imports come first in each index space
  for (const Import& item : module.imports)
    if (item.kind == kind && imported++ == index) return item.name;
  return {};
}

}  // namespace

std::string Module::func_name(FuncIdx f) const {
  if (f < func_names_.size() && !func_names_[f].empty()) return func_names_[f];
  std::string name = link_name(*this, ExternKind::kFunc, f);
  return name.empty() ? "func[" + std::to_string(f) + "]" : name;
}

std::string Module::global_name(GlobalIdx g) const {
  if (g < global_names_.size() && !global_names_[g].empty()) return global_names_[g];
  return link_name(*this, ExternKind::kGlobal, g);
}

std::string Module::data_name(uint32_t segment) const {
  return segment < data_names_.size() ? data_names_[segment] : std::string();
}

std::vector<FuncIdx> Module::funcs_named(std::string_view name) const {
  std::vector<FuncIdx> found;
  if (!name.empty()) {
    for (FuncIdx f = 0; f < func_names_.size(); ++f)
      if (func_names_[f] == name) found.push_back(f);
  }
  if (found.empty()) {
    const Export* item = find_export(name);
    if (item != nullptr && item->kind == ExternKind::kFunc) found.push_back(item->index);
  }
  return found;
}

}  // namespace tine
