// Host functions: what a guest may import from C++.
//
// A host call is never captured in the middle. The function sees its arguments, does its work and
// says how to go on; `pause_before` undoes the call (it must not have changed anything yet), so
// that the run pauses with the call still to come. A later run() makes it again, or the embedder
// gives the results itself (Machine::complete_host_call).
#pragma once

#include <cstdint>
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
  enum class Kind : uint8_t { kReturn, kExit, kTrap, kPauseBefore, kError, kSetJump, kLongJump };
  Kind kind = Kind::kReturn;
  PauseReason pause = PauseReason::kNone;
  TrapKind trap_kind = TrapKind::kHostTrap;
  uint32_t code = 0;
  uint64_t jump = 0;
  std::string detail;

  [[nodiscard]] static HostAction done() { return {}; }
  [[nodiscard]] static HostAction exit(uint32_t code) {
    HostAction a;
    a.kind = Kind::kExit;
    a.code = code;
    return a;
  }
  [[nodiscard]] static HostAction trap(TrapKind kind) {
    HostAction a;
    a.kind = Kind::kTrap;
    a.trap_kind = kind;
    return a;
  }
  [[nodiscard]] static HostAction pause_before(PauseReason reason) {
    HostAction a;
    a.kind = Kind::kPauseBefore;
    a.pause = reason;
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
    a.code = result;
    return a;
  }
  [[nodiscard]] static HostAction error(std::string detail) {
    HostAction a;
    a.kind = Kind::kError;
    a.detail = std::move(detail);
    return a;
  }
};

/// One call in progress. Valid only inside the host function.
class HostCall {
 public:
  HostCall(Machine& machine, Memory* memory, uint64_t* slots, bool is_first_of_run)
      : machine_(machine), memory_(memory), slots_(slots), is_first_of_run_(is_first_of_run) {}

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

 private:
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
