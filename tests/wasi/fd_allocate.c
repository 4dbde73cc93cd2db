// fd_allocate: the file grows to the end of the range, with zeros, and never shrinks.
#include "check.h"

static uint64_t size_of(__wasi_fd_t fd) {
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(fd, &stat));
  return stat.size;
}

int main(void) {
  const __wasi_fd_t fd =
      opened("file", 0, RIGHT(FD_ALLOCATE) | RIGHT(FD_FILESTAT_GET) | RIGHT(FD_WRITE));
  OK(__wasi_fd_allocate(fd, 2, 3));
  EQUAL(10, size_of(fd));
  OK(__wasi_fd_allocate(fd, 8, 12));
  EQUAL(20, size_of(fd));
  SAME("0123456789", text_of("file"));
  FAILS(INVAL, __wasi_fd_allocate(fd, 0, 0));
  FAILS(FBIG, __wasi_fd_allocate(fd, INT64_MAX, 1));
  FAILS(FBIG, __wasi_fd_allocate(fd, UINT64_MAX, 1));
  EQUAL(20, size_of(fd));
  FAILS(SPIPE, __wasi_fd_allocate(STDOUT, 0, 1));
  FAILS(BADF, __wasi_fd_allocate(DATA, 0, 1));
  FAILS(BADF, __wasi_fd_allocate(CLOSED_FD, 0, 1));
  const __wasi_fd_t poor = opened("file", 0, RIGHT(FD_WRITE));
  FAILS(NOTCAPABLE, __wasi_fd_allocate(poor, 0, 1));
}
