// sock_accept: connections in the order in which they came, as many as there are.
#include "check.h"

static void reads(__wasi_fd_t connection, const char* want) {
  char text[20] = "";
  const __wasi_iovec_t all = {(uint8_t*)text, sizeof text - 1};
  __wasi_size_t n;
  OK(__wasi_fd_read(connection, &all, 1, &n));
  check_that(strcmp(want, text) == 0, want, __LINE__);
}

int main(void) {
  __wasi_fd_t fd = CLOSED_FD;
  FAILS(FAULT, __wasi_sock_accept(LISTENER, 0, NOWHERE));
  FAILS(INVAL, __wasi_sock_accept(LISTENER, 32, &fd));
  OK(__wasi_sock_accept(LISTENER, 0, &fd));
  EQUAL(FIRST_FREE, fd);
  reads(fd, "hello");
  const __wasi_fd_t first = fd;
  OK(__wasi_sock_accept(LISTENER, __WASI_FDFLAGS_NONBLOCK, &fd));
  __wasi_fdstat_t stat;
  OK(__wasi_fd_fdstat_get(fd, &stat));
  EQUAL(__WASI_FDFLAGS_NONBLOCK, stat.fs_flags);
  reads(fd, "0123456789");
  FAILS(INVAL, __wasi_sock_accept(first, 0, &fd));  // it does not listen
  OK(__wasi_sock_accept(LISTENER, 0, &fd));
  reads(fd, "");
  // No more come. A real socket does not know that; a script is at its end.
  OK(__wasi_fd_fdstat_set_flags(LISTENER, __WASI_FDFLAGS_NONBLOCK));
  EQUAL(is_closed_world() ? ERRNO(INVAL) : ERRNO(AGAIN), __wasi_sock_accept(LISTENER, 0, &fd));
  FAILS(NOTSOCK, __wasi_sock_accept(STDIN, 0, &fd));
  FAILS(NOTSOCK, __wasi_sock_accept(DATA, 0, &fd));
  FAILS(BADF, __wasi_sock_accept(CLOSED_FD, 0, &fd));
  OK(__wasi_fd_fdstat_set_rights(LISTENER, RIGHT(FD_READ), 0));
  FAILS(NOTCAPABLE, __wasi_sock_accept(LISTENER, 0, &fd));
}
