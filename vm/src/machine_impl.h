// Machine::Impl: the one place where all mutable state of a machine stands.
//
// The parts: the store (instantiate.cpp), the driver of threaded code (run.cpp), frames as typed
// data (frames.cpp), and the state as plain data (capture.cpp, restore.cpp, reset.cpp).
//
// Between runs the thread stands at a position, never at an address in threaded code; only return
// words of frames below the top lead into code, and they can be derived again (rebind_frames).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "code_store.h"
#include "context.h"
#include "exceptions.h"
#include "jump_records.h"
#include "reservation.h"
#include "store.h"
#include "tine/machine.h"

namespace tine {

/// The guest's frames: slots in a reservation of their own, sized so that the depth limit is
/// reached before its end (a frame takes at most its validator slots).
class FrameStack {
 public:
  explicit FrameStack(uint64_t limit_slots);
  ~FrameStack();
  FrameStack(const FrameStack&) = delete;
  FrameStack& operator=(const FrameStack&) = delete;
  [[nodiscard]] Slot* base() const;

 private:
  Reservation reservation_;
};

/// Where the thread stands between runs.
struct FramePlace {
  Instance* instance = nullptr;
  FuncIdx func = 0;
  WasmOffset offset = 0;
  Slot* fp = nullptr;
  // The code whose translation says where operands are: stepping (all at home) unless trapped.
  CodeKind operands_in = CodeKind::kStepping;
};

/// A value as a slot holds it; what stands beyond the bits of its type is not part of it.
[[nodiscard]] Value value_in_slot(ValType type, const Slot* slot);

/// One frame on the stack, found by walking return words.
struct FrameView {
  FramePlace place;       // below the top: the call it stands at
  uint32_t operands = 0;  // how many of the operands at that position are still its own
  const HostFunction* host = nullptr;  // not the guest's: a host function that has called it
};

/// A call into another instance: what its return has to bring back.
struct Bridge {
  const Cell* return_to = nullptr;
  Instance* instance = nullptr;
};

/// A host function on the stack, and the guest beneath it (host_call.cpp).
struct HostFrame {
  const HostFunction* host = nullptr;
  bool has_frames = false;  // of the guest; else the host function is a root call
  Instance* instance = nullptr;
  const Cell* ip = nullptr;  // where it left threaded code, and what its Context was there
  Slot* fp = nullptr;
  FuncEntry* entries = nullptr;
  Slot* own_end = nullptr;  // root call: behind its arguments and results
  int64_t depth_left_slots = 0;
  bool has_called_guest = false;
  bool is_tail = false;  // its caller's frame has made way for it
};

/// A call from a host function into the guest that did not return, as the host function left it
/// behind: what stood above that function, in case that it passes the outcome on.
/// An exception in flight: which one, or of what it is to be made, and what its values are.
struct Thrown {
  uint32_t tag = 0;  // of the store
  Ref ref = kNullRef;
  std::vector<GlobalCell> values;
};

/// A longjmp to a frame beneath a host function.
struct JumpBeneath {
  uint64_t number = 0;
  uint32_t result = 0;
};

struct FailedCall {
  Outcome outcome;
  FramePlace place;
  bool has_frames = false;
  std::vector<HostFrame> host_frames;
  std::vector<Bridge> bridges;
  JumpRecords jumps;  // those beneath the host function as well
  std::optional<Thrown> thrown;
  std::optional<JumpBeneath> jump;
};

/// From a frame to its caller, past the stubs in between. Bridges and frames with setjmp records
/// are passed from the top of the stack down.
struct ReturnPath {
  size_t bridges_left = 0;
  size_t jumps_left = 0;
  Instance* instance = nullptr;  // of the caller
  // Where the address that leads into the caller is kept: in a return word, a bridge, a JumpFrame,
  // or, where all are null, in the fork's base.
  Slot* word = nullptr;
  Bridge* bridge = nullptr;
  JumpFrame* jump_frame = nullptr;
};

/// A walk down the stack, from the top frame to those that called it.
struct FrameWalk {
  FramePlace place;
  ReturnPath path;
};

struct RootCall {
  uint32_t func_address = 0;
  std::vector<Value> args;
  bool is_running = false;
};

/// Everything that reset() goes back to. Memories' bytes belong to the embedder.
struct Base {
  struct Frame {
    uint32_t begin_slot = 0;
    uint32_t return_slot = 0;  // of the stack
    const Cell* return_to = nullptr;
  };
  std::vector<std::span<const uint8_t>> pristine;
  std::vector<GlobalCell> globals;
  std::vector<std::vector<Ref>> tables;
  std::vector<std::vector<uint8_t>> dropped_elements, dropped_data;
  std::vector<Slot> stack;    // all frames, return words included
  std::vector<Frame> frames;  // outermost first
  std::vector<Bridge> bridges;
  JumpRecords jumps;
  uint64_t jumps_made = 0;
  std::vector<RootCall> pending;
  std::vector<Value> results;
  FramePlace place;
  bool has_frames = false;
  bool has_ended = false;
  bool awaits_restore_hooks = false;
  int64_t depth_left_slots = 0;
  uint64_t instructions = 0;
  // The deepest frame that has not been returned into yet; its return word is a stub.
  size_t guarded_frame = 0;
};

struct ExitCall;

/// The call that a frame below the top stands at.
struct CallSite {
  const FuncType* type = nullptr;
  uint32_t taken = 0;  // operands that the call takes, its element index included
};

struct Machine::Impl {
  explicit Impl(Machine& owner, const MachineConfig& config);

  // --- store ---------------------------------------------------------------------------------
  Result<Instantiation> instantiate(std::shared_ptr<const Module> module,
                                    const ImportResolver& resolver);
  Result<void> resolve_imports(Instance& instance, const ImportResolver& resolver);
  Result<void> resolve_import(Instance& instance, const Import& import,
                              const ImportResolver& resolver);
  Result<void> link_item(Instance& instance, const Import& import, ExternRef item);
  Result<void> allocate(Instance& instance);
  Outcome run_active_segments(Instance& instance);
  void bind_items(Instance& instance);
  void bind_all_items();
  uint32_t add_host_func(const HostFunction& host);
  uint32_t add_func(StoreFunc func);
  uint32_t add_tag(const FuncType& type);
  uint32_t add_table(const TableType& type, Ref init = kNullRef);
  uint32_t add_global(GlobalType type, GlobalCell value);
  Result<uint32_t> add_memory(const MemoryType& type);
  uint32_t signature_of(const FuncType& type);
  uint32_t module_number(const std::shared_ptr<const Module>& module);
  Result<void> ensure_home(Instance& instance);

  // --- running -------------------------------------------------------------------------------
  Outcome run(uint64_t fuel);
  Outcome run_root_calls();
  bool start_root_call(Outcome& outcome);
  bool run_host_root(const StoreFunc& func, Outcome& outcome);
  void finish_root_call();
  void drop_ended_run();
  void enter_at_place();
  bool enter_wanted_kind(const Position& at);
  void enter_stepping();
  void enter_segment(const FuncCode& func, const SegmentPlace& segment, Slot* fp);
  std::optional<Outcome> handle_exit();
  std::optional<Outcome> on_fuel_exit();
  std::optional<Outcome> on_step_exit();
  Outcome on_trap();
  std::optional<Outcome> on_host_call();
  Result<void> complete_host_call(std::span<const Value> results);
  void run_awaited_call();
  [[nodiscard]] const StoreFunc* callee_at_place() const;
  [[nodiscard]] const StoreFunc* awaited_host_func() const;
  std::optional<Outcome> on_foreign_call();
  void on_bridge_return();
  void on_low_water();
  std::optional<Outcome> on_watch_pause();
  [[nodiscard]] Outcome pause_for(PauseReason reason) const;
  [[nodiscard]] Outcome pause_for(PauseReason reason, const HostFunction& host) const;
  void withhold_fuel();
  [[nodiscard]] bool takes_pause_request();
  [[nodiscard]] HostCallPauses pauses_at(uint32_t host_index) const;
  Outcome pause_before_call(Outcome outcome);
  const Cell* leave_host_call(const ExitCall& exit, Slot*& results, uint32_t result_slots);
  void stand_at_call();
  const Cell* pass_stubs(const Cell* back);
  void stand_behind_call(const Cell* back, Slot* results);
  const Cell* cross_bridge();
  const Cell* leave_base_frame();
  void continue_behind_call(const Cell* return_to, Slot* caller_fp);
  void return_to(const Cell* return_to, Slot* callee_fp);
  void stand_at(const Cell* ip, Slot* fp);
  void bind_context(Instance& instance);
  [[nodiscard]] Context& context() const { return *context_of(running_->home->base()); }
  [[nodiscard]] uint64_t instructions_now() const;
  Outcome end_run(Outcome outcome);

  // --- host calls, and calls back from them ---------------------------------------------------
  HostAction call_host(const HostFunction& host, HostCall& call, Slot* slots);
  void enter_host(const HostFunction& host);
  void leave_host(HostAction& action);
  void come_back_to_caller(const HostFrame& frame);
  [[nodiscard]] bool goes_on_beneath(HostAction& action) const;
  void adopt_failed_call();
  std::expected<std::vector<Value>, Outcome> call_guest(FuncRef function, const FuncType* type,
                                                        std::span<const Value> args);
  [[nodiscard]] std::optional<TrapKind> refusal_of(FuncRef function, const FuncType* type,
                                                   std::span<const Value> args) const;
  Outcome run_above_host(uint32_t func_address, std::span<const Value> args);
  void watch_entry(const StoreFunc& func);
  void keep_failed_call(Outcome& outcome, size_t host_frames, size_t bridges, size_t jump_frames);
  void settle_fuel();
  [[nodiscard]] Slot* end_of_frames(const HostFrame& frame) const;
  void let_pause_wait(Outcome pause);
  [[nodiscard]] std::optional<Outcome> take_waiting_pause();

  // --- setjmp and longjmp (jumps.cpp) --------------------------------------------------------
  HostAction without_frame(HostAction action, HostCall& call);
  HostAction set_jump(uint64_t buffer, const ExitCall& exit, HostCall& call);
  HostAction long_jump(HostAction action, const ExitCall& exit, const JumpRecord*& target,
                       HostCall& call);
  const Cell* jump_to(const JumpRecord& record, Slot*& results);
  void guard_jump_frame(Slot* fp);
  void lower_base_guard(const Slot* fp);
  void leave_jump_records_of(const Slot* fp);
  const Cell* leave_jump_frame();
  void on_jump_frame_return();
  void on_jump_frame_tail();
  [[nodiscard]] std::vector<JumpRecordState> capture_jumps(
      const std::vector<FrameView>& frames) const;
  [[nodiscard]] Result<void> restore_jumps(const ThreadState& in,
                                           const std::vector<JumpFrame>& frames);
  [[nodiscard]] Result<void> check_jump(const JumpRecordState& record,
                                        const JumpFrame& frame) const;

  // --- hooks ---------------------------------------------------------------------------------
  struct PausedRun;
  [[nodiscard]] std::vector<uint32_t> hooks_named(std::string_view name) const;
  Outcome run_hooks(std::string_view name);
  Outcome run_on_top(uint32_t func_address, std::string_view name);
  PausedRun set_run_aside();
  void take_up_triggers(PausedRun& run);
  void take_up_run(PausedRun&& run);
  void note_end_of_run(const Outcome& outcome);

  // --- exceptions ----------------------------------------------------------------------------
  std::optional<Outcome> on_throw();
  std::optional<Outcome> throw_from_host(const HostAction& action, bool is_tail);
  std::optional<Outcome> deliver(Thrown& thrown, bool top_is_gone);
  [[nodiscard]] const CatchPlace* find_catch(FrameWalk& walk, uint32_t tag, bool top_is_gone,
                                             std::vector<FramePlace>& left) const;
  Outcome uncaught(Thrown& thrown);
  [[nodiscard]] Outcome trap_at_throw(TrapKind kind) const;
  [[nodiscard]] const CatchPlace* landing_in(const FramePlace& frame, uint32_t tag) const;
  void leave_frame(const FramePlace& frame);
  void land(const CatchPlace& landing, const FramePlace& frame, const Thrown& thrown);
  bool make_room_for_exception(const Thrown& thrown);
  void collect_exceptions(const Thrown& thrown);

  // --- frames --------------------------------------------------------------------------------
  [[nodiscard]] ReturnPath innermost_return() const;
  const Cell* follow_return(ReturnPath& path, const FramePlace& callee) const;
  void set_return(const ReturnPath& path, const Cell* to);
  [[nodiscard]] std::vector<FrameView> walk_frames() const;
  [[nodiscard]] FrameWalk begin_walk() const;
  /// False where the root call's frame was reached.
  [[nodiscard]] bool walk_to_caller(FrameWalk& walk) const;
  void walk_guest_frames(FrameWalk& walk, std::vector<FrameView>& frames) const;
  [[nodiscard]] FramePlace place_of_exit(Instance& instance, const Cell* ip, Slot* fp) const;
  [[nodiscard]] Code& find_code(const Instance& instance, const Cell* ip,
                                const FuncCode** func) const;
  [[nodiscard]] const OperandsAt& operands_of(const FramePlace& place) const;
  [[nodiscard]] std::vector<Value> read_locals(const FrameView& frame) const;
  [[nodiscard]] std::vector<Value> read_operands(const FrameView& frame) const;
  [[nodiscard]] const Cell* return_cell(Instance& instance, FuncIdx func, WasmOffset call,
                                        CodeKind kind);
  void rebind_frames();
  void rebind_top_return();
  [[nodiscard]] Position position_of(const FramePlace& place) const;
  [[nodiscard]] std::vector<BacktraceFrame> backtrace() const;

  // --- state ---------------------------------------------------------------------------------
  Result<MachineState> capture() const;
  Result<void> bind_funcs(const std::vector<InstanceState>& in);
  static void copy_nonzero(std::span<const uint8_t> from, Memory& to);
  [[nodiscard]] ExceptionState exception_state(Ref ref) const;
  void number_exceptions(MachineState& state) const;
  [[nodiscard]] Result<void> check_reference(const Value& v) const;
  [[nodiscard]] Result<FramePlace> check_frame(const FrameState& frame) const;
  [[nodiscard]] Result<void> check_operands(const FramePlace& place,
                                            const std::vector<Value>& operands,
                                            uint32_t taken) const;
  void write_frame(const FrameState& frame, Slot* fp, const Cell* back);
  [[nodiscard]] Result<CallSite> call_site(const FramePlace& place) const;
  Result<Slot*> enter_callee(const FramePlace& place, const FrameState& frame,
                             const FrameState& callee, Slot* fp, const Cell*& back);
  [[nodiscard]] RootCallState host_root_call(const RootCall& root) const;
  [[nodiscard]] Result<void> check_root_frame() const;
  void set_base(std::vector<std::span<const uint8_t>> pristine);
  void remove_base_guard();
  ResetStats reset();
  // One function a top-level field of machine_state.def; a new field does not link without them.
#define TINE_MACHINE_FIELD(type, name, meaning)               \
  [[nodiscard]] Result<void> capture_##name(type& out) const; \
  [[nodiscard]] Result<void> restore_##name(const type& in);  \
  void base_##name(Base& base) const;                         \
  void reset_##name(ResetStats& stats);
#include "machine_fields.h"

  Machine& owner_;
  MachineConfig config_;
  std::shared_ptr<const HostRegistry> hosts_;
  // The store.
  std::vector<std::shared_ptr<const Module>> modules_;
  std::vector<const HostFunction*> host_funcs_;
  std::vector<std::unique_ptr<StoreFunc>> funcs_;
  std::vector<StoreFunc*> func_pointers_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<std::unique_ptr<Memory>> memories_;
  std::unique_ptr<Memory> empty_memory_;  // carries the Context of instances without one
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<GlobalCell> globals_;
  std::vector<GlobalType> global_types_;
  std::vector<FuncType> signatures_;
  std::vector<FuncType> tags_;  // their types, without results; a tag is its address
  ExceptionStore exceptions_;
  World world_;
  // The thread.
  FrameStack stack_;
  std::vector<RootCall> pending_;
  std::vector<Bridge> bridges_;
  JumpRecords jumps_;
  size_t jump_floor_ = 0;    // frames with records below it are beneath a host function
  uint64_t jumps_made_ = 0;  // never goes back, but for resets: a number is given once
  std::vector<Value> results_;
  FramePlace place_;
  bool has_frames_ = false;
  bool has_ended_ = false;  // by a trap, an exit or a host error; frames stay for the backtrace
  int64_t depth_left_slots_ = 0;
  // Where a root call starts; beneath a hook lies the run that it interrupts.
  Slot* root_frame_ = stack_.base();
  int64_t root_depth_slots_ = static_cast<int64_t>(config_.stack_limit_slots);
  CodeKind frames_kind_ = CodeKind::kPlain;  // what return words lead into
  // One run.
  bool is_running_ = false;
  Instance* running_ = nullptr;
  uint64_t instructions_ = 0;  // before this run
  int64_t fuel_given_ = 0;
  int64_t reserve_ = 0;                               // withheld while stepping towards a safepoint
  int64_t deficit_ = 0;                               // bulk costs beyond the fuel, not yet settled
  std::optional<std::span<const Value>> completion_;  // what the next host call returns instead
  std::vector<HostFrame> host_frames_;     // kept when the run has ended above a host function
  std::optional<Thrown> uncaught_;         // what the guest above a host function has just thrown
  std::optional<JumpBeneath> beneath_;     // where it has just jumped to, in vain
  std::optional<FailedCall> failed_call_;  // the latest of the host function on top
  std::optional<Outcome> waiting_pause_;   // for host functions to return
  bool keeps_results_ = false;  // a completed call has ended the root call; run() shall not forget
  // Hooks.
  bool stands_at_host_call_ = false;   // the latest run paused there
  bool is_prepared_ = false;           // captures until the next run have awaits_restore_hooks
  bool awaits_restore_hooks_ = false;  // restored, and they were not called yet
  bool runs_on_top_ = false;           // a hook is running
  // Triggers.
  std::vector<Watch> watches_;
  std::vector<HostCallPauses> host_pauses_;  // by host function; empty: none
  std::atomic<bool> is_pause_requested_ = false;
  std::vector<std::shared_ptr<ModuleCode>> retired_code_;  // frames may still return into it
  std::unique_ptr<Base> base_;
  // The moment since which memories are followed for deltas; no part of the state.
  Lineage lineage_;
};

}  // namespace tine
