// fd_close: whatever it is, it is gone afterwards, and the lowest number is the next.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_READ));
  EQUAL(FIRST_FREE, fd);
  OK(__wasi_fd_close(fd));
  FAILS(BADF, __wasi_fd_close(fd));
  FAILS(BADF, __wasi_fd_close(CLOSED_FD));
  FAILS(BADF, __wasi_fd_close(UINT32_MAX));
  OK(__wasi_fd_close(OTHER));
  __wasi_prestat_t prestat;
  FAILS(BADF, __wasi_fd_prestat_get(OTHER, &prestat));
  EQUAL(OTHER, opened("file", 0, RIGHT(FD_READ)));
  OK(__wasi_fd_close(LISTENER));
  __wasi_fd_t connection;
  FAILS(BADF, __wasi_sock_accept(LISTENER, 0, &connection));
  OK(__wasi_fd_close(STDIN));
  EQUAL(STDIN, opened("file", 0, RIGHT(FD_READ)));
}
