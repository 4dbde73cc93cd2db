// sock_send: all of it, from several buffers. The driver looks at what the peer got: SENDS onetwo
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = accepted();
  const __wasi_ciovec_t two[] = {{(const uint8_t*)"on", 2}, {(const uint8_t*)"etwo", 4}};
  __wasi_size_t n = 99;
  OK(__wasi_sock_send(fd, two, 2, 0, &n));
  EQUAL(6, n);
  OK(__wasi_sock_send(fd, two, 0, 0, &n));
  EQUAL(0, n);
  FAILS(INVAL, __wasi_sock_send(fd, two, 2, 1, &n));
  FAILS(NOTCONN, __wasi_sock_send(LISTENER, two, 2, 0, &n));
  FAILS(NOTSOCK, __wasi_sock_send(STDOUT, two, 2, 0, &n));
  FAILS(NOTSOCK, __wasi_sock_send(DATA, two, 2, 0, &n));
  FAILS(BADF, __wasi_sock_send(CLOSED_FD, two, 2, 0, &n));
  FAILS(FAULT, __wasi_sock_send(fd, NOWHERE, 1, 0, &n));
  FAILS(FAULT, __wasi_sock_send(fd, two, 2, 0, NOWHERE));
  OK(__wasi_sock_shutdown(fd, __WASI_SDFLAGS_WR));
  FAILS(PIPE, __wasi_sock_send(fd, two, 2, 0, &n));
  OK(__wasi_fd_fdstat_set_rights(fd, RIGHT(FD_READ), 0));
  FAILS(NOTCAPABLE, __wasi_sock_send(fd, two, 2, 0, &n));
}
