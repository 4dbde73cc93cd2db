// Match bits: how far the two operands of an equality test agree, as coverage.
//
// libFuzzer solves `x == K` by pasting K into the input. That fails where the guest computes first
// (`x * 3 + c == K`): K is nowhere in the input. But each low bit of such a sum depends only on
// equally low bits of x, so the operands can be brought to agree bit by bit, from below, if one
// more agreeing bit counts as progress. Each compare site has a row of libFuzzer's extra counters;
// agreement in the n lowest bits sets counter (n-1)/8 of the row to the (n-1)%8-th of the eight
// values that libFuzzer tells apart. 512 rows of 8 counters: 4 KiB to scan after each input.
#pragma once

#include <cstdint>
#include <span>

namespace tine {

/// Notes that operands differing by `difference` (their xor) met at `site`. `width_bits` 32 or 64.
void note_match_bits(uint32_t site, uint64_t difference, uint32_t width_bits);

/// All rows, for tests. libFuzzer clears them before each input.
[[nodiscard]] std::span<uint8_t> match_bit_counters();

}  // namespace tine
