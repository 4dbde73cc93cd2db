// Solved by an input that never ends.
#include "target.h"

static volatile uint32_t counter;

__attribute__((noinline)) static void spin(void) {
  for (;;) ++counter;
}

FUZZ_TARGET {
  if (size >= 4 && u32_at(data) == 0x474e4148) spin();
  return 0;
}
