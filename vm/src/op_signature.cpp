#include "op_signature.h"

#include <bit>
#include <string_view>

namespace tine {
namespace {

constexpr ValType type_of_letter(char letter) {
  switch (letter) {
    case 'i': return ValType::kI32;
    case 'I': return ValType::kI64;
    case 'f': return ValType::kF32;
    case 'F': return ValType::kF64;
    case 'V': return ValType::kV128;
    case 'a': return kAddressOperand;
    default: __builtin_unreachable();  // not a constant expression: opcodes.def would not compile
  }
}

/// The number that a text begins with.
constexpr unsigned leading_number(std::string_view text) {
  unsigned number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

/// The factor of a shape (`8x8` has eight), or 1.
constexpr unsigned factor(std::string_view text) {
  const size_t digits = text.find_first_not_of("0123456789");
  if (digits == std::string_view::npos || text[digits] != 'x') return 1;
  return leading_number(text.substr(digits + 1));
}

/// `i64.load16_s` accesses 16 bits, `v128.load16x4_s` 64, `i64.load` the 64 of its type.
constexpr uint8_t natural_align_log2(std::string_view mnemonic) {
  size_t digits = mnemonic.find(".load");
  if (digits != std::string_view::npos) {
    digits += std::string_view(".load").size();
  } else {
    digits = mnemonic.find(".store");
    if (digits == std::string_view::npos) return 0;
    digits += std::string_view(".store").size();
  }
  const bool has_width = digits < mnemonic.size();
  const std::string_view width = mnemonic.substr(has_width ? digits : 1);
  return static_cast<uint8_t>(std::countr_zero(leading_number(width) * factor(width) / 8));
}

constexpr OpSignature parse(std::string_view mnemonic, Immediate immediate, std::string_view text) {
  OpSignature signature;
  if (immediate == Immediate::kMemarg || immediate == Immediate::kMemargLane)
    signature.natural_align_log2 = natural_align_log2(mnemonic);
  if (immediate == Immediate::kMemargLane)
    signature.lane_count = static_cast<uint8_t>(16 >> signature.natural_align_log2);
  if (immediate == Immediate::kLane)
    signature.lane_count = static_cast<uint8_t>(factor(mnemonic.substr(1)));
  if (text == "*") {
    signature.is_special = true;
    return signature;
  }
  const size_t colon = text.find(':');
  for (const char letter : text.substr(0, colon))
    signature.operands[signature.operand_count++] = type_of_letter(letter);
  for (const char letter : text.substr(colon + 1))
    signature.results[signature.result_count++] = type_of_letter(letter);
  return signature;
}

constexpr OpSignature kSignatures[kOpCount] = {
#define TINE_OPCODE(prefix, code, name, text, immediate, signature) \
  parse(text, Immediate::immediate, signature),
#include "tine/opcodes.def"
};

}  // namespace

const OpSignature& op_signature(Op op) { return kSignatures[static_cast<size_t>(op)]; }

}  // namespace tine
