#include "snapshots.h"

#include <iterator>
#include <set>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "triggered_run.h"

namespace tine::cli {

std::string numbered(std::string path, uint64_t number) {
  constexpr std::string_view kMark = "%n";
  const std::string digits = std::to_string(number);
  for (size_t at = 0; (at = path.find(kMark, at)) != path.npos; at += digits.size())
    path.replace(at, kMark.size(), digits);
  return path;
}

namespace {

Result<std::vector<Trigger>> triggers_of(const std::vector<std::string>& lists) {
  std::vector<Trigger> all;
  for (const std::string& list : lists) {
    TINE_TRY_ASSIGN(std::vector<Trigger> some, parse_triggers(list));
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

/// Says what the snapshots of a run do not take along, each thing once.
class LossReport {
 public:
  void tell(const WorldState& state, const World& world) {
    for (const LossState& loss : state.losses) tell(to_string(loss));
    for (const std::string& loss : world.stream_losses()) tell(loss);
  }

 private:
  void tell(const std::string& loss) {
    if (told_.insert(loss).second)
      fmt::print(stderr, "tine: not in the snapshot: {}\n", escape_for_terminal(loss));
  }
  std::set<std::string> told_;
};

/// Writes the machine's state to `path`, in which `%n` becomes `number`, and says so on stderr.
Result<void> write_snapshot(Machine& machine, const std::string& path, uint64_t number,
                            const SaveOptions& how, LossReport& report) {
  const std::string file = numbered(path, number);
  TINE_TRY_ASSIGN(auto snapshot, how.parent != nullptr ? Snapshot::capture(machine, *how.parent)
                                                       : Snapshot::capture(machine));
  TINE_TRY(snapshot->save(file, how));
  fmt::print(stderr, "tine: {} at instruction {}\n", escape_for_terminal(file),
             machine.instructions());
  report.tell(snapshot->state().world, machine.world());
  return {};
}

}  // namespace

void SnapshotsOptions::add_no_module(CLI::App& command) {
  command.add_flag_callback(
      "--no-module", [this] { save.with_modules = false; },
      "Leaves the module out; --module brings it when the snapshot is used");
}

CLI::Option* SnapshotsOptions::add(CLI::App& command) {
  CLI::Option* when = command
                          .add_option("--snapshot-on", on,
                                      "Takes a snapshot at each of these triggers, and goes on")
                          ->type_name("TRIGGER,...")
                          ->allow_extra_args(false);
  CLI::Option* where =
      command
          .add_option("--snapshot-to", to, "The file to write; %n in it becomes a running number")
          ->type_name("FILE");
  when->needs(where);
  where->needs(when);
  command.add_flag("--stop-after-snapshot", stop_after, "Ends after the first snapshot")
      ->needs(when);
  add_no_module(command);
  return when;
}

Result<RunEnd> run_with_snapshots(Machine& machine, const SnapshotsOptions& options,
                                  uint64_t fuel) {
  TINE_TRY_ASSIGN(std::vector<Trigger> triggers, triggers_of(options.on));
  machine.world().set_capture_policy(options.fd_policy.value_or(FdPolicy::kError));
  uint64_t taken = 0;
  LossReport report;
  TriggeredRun run(machine, std::move(triggers), options.stop_after,
                   [&](Machine& paused, const Trigger&, const Outcome& why) {
                     SaveOptions how = options.save;
                     // Only a trap is told beside the state: elsewhere same state, same bytes.
                     how.reason = why.kind == OutcomeKind::kTrapped ? to_string(why) : "";
                     return write_snapshot(paused, options.to, ++taken, how, report);
                   });
  TINE_TRY(run.arm());
  TINE_TRY_ASSIGN(Outcome outcome, run.run(fuel));
  return RunEnd{std::move(outcome), run.has_stopped()};
}

}  // namespace tine::cli
