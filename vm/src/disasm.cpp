// Implementation of disasm.h: translates once more and reads what the emitter was given, so the
// listing is the code that runs, with names instead of packed cells.
#include "tine/disasm.h"

#include <cinttypes>
#include <cstdio>
#include <map>

#include "code_store.h"
#include "emit.h"
#include "op_facts.h"
#include "op_operands.h"
#include "tine/check.h"
#include "tine/instr.h"
#include "tine/instr_text.h"

namespace tine {
namespace {

std::string_view pin_name(Bank bank) {
  switch (bank) {
    case Bank::kNone: return "";
    case Bank::kInteger: return "acc";
    case Bank::kF32: return "facc";
    case Bank::kF64: return "dacc";
  }
  return "";
}

/// A constant as its op understands it.
std::string constant_text(const IrInst& inst) {
  const auto value = [](ValType type, uint64_t bits) {
    const std::string text = to_string(Value{type, bits, 0});
    return text.substr(text.find(':') + 1);
  };
  switch (inst.op) {
    case IrOp::const32: return std::to_string(static_cast<int32_t>(inst.imm));
    case IrOp::const_f32: return value(ValType::kF32, inst.imm);
    case IrOp::const_f64: return value(ValType::kF64, inst.imm);
    default: return value(ValType::kI64, inst.imm);
  }
}

std::string vector_text(const IrInst& inst) {
  char text[40];
  std::snprintf(text, sizeof text, "0x%016" PRIx64 "%016" PRIx64, inst.imm2, inst.imm);
  return text;
}

/// Makes the operands of IR instructions readable; see op_operands.def for the letters.
class OperandReader {
 public:
  OperandReader(const FuncIr& ir, const std::map<SegmentId, uint32_t>& numbers)
      : ir_(ir), numbers_(numbers) {}

  [[nodiscard]] std::vector<CodeOperand> read(const IrInst& inst) const {
    std::vector<CodeOperand> operands;
    std::string_view rest = operand_roles(inst.op);
    while (!rest.empty()) {
      const size_t colon = rest.find(':');
      add(operands, inst, rest.substr(0, colon), rest[colon + 1]);
      rest.remove_prefix(std::min(colon + 3, rest.size()));
    }
    return operands;
  }

 private:
  using Kind = CodeOperand::Kind;

  [[nodiscard]] uint32_t cost_of(SegmentId s) const {
    return s == kNoSegment ? 0 : ir_.segments[ir_.resolve(s)].cost;
  }
  [[nodiscard]] CodeOperand label(std::string_view role, SegmentId s) const {
    return {role, Kind::kLabel, numbers_.at(ir_.resolve(s)), cost_of(s), {}};
  }
  /// Operand a or b, wherever it is read from.
  [[nodiscard]] static CodeOperand sourced(std::string_view role, const IrInst& inst, Source source,
                                           uint16_t slot) {
    const bool is_store = shape_of(inst.op) == Shape::kStore;
    const uint64_t imm = is_store ? inst.imm2 : inst.imm;
    switch (source) {
      case Source::kSlot: break;
      case Source::kAccumulator:
        return {role, Kind::kPin, slot, 0, std::string(pin_name(operand_bank(inst.op)))};
      case Source::kImmediate:
        // Immediates of 32 bits are sign-extended by the handler (read_operand).
        return {role,
                Kind::kImmediate,
                is_store ? static_cast<int64_t>(imm) : static_cast<int32_t>(imm),
                0,
                {}};
    }
    return {role, Kind::kSlot, slot, 0, {}};
  }
  [[nodiscard]] static CodeOperand result(std::string_view role, const IrInst& inst) {
    const std::string_view pin = pin_name(result_bank(inst.op));
    return {role, pin.empty() ? Kind::kSlot : Kind::kPin, inst.dst, 0, std::string(pin)};
  }

  void add(std::vector<CodeOperand>& out, const IrInst& inst, std::string_view role,
           char place) const {
    const auto number = [&](Kind kind, uint64_t n) {
      out.push_back({role, kind, static_cast<int64_t>(n), 0, {}});
    };
    switch (place) {
      case 'd': out.push_back(result(role, inst)); break;
      case 'a': out.push_back(sourced(role, inst, inst.a_source, inst.a)); break;
      case 'b': out.push_back(sourced(role, inst, inst.b_source, inst.b)); break;
      case 'c':
      case 'C': number(Kind::kSlot, inst.c); break;
      case 'A': number(Kind::kSlot, inst.a); break;
      case 'B': number(Kind::kSlot, inst.b); break;
      case 'D': number(Kind::kSlot, inst.dst); break;
      case 'X': number(Kind::kSlot, inst.index); break;
      case 'i': number(Kind::kImmediate, inst.imm); break;
      case 'j': number(Kind::kImmediate, inst.imm2); break;
      case 'v': out.push_back({role, Kind::kImmediate, 0, 0, constant_text(inst)}); break;
      case 'w': out.push_back({role, Kind::kImmediate, 0, 0, vector_text(inst)}); break;
      case 'x': number(Kind::kIndex, inst.index); break;
      case 'y': number(Kind::kIndex, inst.index2); break;
      case 'o':
        out.push_back({role, Kind::kImmediate, 0, 0,
                       std::string(op_info(static_cast<Op>(inst.index2)).text)});
        break;
      case 'm': number(Kind::kImmediate, inst.b); break;
      case 'n': number(Kind::kImmediate, inst.c); break;
      case 't': out.push_back(label(role, inst.taken)); break;
      case 'T': out.push_back({role, Kind::kCost, 0, cost_of(inst.taken), {}}); break;
      case 'f': out.push_back({role, Kind::kCost, 0, cost_of(inst.fall), {}}); break;
      case 'L':
        for (uint32_t i = 0; i <= inst.index; ++i)
          out.push_back(label(role, ir_.labels[inst.labels_begin + i]));
        break;
      default: TINE_CHECK(!"a letter of op_operands.def");
    }
  }

  const FuncIr& ir_;
  const std::map<SegmentId, uint32_t>& numbers_;
};

/// Ends one part of a block and begins the next.
bool is_between_parts(Op op) { return op == Op::else_ || op == Op::catch_ || op == Op::catch_all; }
bool closes_block(Op op) { return op == Op::end || op == Op::delegate || is_between_parts(op); }
bool opens_block(Op op) {
  const Immediate immediate = op_info(op).immediate;
  return immediate == Immediate::kBlock || immediate == Immediate::kTryTable ||
         is_between_parts(op);
}

std::vector<InstrText> instrs_of(const Module& module, FuncIdx func) {
  std::vector<InstrText> instrs;
  uint32_t depth = 0;
  InstrReader reader(module.bytes(), module.body(func).begin, module.body(func).end);
  while (!reader.at_end()) {
    const Result<Instr> in = reader.next();
    TINE_CHECK(in.has_value());  // the module is validated
    if (closes_block(in->op) && depth > 0) --depth;
    instrs.push_back({in->offset, depth, to_string(*in)});
    if (opens_block(in->op)) ++depth;
  }
  return instrs;
}

/// The segments that are left, in order of their cells, and which number each has.
std::vector<CodeSegment> segments_of(const FuncIr& ir, const EmittedCode& emitted,
                                     std::map<SegmentId, uint32_t>& numbers) {
  std::multimap<uint32_t, SegmentId> by_inst;
  for (SegmentId s = 0; s < ir.segments.size(); ++s)
    if (ir.segments[s].same_as == kNoSegment) by_inst.emplace(ir.segments[s].first_inst, s);
  std::vector<CodeSegment> segments;
  for (const auto& [inst, s] : by_inst) {
    const IrSegment& segment = ir.segments[s];
    numbers.emplace(s, static_cast<uint32_t>(segments.size()));
    segments.push_back(
        {emitted.inst_cells[inst], segment.offset, segment.cost, segment.is_internal});
  }
  return segments;
}

std::string operand_text(const CodeOperand& operand) {
  switch (operand.kind) {
    case CodeOperand::Kind::kSlot: return "s" + std::to_string(operand.number);
    case CodeOperand::Kind::kPin: return operand.text;
    case CodeOperand::Kind::kImmediate:
    case CodeOperand::Kind::kIndex:
      return operand.text.empty() ? std::to_string(operand.number) : operand.text;
    case CodeOperand::Kind::kLabel:
      return "L" + std::to_string(operand.number) + " (" + std::to_string(operand.cost) + ")";
    case CodeOperand::Kind::kCost: return "(" + std::to_string(operand.cost) + ")";
  }
  return "";
}

/// Roles that say no more than the order does.
bool is_plain_role(std::string_view role) { return role == "a" || role == "b" || role == "c"; }

}  // namespace

Disassembler::Disassembler(const Module& module, CodeKind kind) : module_(module), kind_(kind) {
  uint32_t next = 0;
  for (const FuncBody& body : module.bodies) {
    first_edges_.push_back(next);
    next += body.edge_count;
  }
}

FuncListing Disassembler::func(FuncIdx func) const {
  TINE_REQUIRE(func < module_.func_count() && !module_.is_imported(func));
  const FuncIr ir =
      make_ir(module_, func, {kind_, {}, first_edges_[func - module_.imported_funcs]});
  const EmittedCode emitted = emit(ir);
  FuncListing listing;
  listing.func = func;
  listing.kind = kind_;
  listing.cells = static_cast<uint32_t>(emitted.cells.size());
  listing.local_slots = module_.body(func).local_slots;
  listing.instrs = instrs_of(module_, func);
  std::map<SegmentId, uint32_t> numbers;
  listing.segments = segments_of(ir, emitted, numbers);
  const OperandReader reader(ir, numbers);
  for (size_t i = 0; i < ir.insts.size(); ++i) {
    const IrInst& inst = ir.insts[i];
    listing.ops.push_back({emitted.inst_cells[i], emitted.inst_cells[i + 1] - emitted.inst_cells[i],
                           name_of(inst.op), inst.offset, reader.read(inst)});
  }
  return listing;
}

std::string to_string(const CodeOp& op) {
  std::string result;
  std::string rest;
  for (const CodeOperand& operand : op.operands) {
    const bool is_value =
        operand.kind == CodeOperand::Kind::kSlot || operand.kind == CodeOperand::Kind::kPin;
    if (operand.role == "to" && is_value) {
      result = " s" + std::to_string(operand.number);
      if (operand.kind == CodeOperand::Kind::kPin) result += "·" + operand.text;
      result += " ←";
      continue;
    }
    if (!rest.empty()) rest += ',';
    rest += ' ';
    if (operand.kind == CodeOperand::Kind::kLabel)
      rest += "→ ";
    else if (!is_plain_role(operand.role))
      rest += std::string(operand.role) + " ";
    rest += operand_text(operand);
  }
  return std::string(op.name) + result + rest;
}

}  // namespace tine
