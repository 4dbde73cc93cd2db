// fd_fdstat_set_rights: rights go and never come back, those of what is opened beneath neither.
#include "check.h"

int main(void) {
  const __wasi_rights_t both = RIGHT(FD_READ) | RIGHT(FD_SEEK);
  const __wasi_fd_t fd = opened("file", 0, both);
  FAILS(NOTCAPABLE, __wasi_fd_fdstat_set_rights(fd, both | RIGHT(FD_WRITE), 0));
  FAILS(NOTCAPABLE, __wasi_fd_fdstat_set_rights(fd, both, RIGHT(FD_READ)));
  OK(__wasi_fd_fdstat_set_rights(fd, both, 0));
  OK(__wasi_fd_fdstat_set_rights(fd, RIGHT(FD_SEEK), 0));
  uint8_t byte;
  const __wasi_iovec_t one = {&byte, 1};
  __wasi_size_t n;
  FAILS(NOTCAPABLE, __wasi_fd_read(fd, &one, 1, &n));
  FAILS(NOTCAPABLE, __wasi_fd_fdstat_set_rights(fd, both, 0));
  __wasi_fdstat_t stat;
  OK(__wasi_fd_fdstat_get(fd, &stat));
  EQUAL(RIGHT(FD_SEEK), stat.fs_rights_base);
  const __wasi_fd_t dir = directory_with(RIGHT(PATH_OPEN), RIGHT(FD_READ));
  __wasi_fd_t inner;
  OK(__wasi_path_open(dir, 0, "inner", 0, ALL_RIGHTS, ALL_RIGHTS, 0, &inner));
  OK(__wasi_fd_fdstat_get(inner, &stat));
  EQUAL(RIGHT(FD_READ), stat.fs_rights_base);
  FAILS(BADF, __wasi_fd_fdstat_set_rights(CLOSED_FD, 0, 0));
}
