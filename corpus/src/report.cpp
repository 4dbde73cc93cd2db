#include "tine/report.h"

#include <fmt/format.h>

namespace tine {

namespace {

constexpr size_t kTopFrames = 48;    // shown of a deep stack, from the innermost
constexpr size_t kBottomFrames = 8;  // and from the outermost

}  // namespace

std::string program_label(const MachineState& state) {
  if (!state.world.args.empty() && !state.world.args[0].empty())
    return escape_for_terminal(state.world.args[0]);
  if (!state.modules.empty() && !state.modules[0]->name().empty())
    return escape_for_terminal(state.modules[0]->name());
  return "wasm";
}

std::string describe_position(const Module& module, FuncIdx func, WasmOffset offset,
                              std::string_view label) {
  const std::string name = escape_for_terminal(module.func_name(func));
  if (module.is_imported(func)) return fmt::format("{} (imported)", name);
  return fmt::format("{}+{:#x} ({}:{:#x})", name, offset - module.body(func).begin, label, offset);
}

std::string describe_position(const Machine& machine, const Position& position,
                              std::string_view label) {
  return describe_position(machine.module_of(position.instance), position.func, position.offset,
                           label);
}

std::vector<std::string> backtrace_lines(const Machine& machine, std::string_view label) {
  const std::vector<BacktraceFrame> frames = machine.backtrace();
  const bool deep = frames.size() > kTopFrames + kBottomFrames;
  std::vector<std::string> lines;
  for (size_t i = 0; i < frames.size(); ++i) {
    if (deep && i == kTopFrames) {
      const size_t hidden = frames.size() - kTopFrames - kBottomFrames;
      lines.push_back(fmt::format("    … {} more frames", hidden));
      i += hidden;
    }
    const BacktraceFrame& frame = frames[i];
    lines.push_back(fmt::format("    #{} {}", i,
                                frame.is_host
                                    ? escape_for_terminal(frame.func_name) + " (host function)"
                                    : describe_position(machine, frame.position, label)));
  }
  return lines;
}

std::string_view outcome_word(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::kReturned: return "returned";
    case OutcomeKind::kExited: return "exited";
    case OutcomeKind::kTrapped: return "trapped";
    case OutcomeKind::kPaused: return "paused";
    case OutcomeKind::kOutOfFuel: return "out-of-fuel";
    case OutcomeKind::kHostError: return "error";
  }
  return "error";
}

}  // namespace tine
