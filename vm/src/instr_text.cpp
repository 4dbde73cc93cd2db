// Implementation of instr_text.h: one case a kind of immediate.
#include "tine/instr_text.h"

#include <cinttypes>
#include <cstdio>

#include "op_signature.h"
#include "tine/types.h"

namespace tine {
namespace {

std::string number(uint64_t n) { return " " + std::to_string(n); }
/// An index that is only written where it is not 0, which most modules know alone.
std::string unless_zero(uint32_t index) { return index == 0 ? "" : number(index); }
std::string two_unless_zero(uint32_t first, uint32_t second) {
  return first == 0 && second == 0 ? "" : number(first) + number(second);
}

std::string hex(uint64_t bits) {
  char text[24];
  std::snprintf(text, sizeof text, " 0x%08" PRIx64, bits);
  return text;
}

/// The value as a Value writes itself, without its type.
std::string constant(ValType type, uint64_t bits) {
  const std::string text = to_string(Value{type, bits, 0});
  return " " + text.substr(text.find(':') + 1);
}

std::string block_type(const BlockType& block) {
  if (block.type_index >= 0) return " (type " + std::to_string(block.type_index) + ")";
  return block.has_result ? " (result " + std::string(name_of(block.result)) + ")" : "";
}

std::string memarg(const Instr& in) {
  std::string text = unless_zero(in.index2);
  if (in.mem_offset != 0) text += " offset=" + std::to_string(in.mem_offset);
  if (in.align_log2 != op_signature(in.op).natural_align_log2)
    text += " align=" + std::to_string(uint64_t{1} << in.align_log2);
  return text;
}

std::string labels(const Instr& in) {
  std::string text;
  for (const uint32_t label : in.labels) text += number(label);
  return text;
}

/// `funcref` is a reference to `func`.
std::string heap_type(ValType type) {
  const std::string_view name = name_of(type);
  return std::string(name.substr(0, name.size() - std::string_view("ref").size()));
}

std::string catches(const Instr& in) {
  static constexpr std::string_view kWords[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
  std::string text;
  for (const CatchClause& clause : in.catches) {
    text += " (" + std::string(kWords[static_cast<size_t>(clause.kind)]);
    if (clause.has_tag()) text += number(clause.tag);
    text += number(clause.label) + ")";
  }
  return text;
}

std::string vector_bits(const Instr& in) {
  std::string text = " i32x4";
  for (const uint64_t half : {in.bits, in.bits_hi}) {
    text += hex(half & 0xffffffff);
    text += hex(half >> 32);
  }
  return text;
}

std::string shuffle_lanes(const Instr& in) {
  std::string text;
  for (const uint64_t half : {in.bits, in.bits_hi})
    for (int i = 0; i < 64; i += 8) text += number(half >> i & 0xff);
  return text;
}

std::string immediates(const Instr& in) {
  switch (op_info(in.op).immediate) {
    case Immediate::kNone: return "";
    case Immediate::kBlock: return block_type(in.block);
    case Immediate::kTryTable: return block_type(in.block) + catches(in);
    case Immediate::kLabel:
    case Immediate::kFunc:
    case Immediate::kTag:
    case Immediate::kLocal:
    case Immediate::kGlobal:
    case Immediate::kData:
    case Immediate::kElem:
    case Immediate::kLane: return number(in.index);
    case Immediate::kTable:
    case Immediate::kMemory: return unless_zero(in.index);
    case Immediate::kLabelTable: return labels(in);
    case Immediate::kCallIndirect:
      return unless_zero(in.index2) + " (type " + std::to_string(in.index) + ")";
    case Immediate::kSelectT: return " (result " + std::string(name_of(in.type)) + ")";
    case Immediate::kMemarg: return memarg(in);
    case Immediate::kMemargLane: return memarg(in) + number(in.index);
    case Immediate::kI32: return constant(ValType::kI32, in.bits);
    case Immediate::kI64: return constant(ValType::kI64, in.bits);
    case Immediate::kF32: return constant(ValType::kF32, in.bits);
    case Immediate::kF64: return constant(ValType::kF64, in.bits);
    case Immediate::kV128: return vector_bits(in);
    case Immediate::kShuffle: return shuffle_lanes(in);
    case Immediate::kRefType: return " " + heap_type(in.type);
    case Immediate::kMemoryInit:
    case Immediate::kTableInit: return unless_zero(in.index2) + number(in.index);
    case Immediate::kMemoryCopy:
    case Immediate::kTableCopy: return two_unless_zero(in.index, in.index2);
  }
  return "";
}

}  // namespace

std::string to_string(const Instr& in) { return std::string(op_info(in.op).text) + immediates(in); }

}  // namespace tine
