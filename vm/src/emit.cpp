// Implementation of emit.h. Layouts are those stated at the top of each handlers_*.cpp.
#include "emit.h"

#include "handlers.h"
#include "op_facts.h"
#include "tine/check.h"

namespace tine {
namespace {

class Emitter {
 public:
  explicit Emitter(const FuncIr& ir) : ir_(ir) {}

  EmittedCode run() {
    for (const IrInst& inst : ir_.insts) {
      out_.inst_cells.push_back(size());
      emit(inst);
    }
    out_.inst_cells.push_back(size());
    for (const Fixup& f : fixups_) resolve(f);
    return std::move(out_);
  }

 private:
  /// A distance to a segment, to be written into a cell once its place is known.
  struct Fixup {
    uint32_t cell = 0;
    uint32_t origin = 0;  // the branch op that the distance counts from
    SegmentId target = kNoSegment;
  };

  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(out_.cells.size()); }

  [[nodiscard]] uint16_t cost_of(SegmentId s) const {
    return s == kNoSegment ? 0 : static_cast<uint16_t>(ir_.segments[ir_.resolve(s)].cost);
  }

  Cell& cell() {
    out_.cells.push_back(Cell{.u64 = 0});
    return out_.cells.back();
  }
  void slots(uint16_t a, uint16_t b = 0, uint16_t c = 0, uint16_t d = 0) {
    Cell& x = cell();
    x.u16[0] = a;
    x.u16[1] = b;
    x.u16[2] = c;
    x.u16[3] = d;
  }
  void words(uint32_t a, uint32_t b = 0) {
    Cell& x = cell();
    x.u32[0] = a;
    x.u32[1] = b;
  }
  /// Two slots and a word.
  void slots_and_word(uint16_t a, uint16_t b, uint32_t word) {
    Cell& x = cell();
    x.u16[0] = a;
    x.u16[1] = b;
    x.u32[1] = word;
  }
  void bits(uint64_t v) { cell().u64 = v; }
  /// A word and two slots: landings, returns.
  void word_and_slots(uint32_t word, uint16_t c, uint16_t d) {
    Cell& x = cell();
    x.u32[0] = word;
    x.u16[2] = c;
    x.u16[3] = d;
  }
  void branch_cell(uint32_t origin, SegmentId taken, SegmentId fall) {
    fixups_.push_back({size(), origin, taken});
    word_and_slots(0, cost_of(taken), cost_of(fall));
  }
  void resolve(const Fixup& f) {
    const IrSegment& target = ir_.segments[ir_.resolve(f.target)];
    const int64_t distance =
        static_cast<int64_t>(out_.inst_cells[target.first_inst]) - static_cast<int64_t>(f.origin);
    out_.cells[f.cell].i32[0] = static_cast<int32_t>(distance);
  }

  void emit(const IrInst& inst);
  void emit_shaped(const IrInst& inst, uint32_t origin);
  void emit_other(const IrInst& inst, uint32_t origin);
  void emit_call(const IrInst& inst);
  void emit_table(const IrInst& inst, uint32_t origin);

  const FuncIr& ir_;
  EmittedCode out_;
  std::vector<Fixup> fixups_;
};

void Emitter::emit(const IrInst& inst) {
  const uint32_t origin = size();
  const Handler handler = HandlerTable::get().find(inst.op, inst.a_source, inst.b_source);
  TINE_CHECK(handler != nullptr);
  cell().handler = handler;
  if (shape_of(inst.op) == Shape::kOther)
    emit_other(inst, origin);
  else
    emit_shaped(inst, origin);
}

void Emitter::emit_shaped(const IrInst& inst, uint32_t origin) {
  const uint32_t imm = static_cast<uint32_t>(inst.imm);
  switch (shape_of(inst.op)) {
    case Shape::kBinary:
      if (inst.b_source == Source::kImmediate)
        slots_and_word(inst.dst, inst.a, imm);
      else
        slots(inst.dst, inst.a, inst.b);
      break;
    case Shape::kUnary: slots(inst.dst, inst.a); break;
    case Shape::kLoad: slots_and_word(inst.dst, inst.a, imm); break;
    case Shape::kStore:
      slots_and_word(inst.a, inst.b, imm);
      if (inst.b_source == Source::kImmediate) bits(inst.imm2);
      break;
    case Shape::kCompareBranch:
      if (inst.b_source == Source::kImmediate)
        slots_and_word(inst.a, 0, imm);
      else
        slots(inst.a, inst.b);
      branch_cell(origin, inst.taken, inst.fall);
      break;
    case Shape::kConditional:
      slots(inst.a);
      branch_cell(origin, inst.taken, inst.fall);
      break;
    case Shape::kVector: slots(inst.dst, inst.a, inst.b, inst.c); break;
    case Shape::kOther: break;
  }
}

void Emitter::emit_other(const IrInst& inst, uint32_t origin) {
  switch (inst.op) {
    case IrOp::enter: slots(inst.a, inst.b, cost_of(inst.taken)); break;
    case IrOp::throw_ref: slots(inst.a); break;
    case IrOp::charge: slots(cost_of(inst.taken)); break;
    case IrOp::watch: words(inst.index); break;
    case IrOp::step:
    case IrOp::unreachable: break;
    case IrOp::const32: slots_and_word(inst.dst, 0, static_cast<uint32_t>(inst.imm)); break;
    case IrOp::const64:
    case IrOp::const_f32:
    case IrOp::const_f64:
      slots(inst.dst);
      bits(inst.imm);
      break;
    case IrOp::v128_const:
    case IrOp::i8x16_shuffle:
      slots(inst.dst, inst.a, inst.b);
      bits(inst.imm);
      bits(inst.imm2);
      break;
    case IrOp::select: slots(inst.dst, inst.b, inst.c, inst.a); break;
#define TINE_WIDE(name, expr) case IrOp::name:
#define TINE_WIDE_PAIRS(name, expr) case IrOp::name:
#include "ops.def"
      slots(inst.dst, inst.a, inst.b, inst.c);
      slots(static_cast<uint16_t>(inst.index));
      break;
    case IrOp::global_get:
    case IrOp::vector_global_get:
    case IrOp::table_size:
    case IrOp::memory_size:
    case IrOp::ref_func: slots_and_word(inst.dst, 0, inst.index); break;
    case IrOp::throw_:
    case IrOp::global_set:
    case IrOp::vector_global_set: slots_and_word(inst.a, 0, inst.index); break;
    case IrOp::table_get:
    case IrOp::wide_table_get:
      slots(inst.dst, inst.a);
      words(inst.index);
      break;
    case IrOp::table_set:
    case IrOp::wide_table_set:
      slots(inst.a, inst.b);
      words(inst.index);
      break;
    case IrOp::load_general:
    case IrOp::store_general:
    case IrOp::vector_store_general:
      slots(inst.op == IrOp::load_general ? inst.dst : inst.b, inst.a);
      bits(inst.imm);
      words(inst.index, inst.index2);
      break;
#define TINE_VECTOR_LOAD_LANE(name, L) case IrOp::name:
#define TINE_VECTOR_STORE_LANE(name, L) case IrOp::name:
#include "vector_ops.def"
    case IrOp::vector_load_general:
      slots(inst.dst, inst.a, inst.b, inst.c);
      bits(inst.imm);
      words(inst.index, inst.index2);
      break;
    case IrOp::memory_grow:
    case IrOp::memory_fill:
    case IrOp::memory_copy:
    case IrOp::memory_init:
    case IrOp::table_grow:
    case IrOp::table_fill:
    case IrOp::table_copy:
    case IrOp::table_init:
      slots(inst.a, inst.b, inst.c, inst.dst);
      words(inst.index, inst.index2);
      slots(cost_of(inst.fall));
      break;
    case IrOp::data_drop:
    case IrOp::elem_drop:
    case IrOp::edge: words(inst.index); break;
    case IrOp::trace_compare:
      slots(inst.a, inst.b, inst.c);
      words(inst.index, inst.offset);
      break;
    case IrOp::trace_compare_imm:
      slots_and_word(inst.a, inst.c, static_cast<uint32_t>(inst.imm));
      words(inst.index, inst.offset);
      break;
    case IrOp::trace_memory_compare:
      words(inst.index);
      words(inst.index2, inst.offset);
      break;
    case IrOp::br:
      fixups_.push_back({size(), origin, inst.taken});
      word_and_slots(0, cost_of(inst.taken), 0);
      break;
    case IrOp::br_table: emit_table(inst, origin); break;
    case IrOp::ret:
    case IrOp::ret_int:
    case IrOp::ret_f32:
    case IrOp::ret_f64: word_and_slots(inst.index2, inst.c, inst.a); break;
    case IrOp::ret_many:
      word_and_slots(inst.index2, inst.c, 0);
      slots(inst.a, inst.b);
      break;
    default: emit_call(inst); break;
  }
}

void Emitter::emit_call(const IrInst& inst) {
  const uint16_t behind = cost_of(inst.fall);
  switch (inst.op) {
    case IrOp::call:
    case IrOp::call_import:
      words(inst.index);
      word_and_slots(inst.index2, inst.dst, behind);
      break;
    case IrOp::call_indirect:
    case IrOp::wide_call_indirect:
      words(inst.index, static_cast<uint32_t>(inst.imm));
      slots(inst.a);
      word_and_slots(0, inst.dst, behind);
      break;
    case IrOp::tail_call:
    case IrOp::tail_call_import:
      words(inst.index);
      slots(inst.dst, inst.b, inst.c);
      words(static_cast<uint32_t>(inst.imm2), inst.index2);
      break;
    case IrOp::tail_call_indirect:
    case IrOp::wide_tail_call_indirect:
      words(inst.index, static_cast<uint32_t>(inst.imm));
      slots(inst.a);
      slots(inst.dst, inst.b, inst.c);
      words(static_cast<uint32_t>(inst.imm2));
      break;
    default: TINE_CHECK(!"an op with a layout");
  }
}

void Emitter::emit_table(const IrInst& inst, uint32_t origin) {
  slots_and_word(inst.a, 0, inst.index);
  for (uint32_t i = 0; i <= inst.index; ++i) {
    const SegmentId target = ir_.labels[inst.labels_begin + i];
    fixups_.push_back({size(), origin, target});
    word_and_slots(0, cost_of(target), 0);
  }
}

}  // namespace

EmittedCode emit(const FuncIr& ir) { return Emitter(ir).run(); }

}  // namespace tine
