// Solved by four bytes that are compared with a constant.
#include "target.h"

FUZZ_TARGET {
  if (size >= 4 && u32_at(data) == 0xdeadbeef) solved();
  return 0;
}
