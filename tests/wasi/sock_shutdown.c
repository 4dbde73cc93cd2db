// sock_shutdown: one direction or both; what is shut stays shut.
#include "check.h"

static __wasi_errno_t receive(__wasi_fd_t fd, __wasi_size_t* n) {
  uint8_t byte;
  const __wasi_iovec_t one = {&byte, 1};
  __wasi_roflags_t out;
  return __wasi_sock_recv(fd, &one, 1, 0, n, &out);
}

int main(void) {
  const __wasi_fd_t fd = accepted();
  __wasi_size_t n = 99;
  FAILS(INVAL, __wasi_sock_shutdown(fd, 0));
  FAILS(INVAL, __wasi_sock_shutdown(fd, 4));
  OK(receive(fd, &n));
  EQUAL(1, n);
  OK(__wasi_sock_shutdown(fd, __WASI_SDFLAGS_WR));
  FAILS(PIPE, write_text(fd, "x"));
  OK(receive(fd, &n));
  EQUAL(1, n);
  OK(__wasi_sock_shutdown(fd, __WASI_SDFLAGS_RD));
  OK(receive(fd, &n));
  EQUAL(0, n);
  const __wasi_fd_t both = accepted();
  OK(__wasi_sock_shutdown(both, __WASI_SDFLAGS_RD | __WASI_SDFLAGS_WR));
  OK(receive(both, &n));
  EQUAL(0, n);
  FAILS(PIPE, write_text(both, "x"));
  FAILS(NOTCONN, __wasi_sock_shutdown(LISTENER, __WASI_SDFLAGS_RD));
  FAILS(NOTSOCK, __wasi_sock_shutdown(STDIN, __WASI_SDFLAGS_RD));
  FAILS(NOTSOCK, __wasi_sock_shutdown(DATA, __WASI_SDFLAGS_RD));
  FAILS(BADF, __wasi_sock_shutdown(CLOSED_FD, __WASI_SDFLAGS_RD));
  const __wasi_fd_t poor = accepted();
  OK(__wasi_fd_fdstat_set_rights(poor, RIGHT(FD_READ), 0));
  FAILS(NOTCAPABLE, __wasi_sock_shutdown(poor, __WASI_SDFLAGS_RD));
}
