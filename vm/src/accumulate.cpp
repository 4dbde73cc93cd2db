// Implementation of accumulate.h.
#include "accumulate.h"

#include <array>

#include "handlers.h"
#include "op_facts.h"

namespace tine {
namespace {

constexpr uint32_t kNothing = ~0u;

/// The slot that each accumulator mirrors.
class Mirrors {
 public:
  void forget_all() { slots_.fill(kNothing); }
  void wrote(uint32_t slot, Bank bank) {
    for (uint32_t& s : slots_)
      if (s == slot) s = kNothing;
    if (bank != Bank::kNone) slots_[static_cast<size_t>(bank)] = slot;
  }
  [[nodiscard]] bool has(uint32_t slot, Bank bank) const {
    return bank != Bank::kNone && slots_[static_cast<size_t>(bank)] == slot;
  }

 private:
  std::array<uint32_t, 4> slots_{kNothing, kNothing, kNothing, kNothing};
};

void choose_sources(IrInst& inst, const Mirrors& mirrors) {
  const HandlerTable& handlers = HandlerTable::get();
  const Bank bank = operand_bank(inst.op);
  const Shape shape = shape_of(inst.op);
  const bool a_mirrored = inst.a_source == Source::kSlot && mirrors.has(inst.a, bank);
  if (a_mirrored && handlers.find(inst.op, Source::kAccumulator, inst.b_source) != nullptr) {
    inst.a_source = Source::kAccumulator;
    return;
  }
  const bool has_b =
      shape == Shape::kBinary || shape == Shape::kCompareBranch || shape == Shape::kStore;
  if (has_b && inst.b_source == Source::kSlot && mirrors.has(inst.b, bank) &&
      handlers.find(inst.op, inst.a_source, Source::kAccumulator) != nullptr)
    inst.b_source = Source::kAccumulator;
}

/// What an op leaves in slots and accumulators.
void follow(const IrInst& inst, Mirrors& mirrors) {
  if (writes_dst(inst.op)) mirrors.wrote(inst.dst, result_bank(inst.op));
  if (writes_pair(inst.op)) mirrors.wrote(inst.dst, Bank::kNone);
  if (writes_vector(inst.op) || writes_pair(inst.op)) mirrors.wrote(inst.dst + 1u, Bank::kNone);
}

/// Only a segment right behind a call, with no other way in, knows an accumulator: the result.
/// Whoever resumes there reloads it from the topmost operand (run.cpp).
void begin_segment(const FuncIr& ir, size_t first_inst, SegmentId segment, Mirrors& mirrors) {
  mirrors.forget_all();
  if (first_inst == 0 || ir.segments[segment].has_branches) return;
  const IrInst& before = ir.insts[first_inst - 1];
  if (before.fall == segment && before.result != Bank::kNone)
    mirrors.wrote(before.dst, before.result);
}

}  // namespace

void assign_accumulators(FuncIr& ir) {
  // Where a segment begins, control may come from elsewhere.
  std::vector<SegmentId> starts(ir.insts.size() + 1, kNoSegment);
  for (SegmentId s = 0; s < ir.segments.size(); ++s)
    if (ir.segments[s].same_as == kNoSegment) starts[ir.segments[s].first_inst] = s;
  Mirrors mirrors;
  for (size_t i = 0; i < ir.insts.size(); ++i) {
    if (starts[i] != kNoSegment) begin_segment(ir, i, starts[i], mirrors);
    choose_sources(ir.insts[i], mirrors);
    follow(ir.insts[i], mirrors);
  }
}

}  // namespace tine
