// clock_time_get: no clock goes back, the monotonic and CPU ones stand still for no instruction.
#include "check.h"

int main(void) {
  for (uint32_t clock = 0; clock < 4; ++clock) {
    __wasi_timestamp_t first = 0, second = 0;
    OK(__wasi_clock_time_get(clock, 0, &first));
    for (volatile int i = 0; i < 1000; ++i) {
    }
    OK(__wasi_clock_time_get(clock, 1000000000, &second));
    CHECK(second >= first || clock == __WASI_CLOCKID_REALTIME);
    if (clock != __WASI_CLOCKID_REALTIME && is_closed_world()) CHECK(second > first);
  }
  __wasi_timestamp_t now;
  OK(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 0, &now));
  CHECK(now >= 1000000000000000000);  // 2001: where a closed world begins
  FAILS(INVAL, __wasi_clock_time_get(4, 0, &now));
  FAILS(FAULT, __wasi_clock_time_get(0, 0, NOWHERE));
}
