// fd_prestat_dir_name: the name without a NUL; more room is fine, less is an error.
#include "check.h"

int main(void) {
  char name[8] = "_______";
  OK(__wasi_fd_prestat_dir_name(DATA, (uint8_t*)name, 5));
  SAME("/data__", name);
  OK(__wasi_fd_prestat_dir_name(OTHER, (uint8_t*)name, 8));
  SAME("/other_", name);
  FAILS(NAMETOOLONG, __wasi_fd_prestat_dir_name(DATA, (uint8_t*)name, 4));
  FAILS(NAMETOOLONG, __wasi_fd_prestat_dir_name(DATA, (uint8_t*)name, 0));
  FAILS(BADF, __wasi_fd_prestat_dir_name(STDIN, (uint8_t*)name, 8));
  FAILS(BADF, __wasi_fd_prestat_dir_name(LISTENER, (uint8_t*)name, 8));
  FAILS(BADF, __wasi_fd_prestat_dir_name(CLOSED_FD, (uint8_t*)name, 8));
  FAILS(FAULT, __wasi_fd_prestat_dir_name(DATA, NOWHERE, 5));
}
