#include "options.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tine/machine.h"
#include "tine/program.h"

namespace tine::cli {

namespace {

/// CLI11 knows nothing of what stands behind the options of a prefix command; this tells users.
class UsageFormatter : public CLI::Formatter {
 public:
  explicit UsageFormatter(std::string tail) : tail_(std::move(tail)) {}

  std::string make_usage(const CLI::App* command, std::string name) const override {
    return "Usage: " + name + " [OPTIONS] " + tail_ + "\n";
  }

 private:
  std::string tail_;
};

}  // namespace

void WorldOptions::add_dir(CLI::App& command) {
  command
      .add_option("--dir", dirs, "Grants a host directory: HOST::GUEST, or DIR under the same name")
      ->type_name("HOST::GUEST")
      ->allow_extra_args(false);
}

void WorldOptions::add_environment(CLI::App& command) {
  command
      .add_option("--env", environ,
                  "Sets an environment variable of the guest; KEY alone takes over this process's, "
                  "if it has one")
      ->type_name("KEY[=VALUE]")
      ->allow_extra_args(false)
      ->check([](const std::string& text) {
        return text.empty() || text.front() == '=' ? "expected KEY=VALUE or KEY" : std::string();
      });
}

void WorldOptions::add_seed(CLI::App& command) {
  command.add_option("--seed", seed, "Seeds the entropy of a closed world")->capture_default_str();
}

void WorldOptions::add_closed(CLI::App& command) {
  command.add_flag("--closed", closed,
                   "Closed world: virtual clock, seeded entropy, files that stay untouched");
}

std::vector<Preopen> WorldOptions::preopens() const {
  std::vector<Preopen> list;
  for (const std::string& dir : dirs) {
    const size_t colons = dir.find("::");
    if (colons == std::string::npos)
      list.push_back({dir, dir});
    else
      list.push_back({dir.substr(0, colons), dir.substr(colons + 2)});
  }
  return list;
}

std::vector<std::string> WorldOptions::variables() const {
  std::vector<std::string> list;
  for (const std::string& text : environ) {
    const char* own = text.find('=') == text.npos ? std::getenv(text.c_str()) : nullptr;
    if (own != nullptr)
      list.push_back(text + "=" + own);
    else if (text.find('=') != text.npos)
      list.push_back(text);
  }
  return list;
}

WorldConfig WorldOptions::config(std::vector<std::string> args) const {
  return {.closed = closed,
          .seed = seed,
          .args = std::move(args),
          .environ = variables(),
          .preopens = preopens()};
}

void add_kind(CLI::App& command, CodeKind& kind) {
  std::map<std::string, CodeKind> kinds;
  std::string words;
  for (const CodeKind k : {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping}) {
    kinds[std::string(name_of(k))] = k;
    words += (words.empty() ? "" : "|") + std::string(name_of(k));
  }
  command.add_option("--kind", kind, "Kind of code")
      ->type_name(words)
      ->transform(CLI::CheckedTransformer(kinds).description(""));
}

CLI::Option* add_count(CLI::App& command, const std::string& name, uint64_t& count, uint64_t most,
                       const std::string& text) {
  return command.add_option(name, count, text)
      ->type_name("N")
      ->check([most](const std::string& number) {
        uint64_t value = 0;
        const bool fits = CLI::detail::lexical_cast(number, value) && value <= most;
        return fits ? std::string() : fmt::format("expected a number from 0 to {}", most);
      });
}

void add_argv0(CLI::App& command, std::string& name) {
  command
      .add_option("--argv0", name, "The program's name as the guest sees it, instead of its file's")
      ->type_name("NAME");
}

void add_stack_limit(CLI::App& command, uint64_t& slots) {
  add_count(command, "--stack-limit", slots, kMaxStackLimitSlots,
            "Most slots of 8 bytes that the guest's frames may take; then the trap `call stack "
            "exhausted`")
      ->capture_default_str();
}

CLI::Option* add_fd_policy(CLI::App& command, std::optional<FdPolicy>& policy, FdPolicyUse use) {
  std::map<std::string, FdPolicy> policies;
  std::string words;
  for (const FdPolicyInfo& info : kFdPolicies) {
    policies[std::string(info.word)] = info.policy;
    words += (words.empty() ? "" : "|") + std::string(info.word);
  }
  const char* what = use == FdPolicyUse::kCapture
                         ? "For open files that were removed or replaced when a snapshot is taken"
                     : use == FdPolicyUse::kRestore
                         ? "For open files that differ from what the snapshot saw, or are gone"
                         : "For open files that differ or are gone, here and in snapshots taken";
  return command.add_option("--fd-policy", policy, what)
      ->type_name(words)
      ->transform(CLI::CheckedTransformer(policies).description(""));
}

std::string fd_policy_help(FdPolicyUse use) {
  const auto list = [](const char* when, std::string_view FdPolicyInfo::* meaning) {
    std::string text = when;
    for (const FdPolicyInfo& info : kFdPolicies)
      text += fmt::format("  {:<8} {}\n", info.word, info.*meaning);
    return text;
  };
  std::string text;
  if (use != FdPolicyUse::kRestore)
    text += list(
        "--fd-policy, when a snapshot is taken: a file that is open, and was removed or\n"
        "replaced since, is (default: error)\n",
        &FdPolicyInfo::at_capture);
  if (use != FdPolicyUse::kCapture)
    text += list(
        "--fd-policy, when one is used: an open file that differs now, or is gone, is\n"
        "(default: embed where the snapshot has its contents, else error)\n",
        &FdPolicyInfo::at_restore);
  return text;
}

CLI::Option* add_fuel(CLI::App& command, uint64_t& fuel, const std::string& text) {
  return add_count(command, "--fuel", fuel, kUnlimitedFuel, text);
}

void add_json(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Prints JSON instead of text");
}

void add_modules(CLI::App& command, std::vector<std::string>& files) {
  command.add_option("--module", files, "A module of a snapshot that was written without it")
      ->type_name("FILE")
      ->allow_extra_args(false);
}

Result<std::vector<ModuleRef>> load_modules(const std::vector<std::string>& files) {
  std::vector<ModuleRef> modules;
  for (const std::string& file : files) {
    auto module = load_module(file);
    if (!module)
      return fail(module.error().code, kNoOffset,
                  module.error().to_line(escape_for_terminal(file)));
    modules.push_back(std::move(*module));
  }
  return modules;
}

Result<LoadOptions> mapping_with(const std::vector<std::string>& module_files) {
  LoadOptions how;
  how.source = MemorySource::kMapFile;
  TINE_TRY_ASSIGN(how.modules, load_modules(module_files));
  return how;
}

void take_program(CLI::App& command, const std::string& what) {
  command.prefix_command();
  command.formatter(std::make_shared<UsageFormatter>(what));
}

std::vector<std::string> words_of(const CLI::App& app, int argc, const char* const* argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const auto is_meant = [&](const CLI::App* c) {
    return !words.empty() && c->get_name() == words[0] && c->get_prefix_command();
  };
  const std::vector<const CLI::App*> commands = app.get_subcommands(is_meant);
  if (commands.empty()) return words;
  for (size_t i = 1; i < words.size() && words[i].starts_with('-'); ++i) {
    if (words[i] == "--") {
      words.erase(words.begin() + static_cast<ptrdiff_t>(i));
      break;
    }
    const CLI::Option* option = commands[0]->get_option_no_throw(words[i]);
    if (option != nullptr && option->get_items_expected_max() > 0) ++i;  // its value is no word
  }
  return words;
}

std::vector<std::string> program_and_args(const CLI::App& command) {
  const std::vector<std::string> rest = command.remaining();
  if (rest.empty()) throw CLI::RequiredError("a program");
  if (rest.front().size() > 1 && rest.front().starts_with('-'))
    throw CLI::ExtrasError(command.get_name(), {rest.front()});
  return rest;
}

}  // namespace tine::cli
