#include "spec/session.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "spec/driver.h"
#include "spec/link.h"
#include "spec/spectest.h"
#include "spec/store.h"

namespace tine::spec {
namespace {

/// Chains and forks look at frames one by one, so runaway recursion must end early there. The limit
/// still holds some hundred frames, more than any script needs that returns.
constexpr uint64_t kShallowStackSlots = 4096;

using Kind = ScriptCommandKind;
using SharedModule = std::shared_ptr<const Module>;

Result<SharedModule> load_module(const ScriptModule& module) {
  TINE_TRY_ASSIGN(std::vector<uint8_t> binary, module.binary);
  return Module::create(std::move(binary));
}

class Session {
 public:
  Session(const Script& script, const SessionOptions& options);
  Report run();

 private:
  // Each returns what is wrong, or an empty string.
  std::string execute(const ScriptCommand& command);
  std::string expect_return(const ScriptCommand& command);
  std::string expect_trap(const ScriptCommand& command);
  std::string expect_exception(const ScriptCommand& command);
  std::string expect_rejected(const ScriptCommand& command, ErrorCode code);
  std::string expect_unlinkable(const ScriptCommand& command);
  std::string expect_instantiation(const ScriptCommand& command);

  std::string define(const ScriptModule& module);
  /// The module of a command: its own, or the definition of which it is an instance.
  [[nodiscard]] Result<SharedModule> module_of(const ScriptModule& module) const;

  /// Does the same on both machines and compares. `what` returns an optional or Result of Effect.
  template <class What>
  auto on_both(What what);
  void compare(const Effect& subject, const Effect& reference);
  void compare_snapshots();
  void compare_final_states();
  void make_stores(std::unique_ptr<Driver> driver);
  void forget_unreachable();
  void judge(const ScriptCommand& command, std::string complaint);

  const Script& script_;
  const SessionOptions& options_;
  MachineConfig config_;
  Report report_;
  std::unique_ptr<Store> subject_;
  std::unique_ptr<Store> reference_;                 // may be null
  std::map<std::string, SharedModule> definitions_;  // by name; the latest one also without
  std::string disagreement_;                         // of the present command
};

Session::Session(const Script& script, const SessionOptions& options)
    : script_(script), options_(options) {
  config_.hosts = spectest_hosts();
  config_.kind = options.mode == Mode::kChain ? CodeKind::kStepping : options.kind;
  if (options.mode == Mode::kChain || options.mode == Mode::kFork)
    config_.stack_limit_slots = kShallowStackSlots;
  make_stores(
      make_driver(options, config_, std::hash<std::string>{}(script.name), script.commands.size()));
}

void Session::make_stores(std::unique_ptr<Driver> driver) {
  subject_ = std::make_unique<Store>(config_, std::move(driver));
  if (options_.mode != Mode::kChain && options_.mode != Mode::kMix) return;
  MachineConfig undisturbed = config_;
  undisturbed.kind = CodeKind::kPlain;
  reference_ = std::make_unique<Store>(undisturbed, make_straight_driver());
}

Report Session::run() {
  for (const ScriptCommand& command : script_.commands) {
    disagreement_.clear();
    std::string complaint = execute(command);
    for (const std::string& problem : subject_->take_problems())
      complaint += (complaint.empty() ? "" : "; ") + problem;
    if (!disagreement_.empty()) complaint += (complaint.empty() ? "" : "; ") + disagreement_;
    judge(command, std::move(complaint));
  }
  if (reference_) compare_final_states();
  return std::move(report_);
}

void Session::judge(const ScriptCommand& command, std::string complaint) {
  if (complaint.empty()) {
    ++report_.passed;
    return;
  }
  ++report_.failed;
  report_.failures.push_back(
      fmt::format("{}:{}: {}: {}", script_.name, command.line, name_of(command.kind), complaint));
}

std::string Session::execute(const ScriptCommand& command) {
  switch (command.kind) {
    case Kind::kModule:
      if (command.module.is_definition) return define(command.module);
      return expect_instantiation(command);
    case Kind::kAssertUninstantiable: return expect_instantiation(command);
    case Kind::kRegister:
      if (reference_ && !reference_->register_as(command.register_name, command.register_as))
        return "no such module";
      return subject_->register_as(command.register_name, command.register_as) ? ""
                                                                               : "no such module";
    case Kind::kAction:
    case Kind::kAssertReturn: return expect_return(command);
    case Kind::kAssertTrap:
    case Kind::kAssertExhaustion: return expect_trap(command);
    case Kind::kAssertInvalid:
    case Kind::kAssertInvalidCustom: return expect_rejected(command, ErrorCode::kInvalid);
    case Kind::kAssertMalformed:
    case Kind::kAssertMalformedCustom: return expect_rejected(command, ErrorCode::kMalformed);
    case Kind::kAssertUnlinkable: return expect_unlinkable(command);
    case Kind::kAssertException: return expect_exception(command);
    case Kind::kAssertSuspension: return "not supported";
  }
  return "unknown command";
}

std::string Session::define(const ScriptModule& module) {
  const auto loaded = load_module(module);
  if (!loaded) return loaded.error().to_line("module");
  definitions_[""] = *loaded;
  if (!module.name.empty()) definitions_[module.name] = *loaded;
  return "";
}

Result<SharedModule> Session::module_of(const ScriptModule& module) const {
  if (module.form != ScriptModule::Form::kInstance) return load_module(module);
  const auto found = definitions_.find(module.definition);
  if (found == definitions_.end())
    return std::unexpected(Error{ErrorCode::kBadCall, kNoOffset, "no such module definition"});
  return found->second;
}

template <class What>
auto Session::on_both(What what) {
  auto effect = what(*subject_);
  if (reference_) {
    auto undisturbed = what(*reference_);
    if (effect && undisturbed) compare(*effect, *undisturbed);
    if (options_.mode == Mode::kChain) compare_snapshots();
  }
  return effect;
}

std::string Session::expect_return(const ScriptCommand& command) {
  const Action action = action_of(command.action);
  const auto effect = on_both([&](Store& store) { return store.act(action); });
  if (!effect) return fmt::format("no export \"{}\" of this kind", command.action.name);
  if (!effect->outcome.returned())
    return fmt::format("expected to return, got {}", to_string(effect->outcome));
  if (command.kind == Kind::kAction) return "";
  std::string wanted;
  bool all_match = command.expected.size() == effect->results.size();
  for (size_t i = 0; i < command.expected.size(); ++i) {
    wanted += (i > 0 ? " " : "") + to_string(command.expected[i]);
    all_match = all_match && matches(command.expected[i], effect->results[i]);
  }
  if (all_match) return "";
  return fmt::format("{}: expected {}, got {}", command.action.name, wanted,
                     to_string(effect->results));
}

std::string Session::expect_trap(const ScriptCommand& command) {
  const Action action = action_of(command.action);
  const auto effect = on_both([&](Store& store) { return store.act(action); });
  if (!effect) return fmt::format("no export \"{}\" of this kind", command.action.name);
  if (effect->outcome.kind != OutcomeKind::kTrapped)
    return fmt::format("{}: expected trap \"{}\", got {}", command.action.name,
                       command.expected_text, to_string(*effect));
  const std::string text(trap_text(effect->outcome.trap));
  if (text_matches(command.expected_text, text)) return "";
  return fmt::format("{}: expected trap \"{}\", got trap \"{}\"", command.action.name,
                     command.expected_text, text);
}

std::string Session::expect_exception(const ScriptCommand& command) {
  const Action action = action_of(command.action);
  const auto effect = on_both([&](Store& store) { return store.act(action); });
  if (!effect) return fmt::format("no export \"{}\" of this kind", command.action.name);
  const Outcome& outcome = effect->outcome;
  if (outcome.kind == OutcomeKind::kTrapped && outcome.trap == TrapKind::kUncaughtException)
    return "";
  return fmt::format("{}: expected an exception, got {}", command.action.name, to_string(*effect));
}

std::string Session::expect_rejected(const ScriptCommand& command, ErrorCode code) {
  const auto module = module_of(command.module);
  if (module) return fmt::format("expected \"{}\", got a valid module", command.expected_text);
  const Error& error = module.error();
  if (error.code == code && text_matches(command.expected_text, error.detail)) return "";
  return fmt::format("expected \"{}\", got {} ({})", command.expected_text, error.to_line("module"),
                     error.code == ErrorCode::kMalformed ? "malformed" : "not malformed");
}

std::string Session::expect_unlinkable(const ScriptCommand& command) {
  const auto module = module_of(command.module);
  if (!module) return module.error().to_line("module");
  const auto effect = on_both([&](Store& store) { return store.instantiate(*module, ""); });
  if (effect) return fmt::format("expected \"{}\", got an instance", command.expected_text);
  const Error& error = effect.error();
  if (error.code == ErrorCode::kUnlinkable && text_matches(command.expected_text, error.detail))
    return "";
  return fmt::format("expected \"{}\", got {}", command.expected_text, error.to_line("module"));
}

std::string Session::expect_instantiation(const ScriptCommand& command) {
  const bool must_succeed = command.kind == Kind::kModule;
  if (must_succeed) {
    forget_unreachable();
    subject_->forget_current();
    if (reference_) reference_->forget_current();
  }
  const auto module = module_of(command.module);
  if (!module) return module.error().to_line("module");
  const auto effect =
      on_both([&](Store& store) { return store.instantiate(*module, command.module.name); });
  if (!effect) return effect.error().to_line("module");
  if (must_succeed) return effect->outcome.returned() ? "" : "got " + to_string(effect->outcome);
  if (effect->outcome.kind == OutcomeKind::kTrapped &&
      text_matches(command.expected_text, std::string(trap_text(effect->outcome.trap))))
    return "";
  return fmt::format("expected trap \"{}\", got {}", command.expected_text, to_string(*effect));
}

/// A chain copies the whole store at every step. Where a script defines one module after the other
/// and names none of them, nothing of the old ones is needed any more: on with a new machine.
void Session::forget_unreachable() {
  if (options_.mode != Mode::kChain || subject_->has_names()) return;
  make_stores(subject_->take_driver());
}

void Session::compare(const Effect& subject, const Effect& reference) {
  if (same(subject, reference)) return;
  disagreement_ =
      fmt::format("{}, the undisturbed run: {}", to_string(subject), to_string(reference));
}

void Session::compare_snapshots() {
  const std::string difference = snapshot_difference(subject_->machine(), reference_->machine());
  if (difference.empty()) return;
  disagreement_ += (disagreement_.empty() ? "" : "; ") + difference;
}

void Session::compare_final_states() {
  const std::string difference = snapshot_difference(subject_->machine(), reference_->machine());
  if (difference.empty()) return;
  ++report_.failed;
  report_.failures.push_back(script_.name + ": at the end: " + difference);
}

}  // namespace

std::unique_ptr<Driver> make_driver(const SessionOptions& options, const MachineConfig& config,
                                    uint64_t seed, uint64_t calls) {
  switch (options.mode) {
    case Mode::kStraight: return make_straight_driver();
    case Mode::kChain: {
      ChainOptions chain = options.chain;
      chain.calls = calls;
      auto peer = options.peer.empty() ? nullptr : make_process_peer(options.peer);
      return make_chain_driver(config, chain, std::move(peer));
    }
    case Mode::kMix: return make_mix_driver(options.seed ^ seed);
    case Mode::kFork: {
      const uint64_t most = std::max<uint64_t>(options.chain.most_calls, 1);
      return make_fork_driver(config, calls > most ? (calls + most - 1) / most : 1);
    }
  }
  return nullptr;
}

Report run_script(const Script& script, const SessionOptions& options) {
  return Session(script, options).run();
}

bool text_matches(const std::string& expected, const std::string& actual) {
  if (actual.empty()) return false;
  const auto head = [](const std::string& text) { return text.substr(0, text.find(": ")); };
  return actual.starts_with(expected) || expected.starts_with(actual) ||
         (expected.contains(": ") && head(expected) == head(actual));
}

}  // namespace tine::spec
