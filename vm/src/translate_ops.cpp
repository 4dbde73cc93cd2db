// Translation of everything that is not control: locals, numeric instructions, memory, tables.
#include "op_facts.h"
#include "tine/check.h"
#include "translate.h"

namespace tine {
namespace {

/// Compares and commutative operations whose operands may be swapped to bring a constant right.
bool is_commutative(Op op) {
  switch (op) {
    case Op::i32_add:
    case Op::i32_mul:
    case Op::i32_and:
    case Op::i32_or:
    case Op::i32_xor:
    case Op::i32_eq:
    case Op::i32_ne:
    case Op::i64_add:
    case Op::i64_mul:
    case Op::i64_and:
    case Op::i64_or:
    case Op::i64_xor:
    case Op::i64_eq:
    case Op::i64_ne: return true;
    default: return false;
  }
}

/// The Wasm type of a C++ operand type of ops.def.
template <class T>
constexpr ValType val_type() {
  if constexpr (std::is_same_v<T, float>) return ValType::kF32;
  if constexpr (std::is_same_v<T, double>) return ValType::kF64;
  return sizeof(T) == 4 ? ValType::kI32 : ValType::kI64;
}

/// The op that stores the low bytes of a slot as this instruction asks.
IrOp store_op(Op op) {
  switch (op) {
    case Op::i32_store:
    case Op::f32_store:
    case Op::i64_store32: return IrOp::i32_store;
    case Op::i64_store:
    case Op::f64_store: return IrOp::i64_store;
    case Op::i32_store8:
    case Op::i64_store8: return IrOp::i32_store8;
    case Op::i32_store16:
    case Op::i64_store16: return IrOp::i32_store16;
    default: return IrOp::store_general;
  }
}

}  // namespace

void Translator::translate_op(const Instr& in) {
  switch (in.op) {
    case Op::nop: break;
    case Op::drop: pop(); break;
    case Op::select:
    case Op::select_t: select(); break;
    case Op::local_get: push_local(in.index); break;
    case Op::local_set: set_local(in.index, false); break;
    case Op::local_tee: set_local(in.index, true); break;
    case Op::i32_const: push_constant(ValType::kI32, in.bits); break;
    case Op::i64_const: push_constant(ValType::kI64, in.bits); break;
    case Op::f32_const: push_constant(ValType::kF32, in.bits); break;
    case Op::f64_const: push_constant(ValType::kF64, in.bits); break;
    case Op::ref_null: push_constant(in.type, kNullRef); break;
    case Op::ref_is_null: unary(IrOp::i64_eqz, ValType::kI32); break;
    case Op::ref_func: indexed(IrOp::ref_func, in.index, ValType::kFuncRef); break;
    case Op::global_get: {
      const ValType type = module_.global_types[in.index].type;
      indexed(type == ValType::kV128 ? IrOp::vector_global_get : IrOp::global_get, in.index, type);
      break;
    }
    case Op::global_set: {
      Entry value = pop();
      const uint16_t slot = slot_of(value);
      IrInst& inst = add(value.type == ValType::kV128 ? IrOp::vector_global_set : IrOp::global_set);
      inst.a = slot;
      inst.index = in.index;
      break;
    }
    case Op::table_get: {
      Entry element = pop();
      const uint16_t slot = slot_of(element);
      IrInst& inst = add(address_of_table(in.index) == AddressType::kI64 ? IrOp::wide_table_get
                                                                         : IrOp::table_get);
      inst.a = slot;
      inst.index = in.index;
      inst.dst = push_home(module_.tables[in.index].element);
      break;
    }
    case Op::table_set: {
      Entry value = pop();
      const uint16_t value_slot = slot_of(value);
      Entry element = pop();
      const uint16_t element_slot = slot_of(element);
      IrInst& inst = add(address_of_table(in.index) == AddressType::kI64 ? IrOp::wide_table_set
                                                                         : IrOp::table_set);
      inst.a = value_slot;
      inst.b = element_slot;
      inst.index = in.index;
      break;
    }
    case Op::table_size:
      indexed(IrOp::table_size, in.index, val_type_of(address_of_table(in.index)));
      break;
    case Op::memory_size:
      indexed(IrOp::memory_size, in.index, val_type_of(address_of_memory(in.index)));
      break;
    case Op::memory_grow:
      bulk(IrOp::memory_grow, in, 1, val_type_of(address_of_memory(in.index)));
      break;
    case Op::table_grow:
      bulk(IrOp::table_grow, in, 2, val_type_of(address_of_table(in.index)));
      break;
    case Op::memory_fill: bulk(IrOp::memory_fill, in, 3); break;
    case Op::memory_copy: bulk(IrOp::memory_copy, in, 3); break;
    case Op::memory_init: bulk(IrOp::memory_init, in, 3); break;
    case Op::table_fill: bulk(IrOp::table_fill, in, 3); break;
    case Op::table_copy: bulk(IrOp::table_copy, in, 3); break;
    case Op::table_init: bulk(IrOp::table_init, in, 3); break;
    case Op::data_drop: add(IrOp::data_drop).index = in.index; break;
    case Op::elem_drop: add(IrOp::elem_drop).index = in.index; break;
#define TINE_BINARY(name, T, R, expr)                                               \
  case Op::name:                                                                    \
    binary(IrOp::name, val_type<T>(), val_type<R>(), is_commutative(in.op), false); \
    break;
#define TINE_TRAPPING_BINARY(name, T, call) \
  case Op::name: binary(IrOp::name, val_type<T>(), val_type<T>(), false, false); break;
#define TINE_COMPARE(name, T, expr)                                                \
  case Op::name:                                                                   \
    binary(IrOp::name, val_type<T>(), ValType::kI32, is_commutative(in.op), true); \
    break;
#define TINE_UNARY(name, T, R, expr) \
  case Op::name: unary(IrOp::name, val_type<R>()); break;
#define TINE_TRAPPING_UNARY(name, T, R, call) \
  case Op::name: unary(IrOp::name, val_type<R>()); break;
#define TINE_LOAD(name, M, R) \
  case Op::name: load(in, IrOp::name, val_type<R>()); break;
#define TINE_WIDE(name, expr) \
  case Op::name: wide_arithmetic(IrOp::name, 2); break;
#define TINE_WIDE_PAIRS(name, expr) \
  case Op::name: wide_arithmetic(IrOp::name, 4); break;
#include "ops.def"
#define TINE_LANES_UNARY(name, L, expr) \
  case Op::name: vector(in, IrOp::name, 1, ValType::kV128); break;
#define TINE_LANES_BINARY(name, L, expr) \
  case Op::name: vector(in, IrOp::name, 2, ValType::kV128); break;
#define TINE_LANES_COMPARE(name, L, expr) \
  case Op::name: vector(in, IrOp::name, 2, ValType::kV128); break;
#define TINE_VECTOR_SHIFT(name, L, expr) \
  case Op::name: vector(in, IrOp::name, 2, ValType::kV128); break;
#define TINE_VECTOR_UNARY(name, expr) \
  case Op::name: vector(in, IrOp::name, 1, ValType::kV128); break;
#define TINE_VECTOR_BINARY(name, expr) \
  case Op::name: vector(in, IrOp::name, 2, ValType::kV128); break;
#define TINE_VECTOR_TERNARY(name, expr) \
  case Op::name: vector(in, IrOp::name, 3, ValType::kV128); break;
#define TINE_VECTOR_TEST(name, expr) \
  case Op::name: vector(in, IrOp::name, 1, ValType::kI32); break;
#define TINE_VECTOR_SPLAT(name, L, T) \
  case Op::name: vector(in, IrOp::name, 1, ValType::kV128); break;
#define TINE_VECTOR_EXTRACT(name, L, R) \
  case Op::name: vector(in, IrOp::name, 1, val_type<R>()); break;
#define TINE_VECTOR_REPLACE(name, L, T) \
  case Op::name: vector(in, IrOp::name, 2, ValType::kV128); break;
#define TINE_VECTOR_LOAD(name, M, expr) \
  case Op::name: load(in, IrOp::name, ValType::kV128); break;
#define TINE_VECTOR_LOAD_LANE(name, L) \
  case Op::name: lane_access(in, IrOp::name, true); break;
#define TINE_VECTOR_STORE_LANE(name, L) \
  case Op::name: lane_access(in, IrOp::name, false); break;
#include "vector_ops.def"
    case Op::v128_const: vector_bits(in, IrOp::v128_const, 0); break;
    case Op::i8x16_shuffle: vector_bits(in, IrOp::i8x16_shuffle, 2); break;
    case Op::v128_store: store(in, IrOp::v128_store); break;
    case Op::i32_store:
    case Op::i64_store:
    case Op::f32_store:
    case Op::f64_store:
    case Op::i32_store8:
    case Op::i32_store16:
    case Op::i64_store8:
    case Op::i64_store16:
    case Op::i64_store32: store(in, store_op(in.op)); break;
    default: TINE_CHECK(!"an instruction that control does not handle");
  }
}

/// Writes a local. Entries that still alias its old value go home first; a value that the last op
/// just computed is computed into the local instead.
void Translator::set_local(LocalIdx local, bool keep) {
  const uint16_t slot = static_cast<uint16_t>(local_slots_[local]);
  Entry value = pop();
  bool has_alias = false;
  for (Entry& e : stack_) {
    if (e.place != Place::kLocal || e.local != slot) continue;
    to_slot(e.home, e);
    e.place = Place::kHome;
    has_alias = true;
  }
  const bool computed_into = !has_alias && is_produced_by_last(value);
  if (computed_into)
    ir_.insts.back().dst = slot;
  else
    to_slot(slot, value);
  if (!keep) return;
  push_home(value.type);
  Entry& kept = stack_.back();
  kept.place = value.place;
  kept.local = value.local;
  kept.bits = value.bits;
  if (computed_into) {
    kept.place = Place::kLocal;
    kept.local = slot;
  }
}

void Translator::select() {
  Entry condition = pop();
  const uint16_t condition_slot = slot_of(condition);
  Entry if_zero = pop();
  const uint16_t zero_slot = slot_of(if_zero);
  Entry if_nonzero = pop();
  const uint16_t nonzero_slot = slot_of(if_nonzero);
  const bool is_vector = if_zero.type == ValType::kV128;
  IrInst& inst = add(is_vector ? IrOp::vector_select : IrOp::select);
  inst.a = is_vector ? nonzero_slot : condition_slot;
  inst.b = is_vector ? zero_slot : nonzero_slot;
  inst.c = is_vector ? condition_slot : zero_slot;
  inst.dst = push_home(if_zero.type);
}

void Translator::binary(IrOp op, ValType operand, ValType result, bool is_commutative,
                        bool is_compare) {
  Entry right = pop();
  Entry left = pop();
  const auto is_immediate = [operand](const Entry& e) {
    if (e.place != Place::kConstant) return false;
    return operand == ValType::kI32 || (operand == ValType::kI64 && fits_imm32(e.bits));
  };
  if (is_commutative && is_immediate(left) && !is_immediate(right)) {
    std::swap(left.place, right.place);
    std::swap(left.local, right.local);
    std::swap(left.bits, right.bits);
    // Homes stay with their entry's value: a home value keeps the slot it was computed into.
    std::swap(left.home, right.home);
  }
  IrInst inst;
  if (is_immediate(right)) {
    inst.b_source = Source::kImmediate;
    inst.imm = right.bits;
    inst.a = slot_of(left);
  } else {
    inst.a = slot_of(left);
    inst.b = slot_of(right);
  }
  if (is_compare && is_covered()) trace_compare(inst, operand);
  IrInst& placed = add(op);
  placed.a = inst.a;
  placed.b = inst.b;
  placed.b_source = inst.b_source;
  placed.imm = inst.imm;
  placed.dst = push_home(result);
}

void Translator::unary(IrOp op, ValType result) {
  Entry value = pop();
  const uint16_t slot = slot_of(value);
  IrInst& inst = add(op);
  inst.a = slot;
  inst.dst = push_home(result);
}

/// Two results, each in its home slot.
void Translator::wide_arithmetic(IrOp op, uint32_t operands) {
  uint16_t slots[4] = {};
  for (uint32_t i = operands; i-- > 0;) {
    Entry operand = pop();
    slots[i] = slot_of(operand);
  }
  IrInst& inst = add(op);
  inst.a = slots[0];
  inst.b = slots[1];
  inst.c = slots[2];
  inst.index = slots[3];
  inst.dst = push_home(ValType::kI64);
  push_home(ValType::kI64);
}

std::optional<uint32_t> Translator::folded_address(const Entry& address, uint64_t offset) const {
  if (address.place != Place::kConstant) return std::nullopt;
  const bool is_wide = address.type == ValType::kI64;
  const uint64_t constant = is_wide ? address.bits : static_cast<uint32_t>(address.bits);
  if (constant > UINT32_MAX || offset > UINT32_MAX - constant) return std::nullopt;
  return static_cast<uint32_t>(constant + offset);
}

void Translator::load(const Instr& in, IrOp op, ValType result) {
  Entry address = pop();
  const bool is_direct = in.index2 == 0 && in.mem_offset <= UINT32_MAX;
  if (address_of_memory(0) == AddressType::kI64) op = wide(op);
  const std::optional<uint32_t> folded = folded_address(address, in.mem_offset);
  if (is_direct && folded) {
    IrInst& inst = add(op);
    inst.a_source = Source::kImmediate;
    inst.imm = *folded;
    inst.dst = push_home(result);
    return;
  }
  const uint16_t slot = slot_of(address);
  const IrOp general = result == ValType::kV128 ? IrOp::vector_load_general : IrOp::load_general;
  IrInst& inst = add(is_direct ? op : general);
  inst.a = slot;
  inst.imm = in.mem_offset;
  inst.index = in.index2;
  inst.index2 = static_cast<uint32_t>(in.op);
  inst.dst = push_home(result);
}

void Translator::store(const Instr& in, IrOp op) {
  Entry value = pop();
  Entry address = pop();
  const bool is_direct = in.index2 == 0 && in.mem_offset <= UINT32_MAX;
  const bool is_vector = op == IrOp::v128_store;
  if (address_of_memory(0) == AddressType::kI64) op = wide(op);
  IrInst inst;
  inst.imm = in.mem_offset;
  if (is_direct && value.place == Place::kConstant) {
    inst.b_source = Source::kImmediate;
    inst.imm2 = value.bits;
  } else {
    inst.b = slot_of(value);
  }
  const std::optional<uint32_t> folded = folded_address(address, in.mem_offset);
  if (is_direct && folded) {
    inst.a_source = Source::kImmediate;
    inst.imm = *folded;
  } else {
    inst.a = slot_of(address);
  }
  const IrOp general = is_vector ? IrOp::vector_store_general : IrOp::store_general;
  IrInst& placed = add(is_direct ? op : general);
  placed.a = inst.a;
  placed.a_source = inst.a_source;
  placed.b = inst.b;
  placed.b_source = inst.b_source;
  placed.imm = inst.imm;
  placed.imm2 = inst.imm2;
  placed.index = in.index2;
  placed.index2 = static_cast<uint32_t>(in.op);
}

/// What reads its operands from slots and nothing else but a lane index.
void Translator::vector(const Instr& in, IrOp op, uint32_t operands, ValType result) {
  IrInst inst;
  uint16_t* const fields[] = {&inst.a, &inst.b, &inst.c};
  for (uint32_t i = operands; i-- > 0;) {
    Entry operand = pop();
    *fields[i] = slot_of(operand);
  }
  if (operands < 3) *fields[operands] = static_cast<uint16_t>(in.index);
  IrInst& placed = add(op);
  placed.a = inst.a;
  placed.b = inst.b;
  placed.c = inst.c;
  placed.dst = push_home(result);
}

/// v128.const and i8x16.shuffle.
void Translator::vector_bits(const Instr& in, IrOp op, uint32_t operands) {
  vector(in, op, operands, ValType::kV128);
  ir_.insts.back().imm = in.bits;
  ir_.insts.back().imm2 = in.bits_hi;
}

void Translator::lane_access(const Instr& in, IrOp op, bool has_result) {
  Entry value = pop();
  const uint16_t value_slot = slot_of(value);
  Entry address = pop();
  const uint16_t address_slot = slot_of(address);
  IrInst& inst = add(op);
  inst.a = address_slot;
  inst.b = value_slot;
  inst.c = static_cast<uint16_t>(in.index);
  inst.imm = in.mem_offset;
  inst.index = in.index2;
  inst.index2 = static_cast<uint32_t>(in.op);
  if (has_result) inst.dst = push_home(ValType::kV128);
}

/// Operands of a bulk operation stand in home slots; it ends its segment (ir.h).
void Translator::bulk(IrOp op, const Instr& in, uint32_t operands, std::optional<ValType> result) {
  flush();
  IrInst& inst = add(op);
  inst.index = in.index;
  inst.index2 = in.index2;
  uint16_t* const fields[] = {&inst.a, &inst.b, &inst.c};
  for (uint32_t i = operands; i-- > 0;) *fields[i] = pop().home;
  const SegmentId behind = new_segment();
  inst.fall = behind;
  if (result) {
    inst.dst = push_home(*result);
    flushed_entries_ = static_cast<uint32_t>(stack_.size());
  }
  start_segment(behind, in.next_offset, false);
}

void Translator::indexed(IrOp op, uint32_t index, ValType result) {
  IrInst& inst = add(op);
  inst.index = index;
  inst.dst = push_home(result);
}

void Translator::trace_compare(const IrInst& compare, ValType operand) {
  if (operand != ValType::kI32 && operand != ValType::kI64) return;
  const bool has_immediate = compare.b_source == Source::kImmediate;
  IrInst& inst = add(has_immediate ? IrOp::trace_compare_imm : IrOp::trace_compare);
  inst.a = compare.a;
  inst.b = compare.b;
  inst.imm = compare.imm;
  inst.c = operand == ValType::kI32 ? 4 : 8;
  inst.index = func_;
}

/// Functions of the memcmp family, known by name, report their arguments when they are entered.
void Translator::trace_entry() {
  struct Family {
    std::string_view name;
    MemoryCompareKind kind;
    uint32_t params;
  };
  static constexpr Family kFamilies[] = {
      {"memcmp", MemoryCompareKind::kMemcmp, 3},
      {"bcmp", MemoryCompareKind::kMemcmp, 3},
      {"strncmp", MemoryCompareKind::kStrncmp, 3},
      {"strcmp", MemoryCompareKind::kStrcmp, 2},
      {"strncasecmp", MemoryCompareKind::kStrncasecmp, 3},
      {"strcasecmp", MemoryCompareKind::kStrcasecmp, 2},
      {"strstr", MemoryCompareKind::kStrstr, 2},
      {"memmem", MemoryCompareKind::kMemmem, 4},
  };
  const std::string name = module_.func_name(func_);
  for (const Family& family : kFamilies) {
    if (name != family.name) continue;
    const ValType word =
        val_type_of(module_.memories.empty() ? AddressType::kI32 : address_of_memory(0));
    if (type_.params != std::vector<ValType>(family.params, word)) return;
    IrInst& inst = add(IrOp::trace_memory_compare);
    inst.index = static_cast<uint32_t>(family.kind);
    inst.index2 = func_;
    return;
  }
}

}  // namespace tine
