// Machine: everything that runs. The store (instances, functions, memories, tables, globals), the
// guest thread with its frames, the pending root calls, and the World.
//
//   auto module = Module::create(bytes);                       // Result: bad input is an Error
//   auto machine = Machine::create({.hosts = registry});
//   auto inst = machine->instantiate(*module, {});             // pushes `start` if there is one
//   machine->push_call(inst->instance, *func, args);
//   Outcome o = machine->run();                                // data: returned, trapped, …
//
// run() may be called again after kPaused and kOutOfFuel; then it goes on exactly there. capture()
// works whenever run() is not on the stack, and does not disturb the run.
// Threads: a Machine belongs to one thread at a time; Modules and their code are shared.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tine/code.h"
#include "tine/host.h"
#include "tine/lineage.h"
#include "tine/memory.h"
#include "tine/module.h"
#include "tine/outcome.h"
#include "tine/pause.h"
#include "tine/result.h"
#include "tine/state.h"
#include "tine/world.h"

namespace tine {

inline constexpr uint64_t kUnlimitedFuel = uint64_t{1} << 62;
inline constexpr uint64_t kDefaultStackLimitSlots = 512 * 1024;
inline constexpr uint64_t kMaxStackLimitSlots = 64 * 1024 * 1024;

struct MachineConfig {
  std::shared_ptr<const HostRegistry> hosts;  // null: no host functions
  CodeKind kind = CodeKind::kPlain;
  uint64_t stack_limit_slots = kDefaultStackLimitSlots;  // validator slots + 4 a frame
};

/// An import given by the embedder instead of a host function: an item of the same Machine's store.
struct ExternRef {
  ExternKind kind = ExternKind::kFunc;
  uint32_t address = 0;  // store address: func, table, memory, global or tag
};

/// Resolves imports that are not host functions. Return nothing where there is no such item.
using ImportResolver = std::function<std::optional<ExternRef>(const Import&)>;

struct Instantiation {
  InstanceIdx instance = 0;
  /// kReturned, or kTrapped where an active segment did not fit. `start`, if any, is pushed as a
  /// pending root call, not yet run.
  Outcome outcome;
};

/// A frame for people: outermost last.
struct BacktraceFrame {
  Position position;
  std::string func_name;  // raw; escape before showing
  bool is_host = false;   // a host function that has called the guest: `module.name`, nothing else
  std::vector<Value> locals;
  std::vector<Value> operands;
};

struct ResetStats {
  uint64_t dirty_cards = 0;
};

class Machine {
 public:
  [[nodiscard]] static std::unique_ptr<Machine> create(const MachineConfig& config);

  /// A machine that goes on from `state`, whose frames are verified against the modules: positions,
  /// types of locals and operands, call chain, every index. Memories are mapped where the state
  /// names an fd, else copied. The World is restored from state.world by World::restore and passed
  /// in (its authority comes from the caller, never from the state).
  /// Errors: kBadSnapshot, kUnlinkable (a host function is missing), kIo.
  [[nodiscard]] static Result<std::unique_ptr<Machine>> restore(const MachineState& state,
                                                                World world,
                                                                const MachineConfig& config);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // --- the store -----------------------------------------------------------------------------

  /// Errors: kUnlinkable (spec wording), kLimit, kIo. The machine is unchanged then.
  [[nodiscard]] Result<Instantiation> instantiate(std::shared_ptr<const Module> module,
                                                  const ImportResolver& resolver);
  [[nodiscard]] std::optional<ExternRef> find_export(InstanceIdx instance,
                                                     std::string_view name) const;
  [[nodiscard]] uint32_t instance_count() const;
  [[nodiscard]] const Module& module_of(InstanceIdx instance) const;
  [[nodiscard]] std::shared_ptr<const Module> module_ref(InstanceIdx instance) const;
  /// The store's memories; addresses as in ExternRef.
  [[nodiscard]] uint32_t memory_count() const;
  [[nodiscard]] Memory& memory(uint32_t address);
  [[nodiscard]] const Memory& memory(uint32_t address) const;
  /// Memory 0 of an instance, or nullptr.
  [[nodiscard]] Memory* memory_of(InstanceIdx instance);
  [[nodiscard]] Value global_value(uint32_t address) const;
  /// Makes store items without a module (spectest, embedders). Returns the store address.
  [[nodiscard]] uint32_t add_global(GlobalType type, Value value);
  /// `type` has no results.
  [[nodiscard]] uint32_t add_tag(const FuncType& type);
  [[nodiscard]] uint32_t add_table(const TableType& type);
  [[nodiscard]] Result<uint32_t> add_memory(const MemoryType& type);
  [[nodiscard]] FuncType func_type(uint32_t address) const;

  // --- running -------------------------------------------------------------------------------

  /// Appends a root call. Pre: the function exists and the arguments have its parameter types.
  void push_call(InstanceIdx instance, FuncIdx func, std::span<const Value> args);
  /// The same for a function of the store (an export's address).
  void push_call(uint32_t func_address, std::span<const Value> args);
  /// Runs the pending root calls in order until all have returned or something stops the run.
  /// `fuel` bounds the instructions of this call exactly. After a trap, an exit or a host error
  /// all frames and pending calls are dropped at the next push_call or reset; until then
  /// backtrace() shows where it happened. Begins with run_restore_hooks(), which the fuel does not
  /// bound; where they do not return, that is the outcome.
  Outcome run(uint64_t fuel = kUnlimitedFuel);
  /// Completes the host call before which the thread stands (paused by the host function itself,
  /// by a trigger or by fuel, or restored from a snapshot taken there) as if the host function had
  /// returned `results`; it is not called. The call is counted as always; what the function would
  /// have charged besides is not. The next run() goes on behind it. Code of any kind.
  /// Begins with run_restore_hooks(). Errors: kBadCall (these ended the run); the machine unchanged:
  /// kBadCall (it stands at no call of a host function, or the function's result types are others).
  [[nodiscard]] Result<void> complete_host_call(std::span<const Value> results);
  /// Results of the last root call that returned in the latest run(), or in a
  /// complete_host_call() since.
  [[nodiscard]] std::span<const Value> results() const;
  /// Exact instruction count since the machine was made (restored: counted on).
  [[nodiscard]] uint64_t instructions() const;
  /// Whether frames or pending calls are left, so that run() would go on.
  [[nodiscard]] bool is_suspended() const;

  /// Moves to another kind of code; takes effect at the next run().
  void set_code_kind(CodeKind kind);
  [[nodiscard]] CodeKind code_kind() const;
  /// Where covered code of this instance's module reports to.
  void set_coverage(InstanceIdx instance, const CoverageSinks& sinks);

  // Triggers. They are not state: a restored machine has none. A run never pauses for the
  // position that it starts at, so that running on after a pause goes on. What would pause the
  // guest while a host function is calling it pauses the run behind that host call, once.

  /// From now on pauses (kFunctionEntry, kInstruction) at these points, each once, and at no others.
  /// Their functions are translated again. Pre: not inside run(); each function has a body, and
  /// each offset is_pausable().
  void pause_at(const std::vector<PausePoint>& points);
  /// Whether an instruction that is counted (any but `end` and `else`) stands there.
  [[nodiscard]] bool is_pausable(InstanceIdx instance, FuncIdx func, WasmOffset offset) const;
  /// From now on pauses before (kBeforeHostCall) and after (kAfterHostCall) the calls of host
  /// functions that `wanted` chooses; null: of none. Pre: not inside run().
  void pause_at_host_calls(const HostCallChooser& wanted);
  /// Pauses (kRequest) the present run, or the next one, at a safepoint: within some 100,000
  /// instructions, and before any host call. Thread: any; also from a signal handler. A host call
  /// that waits is woken by World::interrupt_waits_on. A host function that calls the guest ends
  /// first.
  void request_pause() noexcept;

  // Hooks: functions without parameters and results that a guest may export.

  /// Before a capture. If the latest run() has paused at a host call, calls `tine_before_snapshot` of
  /// each instance on top of it; the run stands afterwards where it stood. Captures until the next
  /// run() then tell who restores them to call `tine_after_restore`. Does nothing elsewhere: at an
  /// arbitrary instruction a guest may be inside its malloc. Triggers are off in a hook, and it is
  /// counted. Any other outcome than kReturned ends the run; more than limits.def's
  /// hook_instructions are a kHostError. Pre: not inside run().
  Outcome run_snapshot_hooks();
  /// Calls `tine_after_restore` where the state wants it and it was not called yet. run() does so
  /// too; this is for who wants to know what they counted. Outcomes as above.
  Outcome run_restore_hooks();

  [[nodiscard]] World& world();
  [[nodiscard]] const World& world() const;

  // --- state as plain data -------------------------------------------------------------------

  /// The complete canonical state. Memory contents refer into this machine until it runs again.
  /// After a trap it is the state before the trapping instruction. Never disturbs the run.
  /// Errors: kNotCapturable (a host function is on the stack, also where the run has ended in a
  /// function that it called; the World refuses).
  [[nodiscard]] Result<MachineState> capture() const;
  /// The memories are now as they were at `moment`, and are followed from here on.
  /// Pre: nothing was written since restore().
  void follow(Lineage moment);
  /// Makes now a moment of its own, which knows what changed since the one before.
  /// Cost: O(dirty cards + memory / 4 MiB). Pre: not inside run().
  [[nodiscard]] Lineage mark_moment();
  /// Frames innermost first, also after a trap, and inside a host function. Cost: re-translates
  /// each function once.
  [[nodiscard]] std::vector<BacktraceFrame> backtrace() const;

  /// Makes the present state the one that reset() goes back to. `pristine[i]` holds the present
  /// bytes of memory i and must stay alive and unchanged; clears the cards.
  /// Pre: not inside run().
  void set_base(std::vector<std::span<const uint8_t>> pristine);
  /// Back to the base: O(what changed since), no system call, no allocation.
  /// Pre: set_base() was called; not inside run().
  ResetStats reset();

 private:
  friend class HostCall;
  Machine();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tine
