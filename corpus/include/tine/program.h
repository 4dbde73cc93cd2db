// From a file on disk to a Machine that stands before its first instruction.
//
// Everybody who starts a program (run, snapshot, fuzz, replay, benchmarks, tests) puts the same
// parts together: bytes, Module, host functions, World, Machine, instantiation, entry call. This
// is that assembly, once. The root calls are pushed in the order in which they must run: the
// module's `start` (instantiation pushes it), a reactor's `_initialize`, then the entry.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tine/host.h"
#include "tine/machine.h"
#include "tine/result.h"
#include "tine/world.h"

namespace tine {

/// Reads a whole file. Errors: kIo.
[[nodiscard]] Result<std::vector<uint8_t>> read_file(const std::string& path);

/// Whether the bytes are a module: they begin with Wasm's magic, or as its text format does. What
/// does not is taken for a snapshot, whose loader has the better error message.
[[nodiscard]] bool is_module(std::span<const uint8_t> file);

/// A module in either format; identifiers of the text format are its names.
/// Errors: kMalformed, kInvalid, kLimit; what is wrong in a text has its line and column.
[[nodiscard]] Result<std::shared_ptr<const Module>> make_module(std::vector<uint8_t> file);
/// The same of a file. Errors: kIo besides.
[[nodiscard]] Result<std::shared_ptr<const Module>> load_module(const std::string& path);

/// The host functions of every program: WASI preview 1, and `tine.snapshot` (the guest SDK in
/// harnesses/include/tine.h). Made once, shared by all machines.
[[nodiscard]] std::shared_ptr<const HostRegistry> default_hosts();

/// What a guest sees as the name of its program: the last part of its path.
[[nodiscard]] std::string program_name(const std::string& path);

/// Whether the module is a library that is fuzzed by calling LLVMFuzzerTestOneInput.
[[nodiscard]] bool has_test_one_input(const Module& module);

/// What is called after `start` and `_initialize`.
enum class Entry : uint8_t {
  kCommand,  // `_start`; a reactor has none, and a module with neither is refused
  kInvoke,   // the export `invoke` with `invoke_args`
  kNone,     // nothing: the embedder calls exports itself
};

struct ProgramConfig {
  WorldConfig world;  // `args` begins with the program's name
  CodeKind kind = CodeKind::kPlain;
  uint64_t stack_limit_slots = kDefaultStackLimitSlots;
  Entry entry = Entry::kCommand;
  std::string invoke;
  std::vector<std::string> invoke_args;  // as text, one for each parameter
};

struct Program {
  std::shared_ptr<const Module> module;
  std::unique_ptr<Machine> machine;
  InstanceIdx instance = 0;
  Outcome instantiation;  // kTrapped where an active segment did not fit: do not run it then
};

/// Errors: kIo, kMalformed, kInvalid, kLimit, kUnlinkable, and kUsage where the entry does not fit.
[[nodiscard]] Result<Program> load_program(const std::string& path, const ProgramConfig& config);
/// The same from a module that is decoded already.
[[nodiscard]] Result<Program> start_program(std::shared_ptr<const Module> module,
                                            const ProgramConfig& config);

/// A number as people write it (`42`, `-1`, `0xff`, `1.5`) as a value of `type`; for a v128 all its
/// bits (`0x` and up to 32 digits), for references `null`, and a number for an externref.
/// Errors: kUsage (nothing of the kind, or out of range).
[[nodiscard]] Result<Value> parse_value(ValType type, std::string_view text);

}  // namespace tine
