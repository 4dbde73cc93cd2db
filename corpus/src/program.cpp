#include "tine/program.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "tine/typed_host.h"

namespace tine {

namespace {

std::unexpected<Error> usage(std::string detail) {
  return fail(ErrorCode::kUsage, kNoOffset, std::move(detail));
}

const Export* find_func(const Module& module, std::string_view name) {
  const Export* found = module.find_export(name);
  return found != nullptr && found->kind == ExternKind::kFunc ? found : nullptr;
}

/// tine_snapshot() of harnesses/include/tine.h: nothing but a place where a trigger may fire.
HostFunction snapshot_function() {
  return host_function("tine", "snapshot", [] {});
}

/// `_start` and `_initialize` take and give nothing. Not from the spec: WASI's application ABI.
Result<void> push_plain_call(Program& program, const Export& entry) {
  const FuncType& type = program.module->func_type(entry.index);
  if (!type.params.empty() || !type.results.empty())
    return fail(ErrorCode::kUnlinkable, kNoOffset,
                fmt::format("{} has type {}, expected [] -> []", entry.name, to_string(type)));
  program.machine->push_call(program.instance, entry.index, {});
  return {};
}

Result<void> push_invoke(Program& program, const ProgramConfig& config) {
  const Export* entry = find_func(*program.module, config.invoke);
  const std::string shown = escape_for_terminal(config.invoke);
  if (entry == nullptr) return usage(fmt::format("no function is exported as {}", shown));
  const FuncType& type = program.module->func_type(entry->index);
  if (type.params.size() != config.invoke_args.size())
    return usage(fmt::format("{} has type {}, but {} argument{} given", shown, to_string(type),
                             config.invoke_args.size(),
                             config.invoke_args.size() == 1 ? " is" : "s are"));
  std::vector<Value> args;
  for (size_t i = 0; i < type.params.size(); ++i) {
    auto value = parse_value(type.params[i], config.invoke_args[i]);
    if (!value)
      return usage(fmt::format("argument {} of {}: {}", i + 1, shown, value.error().detail));
    args.push_back(*value);
  }
  program.machine->push_call(program.instance, entry->index, args);
  return {};
}

Result<void> push_entry(Program& program, const ProgramConfig& config) {
  const Export* initialize = find_func(*program.module, "_initialize");
  if (initialize != nullptr) TINE_TRY(push_plain_call(program, *initialize));
  if (config.entry == Entry::kNone) return {};
  if (config.entry == Entry::kInvoke) return push_invoke(program, config);
  if (const Export* start = find_func(*program.module, "_start"))
    return push_plain_call(program, *start);
  if (initialize != nullptr || program.module->has_start) return {};
  return usage("the module exports no _start: name a function to call with --invoke");
}

}  // namespace

Result<std::vector<uint8_t>> read_file(const std::string& path) {
  std::error_code error;
  const bool is_directory = std::filesystem::is_directory(path, error);
  std::ifstream in(path, std::ios::binary);
  if (is_directory || !in)
    return fail(ErrorCode::kIo, kNoOffset,
                is_directory ? "is a directory" : std::string(std::strerror(errno)));
  std::vector<uint8_t> bytes;
  std::array<char, 65536> block;
  while (in.read(block.data(), block.size()) || in.gcount() > 0)
    bytes.insert(bytes.end(), block.begin(), block.begin() + in.gcount());
  if (in.bad()) return fail(ErrorCode::kIo, kNoOffset, "cannot be read");
  return bytes;
}

std::shared_ptr<const HostRegistry> default_hosts() {
  static const std::shared_ptr<const HostRegistry> hosts = [] {
    auto registry = std::make_shared<HostRegistry>();
    registry->add_all(wasi_functions());
    registry->add_all(jump_functions());
    registry->add(snapshot_function());
    return registry;
  }();
  return hosts;
}

std::string program_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

bool has_test_one_input(const Module& module) {
  return find_func(module, "LLVMFuzzerTestOneInput") != nullptr;
}

Result<Program> load_program(const std::string& path, const ProgramConfig& config) {
  TINE_TRY_ASSIGN(auto module, load_module(path));
  return start_program(std::move(module), config);
}

Result<Program> start_program(std::shared_ptr<const Module> module, const ProgramConfig& config) {
  TINE_TRY_ASSIGN(World world, World::create(config.world));
  Program program;
  program.module = std::move(module);
  program.machine = Machine::create({.hosts = default_hosts(),
                                     .kind = config.kind,
                                     .stack_limit_slots = config.stack_limit_slots});
  program.machine->world() = std::move(world);
  TINE_TRY_ASSIGN(Instantiation made, program.machine->instantiate(program.module, {}));
  program.instance = made.instance;
  program.instantiation = std::move(made.outcome);
  if (program.instantiation.returned()) TINE_TRY(push_entry(program, config));
  return program;
}

}  // namespace tine
