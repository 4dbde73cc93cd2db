// Solved by an input that makes the target call itself until its stack is used up.
#include "target.h"

static volatile int depth_limit = 1 << 30;
static volatile int last_result;

__attribute__((noinline)) static int descend(int depth) {
  if (depth == depth_limit) return 0;
  last_result = descend(depth + 1);  // a store behind the call: no compiler makes a loop of this
  return depth;
}

FUZZ_TARGET {
  if (size >= 4 && u32_at(data) == 0x50454544) return descend(1) == -1;
  return 0;
}
