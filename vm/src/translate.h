// The translator: one pass over a validated function body, from Wasm's operand stack to IR over
// frame slots.
//
// local.get and constants become entries of a compile-time stack and are folded into the
// instruction that consumes them; a result that is stored right away is computed into its local;
// a compare before a branch becomes one op. Where a segment starts, every entry is brought to its
// home slot, so that the state at a safepoint does not depend on any of this. Stepping code folds
// nothing: every instruction is a safepoint there.
//
// The same pass, asked with a Probe, tells where operands live at a position: that is how capture
// reads a frame that stands inside a segment. No table of it is kept anywhere.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ir.h"
#include "tine/code.h"
#include "tine/instr.h"
#include "tine/module.h"

namespace tine {

/// A place whose `watch` op asks the machine whether to pause there.
struct WatchedPlace {
  FuncIdx func = 0;
  std::optional<WasmOffset> offset;  // before this instruction; nothing: at the function's entry
  uint32_t index = 0;                // in the machine's list
};

struct TranslateOptions {
  CodeKind kind = CodeKind::kPlain;
  std::vector<WatchedPlace> watched;  // places of this function
  uint32_t first_edge = 0;            // covered: number of the function's first edge
};

/// What the translator knows at one position, asked before it translates the instruction there.
struct Probe {
  WasmOffset offset = 0;
  bool found = false;                     // an instruction boundary in reachable code
  std::vector<OperandLocation> operands;  // bottom first
};

/// Which IR instruction each reachable instruction boundary leads to, in order of offsets.
struct Boundary {
  WasmOffset offset = 0;
  uint32_t inst = 0;
};

/// Pre: the module is validated, `func` has a body. Cost: linear in the body.
[[nodiscard]] FuncIr translate(const Module& module, FuncIdx func, const TranslateOptions& options,
                               Probe* probe = nullptr, std::vector<Boundary>* boundaries = nullptr);

/// What the stack limit takes for a frame beyond its locals and operands.
inline constexpr uint32_t kFrameOverheadSlots = 4;
/// What a call of the function takes from the stack limit: validator slots plus 4.
[[nodiscard]] uint32_t depth_slots(const FuncBody& body);

/// The slot of each local, and behind them the return word. spec: none (docs/threaded-code.md)
[[nodiscard]] std::vector<uint32_t> local_slots(const Module& module, FuncIdx func);

class Translator {
 public:
  Translator(const Module& module, FuncIdx func, const TranslateOptions& options, Probe* probe,
             std::vector<Boundary>* boundaries);
  FuncIr run();

 private:
  enum class Place : uint8_t { kHome, kLocal, kConstant };
  /// An operand of the compile-time stack.
  struct Entry {
    ValType type = ValType::kI32;
    Place place = Place::kHome;
    uint16_t home = 0;   // its slot by height
    uint16_t local = 0;  // kLocal: the slot it aliases
    uint64_t bits = 0;   // kConstant
  };
  struct Control {
    Op op = Op::block;  // block, loop, if_, else_; Op::end for the function itself
    std::span<const ValType> params, results;
    uint32_t base_entries = 0;
    uint16_t base_slot = 0;  // home of the first parameter or result
    SegmentId label = kNoSegment;
    bool label_used = false;
    SegmentId else_segment = kNoSegment;
    HandlerId handler = kNoHandler;         // in force inside
    HandlerId legacy_handler = kNoHandler;  // of a legacy try, also in its catches
  };
  /// A branch condition: a compare still to be fused, or a slot.
  struct Condition {
    bool is_fused = false;
    IrInst compare;
    uint16_t slot = 0;
  };

  // translate.cpp: the walk, segments, the compile-time stack.
  void begin_function();
  void translate_instr(const Instr& in);
  void visit_boundary(const Instr& in);
  [[nodiscard]] bool is_watched(std::optional<WasmOffset> offset) const;
  void add_watches(std::optional<WasmOffset> offset);
  void watch_instr(WasmOffset offset);
  void count(const Instr& in);
  IrInst& add(IrOp op);
  SegmentId new_segment();
  SegmentId new_internal_segment();
  void start_segment(SegmentId id, WasmOffset offset, bool falls_in);
  void start_internal(SegmentId id);
  Entry pop();
  uint16_t push_home(ValType type);
  void push_results(std::span<const ValType> types);
  void push_local(LocalIdx local);
  void push_constant(ValType type, uint64_t bits);
  uint16_t slot_of(Entry& entry);
  void to_slot(uint16_t slot, const Entry& entry);
  void flush();
  void truncate(uint32_t entries);
  [[nodiscard]] bool is_produced_by_last(const Entry& entry) const;
  [[nodiscard]] bool is_stepping() const { return options_.kind == CodeKind::kStepping; }
  [[nodiscard]] bool is_covered() const { return options_.kind == CodeKind::kCovered; }

  // translate_control.cpp: blocks, branches, calls, returns. translate_exceptions.cpp: tries, throws.
  void translate_control(const Instr& in);
  void skip_unreachable(const Instr& in);
  void begin_block(const Instr& in);
  void begin_if(const Instr& in);
  void begin_else(const Instr& in);
  void end_block(const Instr& in);
  void end_function(const Instr& in);
  void branch(const Instr& in);
  void branch_if(const Instr& in);
  void branch_table(const Instr& in);
  void begin_try(const Instr& in);
  void begin_try_table(const Instr& in);
  void begin_catch(const Instr& in);
  void end_delegate(const Instr& in);
  void add_catch(HandlerId handler, const CatchClause& clause);
  HandlerId add_handler(const Instr& in);
  void leave_legacy_part(Control& c);
  void throw_values(const Instr& in);
  void throw_exception(uint16_t slot);
  void return_values();
  void call(const Instr& in, bool is_tail);
  void call_indirect(const Instr& in, bool is_tail);
  void finish_call(IrInst& inst, const FuncType& type, const Instr& in, bool is_tail);
  [[nodiscard]] std::span<const ValType> label_types(const Control& c) const;
  [[nodiscard]] bool label_in_place(const Control& c) const;
  void move_to_label(const Control& c);
  SegmentId label_of(Control& c);
  Condition take_condition();
  void add_conditional(const Condition& condition, bool branch_if, SegmentId taken, SegmentId fall);
  SegmentId add_trampoline(Control& c, uint32_t edge);
  void add_edge(uint32_t edge);
  [[nodiscard]] Control& control(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  void become_unreachable();

  // translate_ops.cpp: everything else.
  void translate_op(const Instr& in);
  void set_local(LocalIdx local, bool keep);
  void select();
  void binary(IrOp op, ValType operand, ValType result, bool is_commutative, bool is_compare);
  void unary(IrOp op, ValType result);
  void wide_arithmetic(IrOp op, uint32_t operands);
  [[nodiscard]] AddressType address_of_memory(MemIdx memory) const {
    return module_.memories[memory].address_type;
  }
  [[nodiscard]] AddressType address_of_table(TableIdx table) const {
    return module_.tables[table].address_type;
  }
  /// The constant address of an access to memory 0 with this offset, if it fits into 32 bits.
  [[nodiscard]] std::optional<uint32_t> folded_address(const Entry& address, uint64_t offset) const;
  void load(const Instr& in, IrOp op, ValType result);
  void store(const Instr& in, IrOp op);
  void vector(const Instr& in, IrOp op, uint32_t operands, ValType result);
  void vector_bits(const Instr& in, IrOp op, uint32_t operands);
  void lane_access(const Instr& in, IrOp op, bool has_result);
  void trace_compare(const IrInst& inst, ValType operand);
  void trace_entry();
  void bulk(IrOp op, const Instr& in, uint32_t operands, std::optional<ValType> result = {});
  void indexed(IrOp op, uint32_t index, ValType result);

  const Module& module_;
  const FuncIdx func_;
  const TranslateOptions options_;
  Probe* probe_;
  std::vector<Boundary>* boundaries_;
  const FuncBody& body_;
  const FuncType& type_;
  std::vector<ValType> local_types_;
  std::vector<uint32_t> local_slots_;
  uint16_t return_slot_ = 0;
  uint32_t next_edge_ = 0;

  FuncIr ir_;
  std::vector<Entry> stack_;
  uint32_t flushed_entries_ = 0;  // that many at the bottom are known to be home
  uint16_t next_home_ = 0;
  std::vector<Control> controls_;
  bool reachable_ = true;
  uint32_t skipped_blocks_ = 0;  // blocks opened in unreachable code
  SegmentId segment_ = 0;
  WasmOffset offset_ = 0;  // of the instruction being translated
};

}  // namespace tine
