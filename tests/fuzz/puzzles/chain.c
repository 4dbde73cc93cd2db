// Solved by three values in a row, one behind the other.
#include "target.h"

FUZZ_TARGET {
  if (size < 16) return 0;
  if (u32_at(data) != 0xdeadbeef) return 0;
  if (u64_at(data + 4) != 0x1122334455667788) return 0;
  if (u32_at(data + 12) != 0xcafed00d) return 0;
  solved();
  return 0;
}
