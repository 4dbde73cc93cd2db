// Questions about a decoded module.
#include "tine/module.h"

#include <algorithm>

#include "decoder.h"
#include "tine/check.h"

namespace tine {

Result<std::shared_ptr<const Module>> Module::create(std::vector<uint8_t> bytes) {
  return ModuleDecoder::decode(std::move(bytes));
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

std::string Module::func_name(FuncIdx f) const {
  if (f < func_names_.size() && !func_names_[f].empty()) return func_names_[f];
  for (const Export& item : exports)
    if (item.kind == ExternKind::kFunc && item.index == f) return item.name;
  if (f < imported_funcs) {
    FuncIdx index = 0;
    for (const Import& item : imports)
      if (item.kind == ExternKind::kFunc && index++ == f) return item.name;
  }
  return "func[" + std::to_string(f) + "]";
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
