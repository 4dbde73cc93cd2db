// fd_fdstat_set_flags: appending and waiting can be switched on and off.
#include "check.h"

static __wasi_fdflags_t flags_of(__wasi_fd_t fd) {
  __wasi_fdstat_t stat;
  OK(__wasi_fd_fdstat_get(fd, &stat));
  return stat.fs_flags;
}

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_WRITE) | RIGHT(FD_FDSTAT_SET_FLAGS));
  OK(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
  EQUAL(__WASI_FDFLAGS_APPEND, flags_of(fd));
  OK(write_text(fd, "+"));
  SAME("0123456789+", text_of("file"));
  const __wasi_fd_t plain = opened("file", 0, RIGHT(FD_WRITE) | RIGHT(FD_FDSTAT_SET_FLAGS));
  OK(write_text(plain, "x"));
  SAME("x123456789+", text_of("file"));
  OK(__wasi_fd_fdstat_set_flags(fd, 0));
  EQUAL(0, flags_of(fd));
  OK(__wasi_fd_fdstat_set_flags(LISTENER, __WASI_FDFLAGS_NONBLOCK));
  EQUAL(__WASI_FDFLAGS_NONBLOCK, flags_of(LISTENER));
  OK(__wasi_fd_fdstat_set_flags(STDIN, __WASI_FDFLAGS_NONBLOCK));
  FAILS(INVAL, __wasi_fd_fdstat_set_flags(fd, 32));
  FAILS(BADF, __wasi_fd_fdstat_set_flags(CLOSED_FD, 0));
  FAILS(NOTCAPABLE, __wasi_fd_fdstat_set_flags(opened("file", 0, RIGHT(FD_READ)), 0));
}
