// args_sizes_get: how many arguments, and how many bytes with their NULs.
#include "check.h"

int main(void) {
  __wasi_size_t count, bytes;
  OK(__wasi_args_sizes_get(&count, &bytes));
  EQUAL(3, count);
  EQUAL(sizeof "args_sizes_get" + sizeof "two words" + sizeof "", bytes);
  FAILS(FAULT, __wasi_args_sizes_get(NOWHERE, &bytes));
  FAILS(FAULT, __wasi_args_sizes_get(&count, (void*)0xfffffffeu));
}
