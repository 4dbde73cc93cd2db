// environ_sizes_get: as args_sizes_get.
#include "check.h"

int main(void) {
  __wasi_size_t count, bytes;
  OK(__wasi_environ_sizes_get(&count, &bytes));
  EQUAL(2, count);
  EQUAL((is_closed_world() ? sizeof "WORLD=closed" : sizeof "WORLD=real") + sizeof "EMPTY=", bytes);
  FAILS(FAULT, __wasi_environ_sizes_get(&count, NOWHERE));
}
