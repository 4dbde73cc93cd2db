// Options that several subcommands share, declared and understood in one place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli11_fwd.h"
#include "tine/code.h"
#include "tine/fd_policy.h"
#include "tine/result.h"
#include "tine/snapshot.h"
#include "tine/state.h"
#include "tine/world.h"

namespace tine::cli {

/// `--dir`, `--env`, `--closed`, `--seed`: what the guest sees of the outside.
struct WorldOptions {
  std::vector<std::string> dirs;     // HOST::GUEST, or DIR for both
  std::vector<std::string> environ;  // KEY=VALUE, or KEY for this process's own
  bool closed = false;
  uint64_t seed = 0;

  void add_dir(CLI::App& command);
  void add_environment(CLI::App& command);  // --env
  void add_seed(CLI::App& command);
  void add_closed(CLI::App& command);

  [[nodiscard]] std::vector<Preopen> preopens() const;
  [[nodiscard]] std::vector<std::string> variables() const;  // KEY=VALUE
  /// `args`: the guest's argv.
  [[nodiscard]] WorldConfig config(std::vector<std::string> args) const;
};

/// `--kind plain|covered|stepping`.
void add_kind(CLI::App& command, CodeKind& kind);
/// An option that takes a number from 0 to `most`.
CLI::Option* add_count(CLI::App& command, const std::string& name, uint64_t& count, uint64_t most,
                       const std::string& text);
/// `--argv0 NAME`: what the guest sees as its program's name.
void add_argv0(CLI::App& command, std::string& name);
/// `--stack-limit N`: how deep the guest's calls may go.
void add_stack_limit(CLI::App& command, uint64_t& slots);
/// When --fd-policy counts.
enum class FdPolicyUse : uint8_t { kCapture, kRestore, kBoth };
/// `--fd-policy error|reopen|embed|close`. Nothing given: each side has its own default.
CLI::Option* add_fd_policy(CLI::App& command, std::optional<FdPolicy>& policy, FdPolicyUse use);
/// The policies for a command's footer, from fd_policies.def.
[[nodiscard]] std::string fd_policy_help(FdPolicyUse use);
/// `--fuel N`, from 0 to kUnlimitedFuel; `text` says what happens when it is used up.
CLI::Option* add_fuel(CLI::App& command, uint64_t& fuel, const std::string& text);
/// `--json`.
void add_json(CLI::App& command, bool& json);

/// `--module FILE`, for snapshots that were written without their modules. May be repeated.
void add_modules(CLI::App& command, std::vector<std::string>& files);
/// Those modules. Errors: kIo, kMalformed, kInvalid, kLimit, with the file's name in the text.
[[nodiscard]] Result<std::vector<ModuleRef>> load_modules(const std::vector<std::string>& files);

/// How commands read a snapshot: mapped, with the modules of these files beside it. Errors: those of
/// load_modules.
[[nodiscard]] Result<LoadOptions> mapping_with(const std::vector<std::string>& module_files);

/// A command whose options end at its first other argument: what follows is the guest's.
void take_program(CLI::App& command, const std::string& what);
/// The words of a command line, without a `--` that stands before a program: CLI11 would stop at it.
[[nodiscard]] std::vector<std::string> words_of(const CLI::App& app, int argc,
                                                const char* const* argv);
/// The program and what stands behind it. Throws CLI::ParseError (usage) where there is none, or
/// an unknown option in its place.
[[nodiscard]] std::vector<std::string> program_and_args(const CLI::App& command);

}  // namespace tine::cli
