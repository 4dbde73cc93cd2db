#include "spec/session.h"

#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <iterator>
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

Result<std::shared_ptr<const Module>> load_module(const Command& command) {
  std::ifstream in(command.file, std::ios::binary);
  return Module::create({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
}

class Session {
 public:
  Session(const Script& script, const SessionOptions& options);
  Report run();

 private:
  // Each returns what is wrong, or an empty string.
  std::string execute(const Command& command);
  std::string expect_return(const Command& command);
  std::string expect_trap(const Command& command);
  std::string expect_rejected(const Command& command, ErrorCode code);
  std::string expect_unlinkable(const Command& command);
  std::string expect_instantiation(const Command& command);

  /// Does the same on both machines and compares. `what` returns an optional or Result of Effect.
  template <class What>
  auto on_both(What what);
  void compare(const Effect& subject, const Effect& reference);
  void compare_snapshots();
  void compare_final_states();
  void make_stores(std::unique_ptr<Driver> driver);
  void forget_unreachable();
  void judge(const Command& command, std::string complaint);

  const Script& script_;
  const SessionOptions& options_;
  MachineConfig config_;
  Report report_;
  std::unique_ptr<Store> subject_;
  std::unique_ptr<Store> reference_;  // may be null
  std::string disagreement_;          // of the present command
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
  for (const Command& command : script_.commands) {
    if (command.is_text) {
      ++report_.skipped;  // the text format is wast2json's business
      continue;
    }
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

void Session::judge(const Command& command, std::string complaint) {
  if (complaint.empty()) {
    ++report_.passed;
    return;
  }
  ++report_.failed;
  report_.failures.push_back(
      fmt::format("{}:{}: {}: {}", script_.name, command.line, name_of(command.kind), complaint));
}

std::string Session::execute(const Command& command) {
  switch (command.kind) {
    case CommandKind::kModule:
    case CommandKind::kAssertUninstantiable: return expect_instantiation(command);
    case CommandKind::kRegister:
      if (reference_ && !reference_->register_as(command.name, command.register_as))
        return "no such module";
      return subject_->register_as(command.name, command.register_as) ? "" : "no such module";
    case CommandKind::kAction:
    case CommandKind::kAssertReturn: return expect_return(command);
    case CommandKind::kAssertTrap:
    case CommandKind::kAssertExhaustion: return expect_trap(command);
    case CommandKind::kAssertInvalid: return expect_rejected(command, ErrorCode::kInvalid);
    case CommandKind::kAssertMalformed: return expect_rejected(command, ErrorCode::kMalformed);
    case CommandKind::kAssertUnlinkable: return expect_unlinkable(command);
  }
  return "unknown command";
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

std::string Session::expect_return(const Command& command) {
  const auto effect = on_both([&](Store& store) { return store.act(command.action); });
  if (!effect) return fmt::format("no export \"{}\" of this kind", command.action.field);
  if (!effect->outcome.returned())
    return fmt::format("expected to return, got {}", to_string(effect->outcome));
  if (command.kind == CommandKind::kAction) return "";
  std::string wanted;
  bool all_match = command.expected.size() == effect->results.size();
  for (size_t i = 0; i < command.expected.size(); ++i) {
    wanted += (i > 0 ? " " : "") + to_string(command.expected[i]);
    all_match = all_match && matches(command.expected[i], effect->results[i]);
  }
  if (all_match) return "";
  return fmt::format("{}: expected {}, got {}", command.action.field, wanted,
                     to_string(effect->results));
}

std::string Session::expect_trap(const Command& command) {
  const auto effect = on_both([&](Store& store) { return store.act(command.action); });
  if (!effect) return fmt::format("no export \"{}\" of this kind", command.action.field);
  if (effect->outcome.kind != OutcomeKind::kTrapped)
    return fmt::format("{}: expected trap \"{}\", got {}", command.action.field, command.text,
                       to_string(*effect));
  const std::string text(trap_text(effect->outcome.trap));
  if (text_matches(command.text, text)) return "";
  return fmt::format("{}: expected trap \"{}\", got trap \"{}\"", command.action.field,
                     command.text, text);
}

std::string Session::expect_rejected(const Command& command, ErrorCode code) {
  const auto module = load_module(command);
  if (module) return fmt::format("expected \"{}\", got a valid module", command.text);
  const Error& error = module.error();
  if (error.code == code && text_matches(command.text, error.detail)) return "";
  return fmt::format("expected \"{}\", got {} ({})", command.text, error.to_line("module"),
                     error.code == ErrorCode::kMalformed ? "malformed" : "not malformed");
}

std::string Session::expect_unlinkable(const Command& command) {
  const auto module = load_module(command);
  if (!module) return module.error().to_line("module");
  const auto effect = on_both([&](Store& store) { return store.instantiate(*module, ""); });
  if (effect) return fmt::format("expected \"{}\", got an instance", command.text);
  const Error& error = effect.error();
  if (error.code == ErrorCode::kUnlinkable && text_matches(command.text, error.detail)) return "";
  return fmt::format("expected \"{}\", got {}", command.text, error.to_line("module"));
}

std::string Session::expect_instantiation(const Command& command) {
  const bool must_succeed = command.kind == CommandKind::kModule;
  if (must_succeed) {
    forget_unreachable();
    subject_->forget_current();
    if (reference_) reference_->forget_current();
  }
  const auto module = load_module(command);
  if (!module) return module.error().to_line("module");
  const auto effect =
      on_both([&](Store& store) { return store.instantiate(*module, command.name); });
  if (!effect) return effect.error().to_line("module");
  if (must_succeed) return effect->outcome.returned() ? "" : "got " + to_string(effect->outcome);
  if (effect->outcome.kind == OutcomeKind::kTrapped &&
      text_matches(command.text, std::string(trap_text(effect->outcome.trap))))
    return "";
  return fmt::format("expected trap \"{}\", got {}", command.text, to_string(*effect));
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
  return actual.starts_with(expected) || (!actual.empty() && expected.starts_with(actual));
}

}  // namespace tine::spec
