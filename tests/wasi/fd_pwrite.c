// fd_pwrite: writes elsewhere, and the offset stays where it is.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd =
      opened("file", 0, RIGHT(FD_WRITE) | RIGHT(FD_SEEK) | RIGHT(FD_FILESTAT_GET));
  const __wasi_ciovec_t two[] = {{(const uint8_t*)"ab", 2}, {(const uint8_t*)"cd", 2}};
  __wasi_size_t n = 0;
  OK(__wasi_fd_pwrite(fd, two, 2, 3, &n));
  EQUAL(4, n);
  SAME("012abcd789", text_of("file"));
  OK(__wasi_fd_pwrite(fd, two, 1, 12, &n));
  CHECK(memcmp(text_of("file"), "012abcd789\0\0ab", 15) == 0);
  __wasi_filesize_t at = 1;
  OK(__wasi_fd_tell(fd, &at));
  EQUAL(0, at);
  FAILS(INVAL, __wasi_fd_pwrite(fd, two, 2, UINT64_MAX, &n));
  FAILS(SPIPE, __wasi_fd_pwrite(STDOUT, two, 2, 0, &n));
  FAILS(SPIPE, __wasi_fd_pwrite(accepted(), two, 2, 0, &n));
  FAILS(BADF, __wasi_fd_pwrite(DATA, two, 2, 0, &n));
  FAILS(BADF, __wasi_fd_pwrite(CLOSED_FD, two, 2, 0, &n));
  FAILS(FAULT, __wasi_fd_pwrite(fd, NOWHERE, 1, 0, &n));
  FAILS(FAULT, __wasi_fd_pwrite(fd, two, 2, 0, NOWHERE));
  FAILS(NOTCAPABLE, __wasi_fd_pwrite(opened("file", 0, RIGHT(FD_WRITE)), two, 2, 0, &n));
  FAILS(NOTCAPABLE, __wasi_fd_pwrite(opened("file", 0, RIGHT(FD_SEEK)), two, 2, 0, &n));
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(fd, &stat));
  EQUAL(14, stat.size);
}
