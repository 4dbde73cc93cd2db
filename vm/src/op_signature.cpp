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
    default: __builtin_unreachable();  // not a constant expression: opcodes.def would not compile
  }
}

/// `i64.load16_s` accesses 16 bits, `i64.load` the 64 of its type.
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
  unsigned bits = 0;
  for (const char c : mnemonic.substr(has_width ? digits : 1)) {
    if (c < '0' || c > '9') break;
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  }
  return static_cast<uint8_t>(std::countr_zero(bits / 8));
}

constexpr OpSignature parse(std::string_view mnemonic, Immediate immediate, std::string_view text) {
  OpSignature signature;
  if (immediate == Immediate::kMemarg) signature.natural_align_log2 = natural_align_log2(mnemonic);
  if (text == "*") {
    signature.is_special = true;
    return signature;
  }
  const size_t colon = text.find(':');
  for (const char letter : text.substr(0, colon))
    signature.operands[signature.operand_count++] = type_of_letter(letter);
  if (colon + 1 < text.size()) {
    signature.has_result = true;
    signature.result = type_of_letter(text[colon + 1]);
  }
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
