// fd_advise: every advice is taken and changes nothing; only files can be advised about.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_ADVISE) | RIGHT(FD_FILESTAT_GET));
  for (__wasi_advice_t advice = 0; advice < 6; ++advice) OK(__wasi_fd_advise(fd, 2, 5, advice));
  OK(__wasi_fd_advise(fd, 1000, 0, __WASI_ADVICE_NORMAL));
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(fd, &stat));
  EQUAL(10, stat.size);
  FAILS(INVAL, __wasi_fd_advise(fd, 0, 0, 6));
  FAILS(INVAL, __wasi_fd_advise(fd, 0, UINT64_MAX, 0));
  FAILS(INVAL, __wasi_fd_advise(fd, UINT64_MAX, 0, 0));
  FAILS(SPIPE, __wasi_fd_advise(STDIN, 0, 0, 0));
  FAILS(SPIPE, __wasi_fd_advise(LISTENER, 0, 0, 0));
  FAILS(BADF, __wasi_fd_advise(DATA, 0, 0, 0));
  FAILS(BADF, __wasi_fd_advise(CLOSED_FD, 0, 0, 0));
  const __wasi_fd_t poor = opened("file", 0, RIGHT(FD_READ));
  FAILS(NOTCAPABLE, __wasi_fd_advise(poor, 0, 0, 0));
}
