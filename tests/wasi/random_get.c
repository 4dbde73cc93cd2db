// random_get: fills exactly what it was given, of any length, and never the same twice.
#include "check.h"

static uint8_t a[70000], b[70000];

int main(void) {
  OK(__wasi_random_get(a + 1, 32));
  EQUAL(0, a[0]);
  EQUAL(0, a[33]);
  OK(__wasi_random_get(b + 1, 32));
  CHECK(memcmp(a, b, 34) != 0);
  OK(__wasi_random_get(a, sizeof a));
  OK(__wasi_random_get(b, sizeof b));
  CHECK(memcmp(a + sizeof a - 32, b + sizeof b - 32, 32) != 0);
  OK(__wasi_random_get(a, 0));
  OK((__wasi_errno_t)raw_random_get(0, 0));
  FAILS(FAULT, (__wasi_errno_t)raw_random_get(0xfffffff0u, 1));
  FAILS(FAULT, (__wasi_errno_t)raw_random_get(0, UINT32_MAX));
}
