#include "snapshots.h"

#include <iterator>

#include <fmt/format.h>

#include "tine/snapshot.h"
#include "triggered_run.h"

namespace tine::cli {

namespace {

std::string numbered(std::string path, uint64_t number) {
  constexpr std::string_view kMark = "%n";
  const std::string digits = std::to_string(number);
  for (size_t at = 0; (at = path.find(kMark, at)) != path.npos; at += digits.size())
    path.replace(at, kMark.size(), digits);
  return path;
}

Result<std::vector<Trigger>> triggers_of(const std::vector<std::string>& lists) {
  std::vector<Trigger> all;
  for (const std::string& list : lists) {
    TINE_TRY_ASSIGN(std::vector<Trigger> some, parse_triggers(list));
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

}  // namespace

Result<void> write_snapshot(const Machine& machine, const std::string& path, uint64_t number) {
  const std::string file = numbered(path, number);
  TINE_TRY_ASSIGN(auto snapshot, Snapshot::capture(machine));
  TINE_TRY(snapshot->save(file));
  fmt::print(stderr, "tine: {} at instruction {}\n", escape_for_terminal(file),
             machine.instructions());
  return {};
}

void SnapshotsOptions::add(CLI::App& command) {
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
}

Result<RunEnd> run_with_snapshots(Machine& machine, const SnapshotsOptions& options,
                                  uint64_t fuel) {
  TINE_TRY_ASSIGN(std::vector<Trigger> triggers, triggers_of(options.on));
  uint64_t taken = 0;
  TriggeredRun run(machine, std::move(triggers), options.stop_after,
                   [&](const Machine& paused, const Trigger&, const Outcome&) {
                     return write_snapshot(paused, options.to, ++taken);
                   });
  TINE_TRY(run.arm());
  TINE_TRY_ASSIGN(Outcome outcome, run.run(fuel));
  return RunEnd{std::move(outcome), run.has_stopped()};
}

}  // namespace tine::cli
