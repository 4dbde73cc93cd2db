// generations COUNT STEP [--dir HOST::GUEST]... PROGRAM [ARGS...]: runs a WASI program that is a
// new machine every STEP instructions.
//
// Each generation is captured, written as a .snap file's bytes, thrown away, and read back into a
// fresh machine in another kind of code. The real world goes on meanwhile: standard input is this
// process's own, open files are opened anew. Whatever a snapshot forgot is lost, so the output
// tells. STEP 0 runs the program undisturbed, for comparison. Says at the end on stderr how many
// instructions it took; exit code 1 where there were fewer than COUNT generations.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "tine/program.h"
#include "tine/snapshot.h"

namespace tine {
namespace {

constexpr std::array kKinds = {CodeKind::kPlain, CodeKind::kCovered, CodeKind::kStepping};

struct Options {
  uint64_t count = 0;
  uint64_t step = 0;
  WorldConfig world;
  std::string program;
};

Options parse(std::vector<std::string> args) {
  Options options;
  if (args.size() < 4) std::exit(2);
  options.count = std::stoull(args[1]);
  options.step = std::stoull(args[2]);
  size_t at = 3;
  for (; at + 2 < args.size() && args[at] == "--dir"; at += 2) {
    const size_t colons = args[at + 1].find("::");
    options.world.preopens.push_back(
        {args[at + 1].substr(0, colons), args[at + 1].substr(colons + 2)});
  }
  options.program = args[at];
  options.world.args.assign(args.begin() + static_cast<ptrdiff_t>(at), args.end());
  return options;
}

/// The same program as another machine, by way of a file's bytes.
Result<std::unique_ptr<Machine>> reborn(Machine& machine, const WorldConfig& grants,
                                        CodeKind kind) {
  TINE_TRY_ASSIGN(const auto taken, Snapshot::capture(machine));
  TINE_TRY_ASSIGN(const std::vector<uint8_t> file, taken->to_bytes());
  TINE_TRY_ASSIGN(const auto read, Snapshot::from_bytes(file));
  TINE_TRY_ASSIGN(World world, World::restore(read->state().world, grants));
  return read->machine(std::move(world), {.hosts = default_hosts(), .kind = kind});
}

/// Returns how many generations there were.
Result<uint64_t> run(const Options& options) {
  ProgramConfig config;
  config.world = options.world;
  TINE_TRY_ASSIGN(Program program, load_program(options.program, config));
  std::unique_ptr<Machine> machine = std::move(program.machine);
  const uint64_t step = options.step == 0 ? kUnlimitedFuel : options.step;
  uint64_t generations = 0;
  Outcome outcome = machine->run(step);
  for (; outcome.kind == OutcomeKind::kOutOfFuel; outcome = machine->run(step)) {
    ++generations;
    TINE_TRY_ASSIGN(machine, reborn(*machine, options.world, kKinds[generations % kKinds.size()]));
  }
  fmt::print(stderr, "{}, {} instructions\n", to_string(outcome), machine->instructions());
  return generations;
}

}  // namespace
}  // namespace tine

int main(int argc, char** argv) {
  const tine::Options options = tine::parse({argv, argv + argc});
  const tine::Result<uint64_t> generations = tine::run(options);
  if (!generations)
    fmt::print(stderr, "{}\n", generations.error().to_line(options.program));
  else if (*generations < options.count)
    fmt::print(stderr, "only {} generations\n", *generations);
  return generations && *generations >= options.count ? 0 : 1;
}
