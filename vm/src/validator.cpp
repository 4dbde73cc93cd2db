// The pass over a function body, and the checks of immediates: whatever an instruction names by
// index must exist. The rules for operands are in validator_rules.cpp.
#include "validator.h"

#include <algorithm>

#include "coverage_edges.h"
#include "limit_check.h"
#include "op_signature.h"

namespace tine {

void FuncValidator::begin_function(const FuncType& type, const FuncBody& body) {
  type_ = &type;
  local_count_ = body.local_count;
  local_runs_.clear();
  auto end = static_cast<LocalIdx>(type.params.size());
  for (const LocalRun& run : body.locals) {
    end += run.count;
    local_runs_.push_back({end, run.type});
  }
  stack_.clear();
  stack_.enter(Op::block, {}, type.results);
}

/// The spec's wording depends on what follows the body: nothing, another section, another function.
std::unexpected<Error> FuncValidator::missing_end(WasmOffset at, WasmOffset section_end) const {
  if (at == context_.module.bytes().size())
    return malformed(at, "unexpected end of section or function");
  return malformed(at, at == section_end ? "section size mismatch" : "END opcode expected");
}

Result<void> FuncValidator::validate(const FuncType& type, FuncBody& body, WasmOffset section_end) {
  begin_function(type, body);
  body.edge_count = kEntryEdges;

  InstrReader reader(context_.module.bytes(), body.begin, body.end);
  while (stack_.depth() > 0) {
    if (reader.at_end()) return missing_end(body.end, section_end);
    TINE_TRY_ASSIGN(const Instr instr, reader.next());
    TINE_TRY(check(instr));
    body.edge_count += edges_of(instr);
    const uint64_t frame_slots = uint64_t{body.local_slots} + 1 + stack_.max_slots();
    TINE_TRY(check_limit(limit::frame_slots, frame_slots, instr.offset));
  }
  if (!reader.at_end()) return malformed(reader.offset(), "section size mismatch");
  body.max_operand_slots = stack_.max_slots();
  return {};
}

Result<void> FuncValidator::check(const Instr& instr) {
  offset_ = instr.offset;
  stack_.set_offset(instr.offset);
  TINE_TRY(check_immediate(instr));
  const OpSignature& signature = op_signature(instr.op);
  if (signature.is_special) return apply_special(instr);
  const auto actual = [&](ValType type) {
    return type == kAddressOperand ? address_type(instr) : type;
  };
  for (uint32_t i = signature.operand_count; i-- > 0;)
    TINE_TRY(stack_.pop(actual(signature.operands[i])));
  for (uint32_t i = 0; i < signature.result_count; ++i) stack_.push(actual(signature.results[i]));
  return {};
}

ValType FuncValidator::address_type(const Instr& instr) const {
  const Module& module = context_.module;
  switch (op_info(instr.op).immediate) {
    case Immediate::kMemory: return val_type_of(module.memories[instr.index].address_type);
    case Immediate::kMemarg:
    case Immediate::kMemargLane:
    case Immediate::kMemoryInit: return val_type_of(module.memories[instr.index2].address_type);
    case Immediate::kTable: return val_type_of(module.tables[instr.index].address_type);
    case Immediate::kTableInit:
    case Immediate::kCallIndirect: return val_type_of(module.tables[instr.index2].address_type);
    default: __builtin_unreachable();  // no other immediate names one memory or table
  }
}

ValType FuncValidator::local_type(LocalIdx index) const {
  if (index < type_->params.size()) return type_->params[index];
  const auto run = std::upper_bound(
      local_runs_.begin(), local_runs_.end(), index,
      [](LocalIdx wanted, const LocalRunEnd& candidate) { return wanted < candidate.end; });
  return run->type;
}

Result<void> FuncValidator::check_immediate(const Instr& instr) {
  const Module& module = context_.module;
  switch (op_info(instr.op).immediate) {
    case Immediate::kBlock: return check_block_type(instr.block);
    case Immediate::kTryTable: return check_try_table(instr);
    case Immediate::kTag: return exists(instr.index, module.tags.size(), "tag");
    case Immediate::kLabel: return exists(instr.index, stack_.depth(), "label");
    case Immediate::kLabelTable:
      for (const uint32_t label : instr.labels) TINE_TRY(exists(label, stack_.depth(), "label"));
      return {};
    case Immediate::kFunc: return exists(instr.index, module.func_count(), "function");
    case Immediate::kCallIndirect:
      TINE_TRY(exists(instr.index2, module.tables.size(), "table"));
      return exists(instr.index, module.types.size(), "type");
    case Immediate::kLocal: return exists(instr.index, local_count_, "local");
    case Immediate::kGlobal: return exists(instr.index, module.global_types.size(), "global");
    case Immediate::kTable: return exists(instr.index, module.tables.size(), "table");
    case Immediate::kElem: return exists(instr.index, module.elements.size(), "elem segment");
    case Immediate::kTableInit: return check_table_init(instr);
    case Immediate::kTableCopy: return check_table_copy(instr);
    case Immediate::kMemarg: return check_memarg(instr);
    case Immediate::kMemargLane: TINE_TRY(check_memarg(instr)); return check_lane(instr);
    case Immediate::kLane: return check_lane(instr);
    case Immediate::kShuffle: return check_shuffle(instr);
    case Immediate::kMemory: return exists(instr.index, module.memories.size(), "memory");
    case Immediate::kMemoryCopy:
      TINE_TRY(exists(instr.index, module.memories.size(), "memory"));
      return exists(instr.index2, module.memories.size(), "memory");
    case Immediate::kMemoryInit:
      if (!context_.data_count) return check_data_index(instr.index);
      TINE_TRY(exists(instr.index2, module.memories.size(), "memory"));
      return check_data_index(instr.index);
    case Immediate::kData: return check_data_index(instr.index);
    case Immediate::kNone:
    case Immediate::kSelectT:
    case Immediate::kI32:
    case Immediate::kI64:
    case Immediate::kF32:
    case Immediate::kF64:
    case Immediate::kV128:
    case Immediate::kRefType: return {};
  }
  return {};
}

Result<void> FuncValidator::check_block_type(const BlockType& type) const {
  if (type.type_index < 0) return {};
  return exists(static_cast<uint32_t>(type.type_index), context_.module.types.size(), "type");
}

Result<void> FuncValidator::check_try_table(const Instr& instr) const {
  TINE_TRY(check_block_type(instr.block));
  for (const CatchClause& clause : instr.catches) {
    if (clause.has_tag()) TINE_TRY(exists(clause.tag, context_.module.tags.size(), "tag"));
    TINE_TRY(exists(clause.label, stack_.depth(), "label"));
  }
  return {};
}

/// spec: valid/instructions#memory-instructions
Result<void> FuncValidator::check_memarg(const Instr& instr) const {
  TINE_TRY(exists(instr.index2, context_.module.memories.size(), "memory"));
  if (instr.align_log2 > op_signature(instr.op).natural_align_log2)
    return invalid(offset_, "alignment must not be larger than natural");
  const bool is_64 = context_.module.memories[instr.index2].address_type == AddressType::kI64;
  if (!is_64 && instr.mem_offset > UINT32_MAX) return invalid(offset_, "offset out of range");
  return {};
}

/// spec: valid/instructions#vector-instructions
Result<void> FuncValidator::check_lane(const Instr& instr) const {
  if (instr.index < op_signature(instr.op).lane_count) return {};
  return invalid(offset_, "invalid lane index");
}

Result<void> FuncValidator::check_shuffle(const Instr& instr) const {
  constexpr uint64_t kBeyondTwoVectors = 0xe0e0e0e0e0e0e0e0;
  if (((instr.bits | instr.bits_hi) & kBeyondTwoVectors) == 0) return {};
  return invalid(offset_, "invalid lane index");
}

/// The data section stands behind the code, so its length must have been announced.
Result<void> FuncValidator::check_data_index(uint32_t index) const {
  if (!context_.data_count) return malformed(offset_, "data count section required");
  return exists(index, *context_.data_count, "data segment");
}

Result<void> FuncValidator::check_table_init(const Instr& instr) const {
  const Module& module = context_.module;
  TINE_TRY(exists(instr.index2, module.tables.size(), "table"));
  TINE_TRY(exists(instr.index, module.elements.size(), "elem segment"));
  const ValType table = module.tables[instr.index2].element;
  const ValType segment = module.elements[instr.index].type;
  if (table != segment) return stack_.mismatch(name_of(table), name_of(segment));
  return {};
}

Result<void> FuncValidator::check_table_copy(const Instr& instr) const {
  const Module& module = context_.module;
  TINE_TRY(exists(instr.index, module.tables.size(), "table"));
  TINE_TRY(exists(instr.index2, module.tables.size(), "table"));
  const ValType to = module.tables[instr.index].element;
  const ValType from = module.tables[instr.index2].element;
  if (to != from) return stack_.mismatch(name_of(to), name_of(from));
  return {};
}

}  // namespace tine
