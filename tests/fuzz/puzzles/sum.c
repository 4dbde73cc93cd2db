// Solved by values of which a sum is compared: the constant itself is nowhere in the input.
#include "target.h"

FUZZ_TARGET {
  if (size < 8) return 0;
  if (u32_at(data) * 3 + 0x1234 != 0xc0ffee11) return 0;
  if (u32_at(data + 4) * 5 + 0x4321 != 0x31415926) return 0;
  solved();
  return 0;
}
