// Host functions: what a guest may import from C++, as the machine sees them. Most are written with
// host_function() of typed_host.h, which takes a lambda and deduces the rest.
//
// A host call is never captured in the middle. The function sees its arguments, does its work and
// says how to go on; `pause_before` undoes the call (it must not have changed anything yet), so
// that the run pauses with the call still to come. A later run() makes it again, or the embedder
// gives the results itself (Machine::complete_host_call).
//
// It may call the guest back (HostCall::call). How that call ends is data, too: the function may
// deal with it, or pass it on, and then the run ends where the guest did. Meanwhile pauses wait.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tine/memory.h"
#include "tine/outcome.h"
#include "tine/types.h"

namespace tine {

class Machine;
class World;

/// What a host function wants to happen next.
struct HostAction {
  enum class Kind : uint8_t { kReturn, kPauseBefore, kEnd, kSetJump, kLongJump, kThrow };
  Kind kind = Kind::kReturn;
  Outcome outcome;                 // kPauseBefore, kEnd: of the run
  uint64_t jump = 0;               // kSetJump: address of the jmp_buf; kLongJump: the number in it
  uint32_t jump_result = 0;        // kLongJump
  uint32_t tag = 0;                // kThrow: of the store
  std::vector<Value> values = {};  // kThrow

  [[nodiscard]] static HostAction done() { return {}; }
  [[nodiscard]] static HostAction exit(uint32_t code) {
    HostAction a = end(OutcomeKind::kExited);
    a.outcome.exit_code = code;
    return a;
  }
  [[nodiscard]] static HostAction trap(TrapKind kind) {
    HostAction a = end(OutcomeKind::kTrapped);
    a.outcome.trap = kind;
    return a;
  }
  [[nodiscard]] static HostAction pause_before(PauseReason reason) {
    HostAction a = end(OutcomeKind::kPaused);
    a.kind = Kind::kPauseBefore;
    a.outcome.pause = reason;
    return a;
  }
  /// Returns 0 to the guest, and again whenever it jumps to the number that is now written to
  /// `buffer` (8 bytes, in bounds) in the caller's memory 0.
  [[nodiscard]] static HostAction set_jump(uint64_t buffer) {
    HostAction a;
    a.kind = Kind::kSetJump;
    a.jump = buffer;
    return a;
  }
  /// Makes the call of setjmp that has got this number return `result`; a trap (kDeadJump) where its
  /// frame is gone.
  [[nodiscard]] static HostAction long_jump(uint64_t number, uint32_t result) {
    HostAction a;
    a.kind = Kind::kLongJump;
    a.jump = number;
    a.jump_result = result;
    return a;
  }
  /// Throws in the guest, which may catch it. `tag`: a store address (Machine::find_export, add_tag),
  /// whose types `values` must have. Where nobody catches it, a trap (kUncaughtException).
  [[nodiscard]] static HostAction throw_exception(uint32_t tag, std::vector<Value> values) {
    HostAction a;
    a.kind = Kind::kThrow;
    a.tag = tag;
    a.values = std::move(values);
    return a;
  }
  [[nodiscard]] static HostAction error(std::string detail) {
    HostAction a = end(OutcomeKind::kHostError);
    a.outcome.detail = std::move(detail);
    return a;
  }
  /// Ends the run as HostCall::call has ended, there and with that backtrace. But what the guest
  /// beneath can deal with goes on there: an exception that it catches, a longjmp to a frame of its.
  [[nodiscard]] static HostAction pass_on(Outcome outcome) {
    HostAction a;
    a.kind = outcome.returned() ? Kind::kReturn : Kind::kEnd;
    a.outcome = std::move(outcome);
    return a;
  }

 private:
  [[nodiscard]] static HostAction end(OutcomeKind kind) {
    HostAction a;
    a.kind = Kind::kEnd;
    a.outcome.kind = kind;
    return a;
  }
};

/// A funcref as host functions get and give it: null, or a function of the machine's store.
struct FuncRef {
  Ref bits = kNullRef;
  bool operator==(const FuncRef&) const = default;

  [[nodiscard]] static FuncRef to(uint32_t store_address) { return {store_address + Ref{1}}; }
  [[nodiscard]] bool is_null() const { return bits == kNullRef; }
};

/// One call in progress. Valid only inside the host function.
class HostCall {
 public:
  HostCall(Machine& machine, Memory* memory, uint64_t* slots, bool is_first_of_run)
      : machine_(machine), memory_(memory), slots_(slots), is_first_of_run_(is_first_of_run) {}

  // Arguments and results by slot: one each, two for a v128.
  [[nodiscard]] uint32_t arg_u32(uint32_t i) const { return static_cast<uint32_t>(slots_[i]); }
  [[nodiscard]] uint64_t arg_u64(uint32_t i) const { return slots_[i]; }
  /// Results share the slots of the arguments: read all arguments first.
  void set_result(uint32_t i, uint64_t bits) { slots_[i] = bits; }
  void set_result_u32(uint32_t i, uint32_t v) { slots_[i] = v; }

  /// Memory 0 of the calling instance, or nullptr.
  [[nodiscard]] Memory* memory() const { return memory_; }
  [[nodiscard]] Machine& machine() const { return machine_; }
  [[nodiscard]] World& world() const;
  /// Whether the run started at this call: after a pause before it, for example. Do not pause again.
  [[nodiscard]] bool is_first_of_run() const { return is_first_of_run_; }
  /// Instructions executed so far, this call included.
  [[nodiscard]] uint64_t instructions() const;
  /// Adds 1 instruction per 256 bytes processed, as design.md section 3 asks.
  void charge_bytes(uint64_t bytes) { extra_charge_ += bytes / 256; }
  [[nodiscard]] uint64_t extra_charge() const { return extra_charge_; }

  // --- calling back --------------------------------------------------------------------------

  /// Calls a function, which runs to its end before this returns: its results, or the Outcome that
  /// it ended with instead: kTrapped, kExited, kHostError or kOutOfFuel.
  /// It runs on the fuel and the stack of the run, and its instructions count. A null reference, or
  /// arguments of other types than its parameters, trap as call_indirect would; so does (as an
  /// exhausted stack) a host function too many, see limits.def's host_nesting.
  /// kOutOfFuel cannot be dealt with: no later call does anything, and whatever the host function
  /// returns, the run has ended then. It cannot be resumed in the middle of a host function.
  [[nodiscard]] std::expected<std::vector<Value>, Outcome> call(FuncRef function,
                                                                std::span<const Value> args);
  /// The same with C++ values: `host.call<int64_t>(callback, 1, 2.0f)`. See typed_host.h.
  template <class Results, class... Args>
  [[nodiscard]] std::expected<Results, Outcome> call(FuncRef function, Args... args);

  /// A function that the calling instance exports; null where there is none, and where the host
  /// function was called by the embedder.
  [[nodiscard]] FuncRef exported(std::string_view name) const;
  /// An element of a table of the calling instance: what C calls a function pointer. Null outside
  /// of the table, and where the table holds no functions.
  [[nodiscard]] FuncRef table_element(uint64_t element, TableIdx table = 0) const;

 private:
  /// As call(), but the function must have just this type.
  [[nodiscard]] std::expected<std::vector<Value>, Outcome> call_typed(FuncRef function,
                                                                      const FuncType& type,
                                                                      std::span<const Value> args);

  Machine& machine_;
  Memory* memory_;
  uint64_t* slots_;
  bool is_first_of_run_;
  uint64_t extra_charge_ = 0;
};

struct HostFunction {
  std::string module;
  std::string name;
  FuncType type;
  std::function<HostAction(HostCall&)> call;
};

/// `module.name`. Raw: escape before showing.
[[nodiscard]] inline std::string name_of(const HostFunction& host) {
  return host.module + "." + host.name;
}

/// `tine.setjmp` and `tine.longjmp` of harnesses/include/setjmp.h.
[[nodiscard]] std::span<const HostFunction> jump_functions();

/// Host functions by import name; shared and immutable once machines use it.
class HostRegistry {
 public:
  void add(HostFunction f) { functions_.push_back(std::move(f)); }
  void add_all(std::span<const HostFunction> fs) {
    functions_.insert(functions_.end(), fs.begin(), fs.end());
  }
  /// The latest one added under these names, or nullptr.
  [[nodiscard]] const HostFunction* find(std::string_view module, std::string_view name) const {
    for (auto it = functions_.rbegin(); it != functions_.rend(); ++it)
      if (it->name == name && it->module == module) return &*it;
    return nullptr;
  }

 private:
  std::vector<HostFunction> functions_;
};

}  // namespace tine
