// How many bits a load, store or atomic instruction accesses, told by its mnemonic: so neither the
// table of opcodes nor that of the text format's own instructions has to say it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tine {

/// The number that a text begins with, or 0.
constexpr uint32_t leading_number(std::string_view text) {
  uint32_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number;
}

/// `i64.load16_s` accesses 16 bits, `v128.load16x4_s` 64, `i64.load` the 64 of its type.
constexpr uint32_t accessed_bits(std::string_view mnemonic) {
  constexpr std::string_view kDigits = "0123456789";
  // An explicit width: `load8_u`, `rmw16.add_u`, `wait64`; `load32x2_s` extends 64 bits.
  for (const std::string_view verb :
       std::array<std::string_view, 4>{".load", ".store", ".rmw", ".wait"}) {
    const size_t at = mnemonic.find(verb);
    if (at == std::string_view::npos) continue;
    const std::string_view width = mnemonic.substr(at + verb.size());
    const size_t digits = width.find_first_not_of(kDigits);
    if (digits == 0 || width.empty()) continue;
    const bool is_extending = digits != std::string_view::npos && width[digits] == 'x';
    return is_extending ? 64 : leading_number(width);
  }
  // Otherwise that of the type: `f64.load`, `i32.atomic.rmw.add`.
  const size_t digits = mnemonic.find_first_of(kDigits);
  const bool starts_with_type = digits <= 1;
  return starts_with_type ? leading_number(mnemonic.substr(digits)) : 32;  // memory.atomic.notify
}

}  // namespace tine
