// Threaded code of modules, translated function by function at the first call and shared by all
// machines and threads.
//
//   ModuleCode   all kinds of code of one module            one a module, which keeps it
//   Code         one kind: an entry a function              append-only
//   FuncCode     one function: its cells                    immutable once published
//   CodeMap      which cell stands for which position       derived again on demand, then cached
//
// Nothing in a Code is specific to a machine: instances are reached through the Context.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cell.h"
#include "ir.h"
#include "store.h"
#include "tine/code.h"
#include "tine/module.h"
#include "translate.h"

namespace tine {

/// The IR that is emitted. Pre and cost: those of translate().
[[nodiscard]] FuncIr make_ir(const Module& module, FuncIdx func, const TranslateOptions& options,
                             std::vector<Boundary>* boundaries = nullptr);

/// What one op of a function's code stands for.
struct OpPlace {
  uint32_t cell = 0;      // where the op starts
  uint32_t end_cell = 0;  // where the next one starts
  IrOp op = IrOp::unreachable;
  WasmOffset offset = 0;
  uint32_t unexecuted = 0;  // counted instructions of its segment behind this one
  uint16_t base = 0;        // calls: home of the first argument
};

/// A segment: a safepoint of plain and covered code.
struct SegmentPlace {
  uint32_t cell = 0;
  uint32_t cost = 0;
  WasmOffset offset = 0;
  // Of a call's result, where the segment may expect it in an accumulator, too (accumulate.cpp).
  std::optional<uint16_t> result_slot;
};

/// Where an exception lands that is caught (ir.h, IrCatch).
struct CatchPlace {
  std::optional<TagIdx> tag;
  IrCatch::RefPlace ref = IrCatch::RefPlace::kNone;
  WasmOffset offset = 0;  // of the segment
  uint16_t slot = 0;
  uint32_t edge = 0;
};

/// A stretch of code and who catches what is thrown in it (ir.h, IrHandler).
struct HandlerPlace {
  WasmOffset begin = 0, end = 0;
  HandlerId outer = kNoHandler;
  HandlerId enclosing = kNoHandler;  // by code alone: delegates do not change it
  std::vector<CatchPlace> catches;
};

/// Positions of one function's code, derived by translating it again.
struct CodeMap {
  std::vector<OpPlace> ops;                               // by cell
  std::unordered_map<WasmOffset, SegmentPlace> segments;  // by offset and by first counted one
  std::unordered_map<uint32_t, SegmentPlace> segments_by_cell;
  std::unordered_map<WasmOffset, uint32_t> boundaries;    // stepping: cell of each instruction
  std::unordered_map<WasmOffset, uint32_t> return_cells;  // of each call: where it returns to
  std::vector<HandlerPlace> handlers;                     // in order of their beginnings

  /// The op whose cells contain `cell`.
  [[nodiscard]] const OpPlace& op_at(uint32_t cell) const;
  /// The innermost handler in force at an instruction, or kNoHandler.
  [[nodiscard]] HandlerId handler_at(WasmOffset offset) const;
};

class FuncCode {
 public:
  FuncCode(FuncIdx func, CodeKind kind, std::vector<Cell> cells)
      : func_(func), kind_(kind), cells_(std::move(cells)) {}

  [[nodiscard]] FuncIdx func() const { return func_; }
  [[nodiscard]] CodeKind kind() const { return kind_; }
  [[nodiscard]] const Cell* begin() const { return cells_.data(); }
  [[nodiscard]] bool contains(const Cell* ip) const {
    return ip >= cells_.data() && ip <= cells_.data() + cells_.size();
  }
  [[nodiscard]] uint32_t cell_of(const Cell* ip) const {
    return static_cast<uint32_t>(ip - cells_.data());
  }
  [[nodiscard]] const Cell* at(uint32_t cell) const { return cells_.data() + cell; }

 private:
  friend class Code;
  FuncIdx func_;
  CodeKind kind_;
  std::vector<Cell> cells_;
  std::unique_ptr<CodeMap> map_;  // guarded by Code::mutex_
};

/// Types and places of the operands at a position.
struct OperandsAt {
  bool is_reachable_boundary = false;
  std::vector<OperandLocation> operands;
};

class Code {
 public:
  /// The module and the two lists must outlive it.
  Code(const Module& module, CodeKind kind, const std::vector<WatchedPlace>& watched,
       const std::vector<uint32_t>& first_edges);

  [[nodiscard]] CodeKind kind() const { return kind_; }
  [[nodiscard]] FuncEntry* entries() { return entries_.get(); }
  /// The function's code, translated if it is not yet. Thread: any.
  const FuncCode& func(FuncIdx f);
  /// The function whose code contains `ip`, or nullptr. Cost: O(log functions).
  [[nodiscard]] const FuncCode* find(const Cell* ip) const;
  /// Derived once a function, then cached. Thread: any.
  const CodeMap& map(const FuncCode& code);
  /// Derived once a position, then cached. Thread: any.
  const OperandsAt& operands_at(FuncIdx f, WasmOffset offset);

 private:
  [[nodiscard]] TranslateOptions options_for(FuncIdx f) const;
  const FuncCode& translate_locked(FuncIdx f);

  const Module& module_;
  CodeKind kind_;
  const std::vector<WatchedPlace>& watched_;
  const std::vector<uint32_t>& first_edges_;
  mutable std::mutex mutex_;
  std::unique_ptr<FuncEntry[]> entries_;
  std::vector<Cell> stubs_;  // entries of functions that are not translated yet
  std::vector<std::unique_ptr<FuncCode>> funcs_;
  std::map<const Cell*, FuncCode*> by_address_;
  std::map<std::pair<FuncIdx, WasmOffset>, OperandsAt> operands_;
};

class ModuleCode {
 public:
  /// The shared code of a module, which it keeps alive; made at the first call. Thread: any.
  [[nodiscard]] static std::shared_ptr<ModuleCode> of(const std::shared_ptr<const Module>& module);

  /// Code of its own that watches some places (pause triggers). The module must outlive it.
  ModuleCode(const Module& module, std::vector<WatchedPlace> watched);

  [[nodiscard]] Code& code(CodeKind kind) { return *codes_[static_cast<size_t>(kind)]; }
  /// The Code of any kind that contains `ip`, or nullptr.
  [[nodiscard]] Code* find(const Cell* ip, const FuncCode** func);

 private:
  std::vector<WatchedPlace> watched_;
  std::vector<uint32_t> first_edges_;  // by defined function
  std::unique_ptr<Code> codes_[3];
};

/// Translates the function whose stub was called; returns its entry.
const Cell* translate_entry(Instance& instance, FuncEntry* entries, FuncIdx func);

// Return addresses that lead out of threaded code (handlers_control.cpp).
[[nodiscard]] const Cell* root_stub();
[[nodiscard]] const Cell* bridge_stub();
[[nodiscard]] const Cell* low_water_stub();
[[nodiscard]] const Cell* jump_stub();
[[nodiscard]] inline bool is_stub(const Cell* ip) {
  return ip == root_stub() || ip == bridge_stub() || ip == low_water_stub() || ip == jump_stub();
}
[[nodiscard]] Handler translate_handler();

}  // namespace tine
