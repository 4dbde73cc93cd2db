// Solved by eight bytes that are compared with a constant.
#include "target.h"

FUZZ_TARGET {
  if (size >= 8 && u64_at(data) == 0x1122334455667788) solved();
  return 0;
}
