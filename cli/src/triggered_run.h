// A run that takes snapshots when its triggers fire.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tine/machine.h"
#include "tine/result.h"
#include "triggers.h"
#include "wakeups.h"

namespace tine::cli {

/// Called where a trigger has fired; the machine can be captured.
using OnTrigger = std::function<Result<void>(Machine&, const Trigger&, const Outcome&)>;

class TriggeredRun {
 public:
  /// `stop_after_first`: the run ends when one trigger has fired.
  TriggeredRun(Machine& machine, std::vector<Trigger> triggers, bool stop_after_first,
               OnTrigger on_trigger);

  /// Arms the triggers. Errors: kUsage, where one names what the program does not have.
  [[nodiscard]] Result<void> arm();
  ~TriggeredRun();
  TriggeredRun(const TriggeredRun&) = delete;
  TriggeredRun& operator=(const TriggeredRun&) = delete;

  /// Runs until the program ends, the fuel is used up, or a trigger stops it (has_stopped()).
  /// Errors: those of `on_trigger`.
  [[nodiscard]] Result<Outcome> run(uint64_t fuel);
  [[nodiscard]] bool has_stopped() const { return has_stopped_; }

 private:
  [[nodiscard]] WakeupConfig wakeup_config() const;
  [[nodiscard]] bool has(TriggerKind kind) const;
  [[nodiscard]] bool is_armed(const Trigger& trigger) const;
  [[nodiscard]] uint64_t next_stop() const;
  [[nodiscard]] Trigger* fired_by(const Outcome& outcome);
  [[nodiscard]] Trigger* fired_by_count();
  [[nodiscard]] Trigger* fired_by_request();
  [[nodiscard]] Trigger* first_armed(TriggerKind kind);
  void arm_counts();
  void arm_host_calls();
  void disarm(Trigger& trigger);

  Machine& machine_;
  std::vector<Trigger> triggers_;
  bool stop_after_first_;
  OnTrigger on_trigger_;
  Wakeups wakeups_;
  std::vector<size_t> points_;  // the trigger of each pause point
  bool has_stopped_ = false;
};

}  // namespace tine::cli
