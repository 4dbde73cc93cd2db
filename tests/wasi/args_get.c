// args_get: pointers to strings that end in NUL, in order, and no byte more.
#include "check.h"

int main(void) {
  uint8_t* argv[4] = {0, 0, 0, (uint8_t*)0x5a5a};
  uint8_t buffer[64];
  memset(buffer, 0x7f, sizeof buffer);
  OK(__wasi_args_get(argv, buffer));
  SAME("args_get", (char*)argv[0]);
  SAME("two words", (char*)argv[1]);
  SAME("", (char*)argv[2]);
  CHECK(argv[0] == buffer);
  CHECK(argv[3] == (uint8_t*)0x5a5a);
  EQUAL(0x7f, buffer[sizeof "args_get" + sizeof "two words" + sizeof ""]);
  FAILS(FAULT, __wasi_args_get(NOWHERE, buffer));
  FAILS(FAULT, __wasi_args_get(argv, NOWHERE));
}
