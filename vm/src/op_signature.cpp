#include "op_signature.h"

#include <bit>
#include <string_view>

#include "access_width.h"

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

/// The factor of a shape (`8x8` has eight), or 1.
constexpr unsigned factor(std::string_view text) {
  const size_t digits = text.find_first_not_of("0123456789");
  if (digits == std::string_view::npos || text[digits] != 'x') return 1;
  return leading_number(text.substr(digits + 1));
}

constexpr OpSignature parse(std::string_view mnemonic, Immediate immediate, std::string_view text) {
  OpSignature signature;
  if (immediate == Immediate::kMemarg || immediate == Immediate::kMemargLane)
    signature.natural_align_log2 =
        static_cast<uint8_t>(std::countr_zero(accessed_bits(mnemonic) / 8));
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
