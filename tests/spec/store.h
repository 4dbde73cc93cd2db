// Store: one machine and the names that a script gives to what is in it.
//
// Names map to instance numbers and store addresses, never to pointers: a driver may put another
// machine, restored from a snapshot, in the place of the present one at any time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spec/driver.h"
#include "spec/effect.h"
#include "spec/script.h"
#include "tine/machine.h"

namespace tine::spec {

class Store {
 public:
  /// `fuel`: instructions that a call may take.
  Store(const MachineConfig& config, std::unique_ptr<Driver> driver,
        uint64_t fuel = kUnlimitedFuel);

  [[nodiscard]] Machine& machine() { return *machine_; }

  /// Instantiates and runs `start`. Where both succeed the instance is the current one, and is
  /// called `name` unless that is empty. Errors: kUnlinkable.
  [[nodiscard]] Result<Effect> instantiate(const std::shared_ptr<const Module>& module,
                                           const std::string& name);
  /// Invokes an exported function or reads an exported global. Nothing where there is no such
  /// export. Pre: arguments of the right types (scripts of the suite are valid).
  [[nodiscard]] std::optional<Effect> act(const Action& action);
  /// Makes an instance importable as module `as`. Returns whether there is such an instance.
  [[nodiscard]] bool register_as(const std::string& name, const std::string& as);
  /// Whether commands to come can still reach anything but the current instance.
  [[nodiscard]] bool has_names() const { return !named_.empty() || !registered_.empty(); }
  /// After a module that failed there is no current one, so that commands about it fail.
  void forget_current() { current_.reset(); }

  /// For the next store; this one can run nothing any more.
  [[nodiscard]] std::unique_ptr<Driver> take_driver() { return std::move(driver_); }
  /// What the driver has found since the last call.
  [[nodiscard]] std::vector<std::string> take_problems() { return std::move(problems_); }

 private:
  [[nodiscard]] std::optional<InstanceIdx> instance(const std::string& name) const;
  [[nodiscard]] std::optional<ExternRef> resolve(const Import& import) const;
  /// Items of spectest come into the store when the first module imports them: most scripts need
  /// none, and every memory in the store makes each snapshot of a chain dearer.
  void add_imported_spectest_items(const Module& module);
  Effect drive();

  std::unique_ptr<Machine> machine_;
  std::unique_ptr<Driver> driver_;
  uint64_t fuel_;
  std::map<std::string, ExternRef> spectest_;
  std::optional<InstanceIdx> current_;
  std::map<std::string, InstanceIdx> named_;
  std::map<std::string, InstanceIdx> registered_;
  std::vector<std::string> problems_;
};

}  // namespace tine::spec
