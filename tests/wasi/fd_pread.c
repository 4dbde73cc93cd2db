// fd_pread: reads elsewhere, and the offset stays where it is.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_READ) | RIGHT(FD_SEEK));
  char a[4] = "", b[4] = "";
  const __wasi_iovec_t two[] = {{(uint8_t*)a, 2}, {(uint8_t*)b, 3}};
  __wasi_size_t n = 0;
  OK(__wasi_fd_pread(fd, two, 2, 4, &n));
  EQUAL(5, n);
  SAME("45", a);
  SAME("678", b);
  OK(__wasi_fd_pread(fd, two, 2, 8, &n));
  EQUAL(2, n);
  SAME("89", a);
  OK(__wasi_fd_pread(fd, two, 2, 10, &n));
  EQUAL(0, n);
  OK(__wasi_fd_pread(fd, two, 0, 0, &n));
  EQUAL(0, n);
  __wasi_filesize_t at = 1;
  OK(__wasi_fd_tell(fd, &at));
  EQUAL(0, at);
  FAILS(INVAL, __wasi_fd_pread(fd, two, 2, UINT64_MAX, &n));
  FAILS(SPIPE, __wasi_fd_pread(STDIN, two, 2, 0, &n));
  FAILS(SPIPE, __wasi_fd_pread(accepted(), two, 2, 0, &n));
  FAILS(BADF, __wasi_fd_pread(DATA, two, 2, 0, &n));
  FAILS(BADF, __wasi_fd_pread(CLOSED_FD, two, 2, 0, &n));
  FAILS(FAULT, __wasi_fd_pread(fd, NOWHERE, 1, 0, &n));
  FAILS(FAULT, __wasi_fd_pread(fd, two, 2, 0, NOWHERE));
  // It takes both rights.
  FAILS(NOTCAPABLE, __wasi_fd_pread(opened("file", 0, RIGHT(FD_READ)), two, 2, 0, &n));
  FAILS(NOTCAPABLE, __wasi_fd_pread(opened("file", 0, RIGHT(FD_SEEK)), two, 2, 0, &n));
}
