// clock_res_get: not zero for clocks that there are, EINVAL for others.
#include "check.h"

int main(void) {
  for (uint32_t clock = 0; clock < 4; ++clock) {
    __wasi_timestamp_t resolution = 0;
    OK(__wasi_clock_res_get(clock, &resolution));
    CHECK(resolution != 0);
  }
  __wasi_timestamp_t untouched = 7;
  FAILS(INVAL, __wasi_clock_res_get(4, &untouched));
  EQUAL(7, untouched);
  FAILS(FAULT, __wasi_clock_res_get(0, NOWHERE));
}
