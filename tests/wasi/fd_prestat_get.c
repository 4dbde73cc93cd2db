// fd_prestat_get: the preopened directories, up to the first descriptor that is none.
#include "check.h"

int main(void) {
  __wasi_prestat_t prestat;
  OK(__wasi_fd_prestat_get(DATA, &prestat));
  EQUAL(__WASI_PREOPENTYPE_DIR, prestat.tag);
  EQUAL(strlen("/data"), prestat.u.dir.pr_name_len);
  OK(__wasi_fd_prestat_get(OTHER, &prestat));
  EQUAL(strlen("/other"), prestat.u.dir.pr_name_len);
  FAILS(BADF, __wasi_fd_prestat_get(STDIN, &prestat));
  FAILS(BADF, __wasi_fd_prestat_get(LISTENER, &prestat));
  FAILS(BADF, __wasi_fd_prestat_get(CLOSED_FD, &prestat));
  // Who opens a preopened directory again gets a directory like any other.
  FAILS(BADF,
        __wasi_fd_prestat_get(opened(".", __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS), &prestat));
  FAILS(FAULT, __wasi_fd_prestat_get(DATA, NOWHERE));
}
