#include "support/op_choice.h"

#include <bit>
#include <string_view>

namespace tine::test {

ValType type_of_letter(char letter) {
  switch (letter) {
    case 'i': return ValType::kI32;
    case 'I': return ValType::kI64;
    case 'f': return ValType::kF32;
    case 'V': return ValType::kV128;
    default: return ValType::kF64;
  }
}

const PlainOps& plain_ops(ValType type) {
  static const auto tables = [] {
    std::vector<PlainOps> all(256);
    for (uint32_t i = 0; i < kOpCount; ++i) {
      const Op op = static_cast<Op>(i);
      const OpInfo& info = op_info(op);
      const size_t colon = info.signature.find(':');
      if (colon == std::string_view::npos || colon == 0) continue;
      const bool gives = colon + 2 == info.signature.size();
      const char letter = gives ? info.signature.back() : info.signature[colon - 1];
      PlainOps& list = all[static_cast<size_t>(type_of_letter(letter))];
      switch (info.immediate) {
        case Immediate::kNone:
        case Immediate::kLane:
        case Immediate::kShuffle:
          if (gives) list.numeric.push_back(op);
          break;
        case Immediate::kMemarg:
        case Immediate::kMemargLane: (gives ? list.loads : list.stores).push_back(op); break;
        default: break;
      }
    }
    return all;
  }();
  return tables[static_cast<size_t>(type)];
}

const std::vector<Op>& pair_ops() {
  static const std::vector<Op> ops = [] {
    std::vector<Op> found;
    for (uint32_t i = 0; i < kOpCount; ++i)
      if (op_info(static_cast<Op>(i)).signature.ends_with(":II"))
        found.push_back(static_cast<Op>(i));
    return found;
  }();
  return ops;
}

Code const_instruction(const Value& value) {
  switch (value.type) {
    case ValType::kI32: return Code().i32_const(static_cast<int32_t>(value.lo));
    case ValType::kI64: return Code().i64_const(static_cast<int64_t>(value.lo));
    case ValType::kF32:
      return Code().f32_const(std::bit_cast<float>(static_cast<uint32_t>(value.lo)));
    case ValType::kF64: return Code().f64_const(std::bit_cast<double>(value.lo));
    case ValType::kV128: return Code().v128_const(value.lo, value.hi);
    default: return Code().op(Op::ref_null).raw({static_cast<uint8_t>(value.type)});
  }
}

bool often_traps(Op op) {
  const std::string_view text = op_info(op).text;
  if (text.find("trunc_sat") != std::string_view::npos) return false;
  const bool is_int = text[0] == 'i';
  return is_int && (text.find(".trunc_") != std::string_view::npos ||
                    text.find(".div_") != std::string_view::npos ||
                    text.find(".rem_") != std::string_view::npos);
}

}  // namespace tine::test
