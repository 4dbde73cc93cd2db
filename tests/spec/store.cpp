#include "spec/store.h"

#include "spec/spectest.h"

namespace tine::spec {

Store::Store(const MachineConfig& config, std::unique_ptr<Driver> driver, uint64_t fuel)
    : machine_(Machine::create(config)), driver_(std::move(driver)), fuel_(fuel) {}

Result<Effect> Store::instantiate(const std::shared_ptr<const Module>& module,
                                  const std::string& name) {
  add_imported_spectest_items(*module);
  TINE_TRY_ASSIGN(const Instantiation made,
                  machine_->instantiate(module, [this](const Import& i) { return resolve(i); }));
  Effect effect{made.outcome, {}, machine_->instructions()};
  if (effect.outcome.returned() && machine_->is_suspended()) effect = drive();  // start
  if (effect.outcome.returned()) {
    current_ = made.instance;
    if (!name.empty()) named_[name] = made.instance;
  }
  return effect;
}

std::optional<Effect> Store::act(const Action& action) {
  const auto owner = instance(action.module);
  if (!owner) return std::nullopt;
  const auto item = machine_->find_export(*owner, action.field);
  if (!item) return std::nullopt;
  if (action.is_get) {
    if (item->kind != ExternKind::kGlobal) return std::nullopt;
    return Effect{{}, {machine_->global_value(item->address)}, machine_->instructions()};
  }
  if (item->kind != ExternKind::kFunc) return std::nullopt;
  machine_->push_call(item->address, action.args);
  return drive();
}

bool Store::register_as(const std::string& name, const std::string& as) {
  const auto found = instance(name);
  if (found) registered_[as] = *found;
  return found.has_value();
}

std::optional<InstanceIdx> Store::instance(const std::string& name) const {
  if (name.empty()) return current_;
  const auto it = named_.find(name);
  if (it == named_.end()) return std::nullopt;
  return it->second;
}

std::optional<ExternRef> Store::resolve(const Import& import) const {
  if (const auto it = registered_.find(import.module); it != registered_.end())
    return machine_->find_export(it->second, import.name);
  if (import.module == kSpectest)
    if (const auto it = spectest_.find(import.name); it != spectest_.end()) return it->second;
  return std::nullopt;
}

void Store::add_imported_spectest_items(const Module& module) {
  for (const Import& import : module.imports) {
    if (import.module != kSpectest || spectest_.contains(import.name)) continue;
    if (const auto item = add_spectest_item(*machine_, import.name))
      spectest_.emplace(import.name, *item);
  }
}

Effect Store::drive() {
  const Outcome outcome = driver_->drive(machine_, fuel_, problems_);
  return effect_of(*machine_, outcome);
}

}  // namespace tine::spec
