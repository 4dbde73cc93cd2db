// tine resume: goes on with a program from a snapshot.
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "commands.h"
#include "ending.h"
#include "options.h"
#include "snapshots.h"
#include "sockets.h"
#include "streams.h"
#include "tine/program.h"
#include "tine/report.h"
#include "tine/snapshot.h"

namespace tine::cli {

namespace {

struct ResumeOptions {
  WorldOptions world;
  SocketOptions sockets;
  CodeKind kind = CodeKind::kPlain;
  uint64_t fuel = kUnlimitedFuel;
  std::string stdin_file;
  std::string file;
  std::vector<std::string> modules;
  SnapshotsOptions snapshots;
};

/// What is written is a delta against `snapshot` where --parent names its file.
Result<SnapshotsOptions> snapshots_of(const ResumeOptions& options,
                                      const std::shared_ptr<const Snapshot>& snapshot) {
  SnapshotsOptions all = options.snapshots;
  if (all.save.parent_file.empty()) return all;
  if (all.save.parent_file != options.file)
    return fail(ErrorCode::kUsage, kNoOffset, "--parent: expected the snapshot that is resumed");
  all.save.parent = snapshot;
  all.save.parent_file = program_name(options.file);
  return all;
}

/// Says on stderr what became of open files that differ or are gone.
Result<World> restore_world(const WorldState& state, const ResumeOptions& options) {
  WorldConfig grants = options.world.config({});
  grants.fd_policy = options.snapshots.fd_policy;
  TINE_TRY(options.sockets.put_into(grants));
  TINE_TRY_ASSIGN(World world, World::restore(state, grants));
  for (const std::string& note : world.restore_notes()) fmt::print(stderr, "tine: {}\n", note);
  options.sockets.attach(world);
  return world;
}

Result<int> resume(const ResumeOptions& options) {
  TINE_TRY_ASSIGN(const LoadOptions how, mapping_with(options.modules));
  TINE_TRY_ASSIGN(auto snapshot, Snapshot::load(options.file, how));
  TINE_TRY_ASSIGN(const SnapshotsOptions snapshots, snapshots_of(options, snapshot));
  TINE_TRY_ASSIGN(World world, restore_world(snapshot->state().world, options));
  TINE_TRY_ASSIGN(auto machine, snapshot->machine(std::move(world), {.hosts = default_hosts(),
                                                                     .kind = options.kind}));
  GuestStreams streams;
  TINE_TRY(streams.connect(machine->world(), options.stdin_file));
  TINE_TRY_ASSIGN(const RunEnd end, run_with_snapshots(*machine, snapshots, options.fuel));
  if (end.has_stopped) return 0;
  return end_with_outcome(*machine, end.outcome, program_label(snapshot->state()));
}

}  // namespace

void add_resume(CLI::App& app, int& status) {
  auto options = std::make_shared<ResumeOptions>();
  CLI::App* command = app.add_subcommand("resume", "Goes on with a program from a snapshot");
  command->add_option("SNAPSHOT", options->file, "A file of tine snapshot; -: a pipe")->required();
  add_modules(*command, options->modules);
  options->world.add_dir(*command);
  options->sockets.add(*command);
  add_fuel(*command, options->fuel, "Most instructions to execute; then exit code 124");
  command->add_option("--stdin", options->stdin_file, "Standard input from a file")
      ->type_name("FILE");
  add_kind(*command, options->kind);
  options->snapshots.add(*command);
  add_fd_policy(*command, options->snapshots.fd_policy, FdPolicyUse::kBoth);
  command
      ->add_option("--parent", options->snapshots.save.parent_file,
                   "Writes only what has changed since this snapshot: the one that is resumed, in "
                   "the folder that is written to")
      ->type_name("SNAPSHOT");
  command->footer(
      trigger_help() + fd_policy_help(FdPolicyUse::kBoth) +
      "One --fd-policy serves both: the snapshot that is resumed, and those that are taken.\n"
      "The program keeps its arguments, environment and clock, but sees only the directories that\n"
      "are granted here again, under the same guest names, and listens only where --listen says.\n"
      "Exit codes: the guest's own; 134 trap; 124 out of fuel; 1 bad data; 2 usage.\n"
      "Examples:\n"
      "  echo 'select 1;' | tine resume ready.snap\n"
      "  tine resume --snapshot-on exit --snapshot-to end.snap ready.snap\n"
      "  tine resume --snapshot-on every=1000000000 --snapshot-to b.snap --parent a.snap a.snap\n"
      "  tine resume --dir data::/data --stdin input.txt state.snap\n"
      "  tine resume --dir data::/data --fd-policy reopen state.snap");
  command->callback([options, &status] {
    const Result<int> code = resume(*options);
    status = code ? *code : end_with_error(code.error(), options->file);
  });
}

}  // namespace tine::cli
