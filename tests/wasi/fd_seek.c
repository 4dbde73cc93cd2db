// fd_seek: from the start, from here, from the end; beyond the end too, but never before the start.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_SEEK) | RIGHT(FD_TELL) | RIGHT(FD_READ));
  __wasi_filesize_t at = 99;
  OK(__wasi_fd_seek(fd, 4, __WASI_WHENCE_SET, &at));
  EQUAL(4, at);
  OK(__wasi_fd_seek(fd, 3, __WASI_WHENCE_CUR, &at));
  EQUAL(7, at);
  OK(__wasi_fd_seek(fd, -5, __WASI_WHENCE_CUR, &at));
  EQUAL(2, at);
  OK(__wasi_fd_seek(fd, -1, __WASI_WHENCE_END, &at));
  EQUAL(9, at);
  char byte = 0;
  const __wasi_iovec_t one = {(uint8_t*)&byte, 1};
  __wasi_size_t n;
  OK(__wasi_fd_read(fd, &one, 1, &n));
  EQUAL('9', byte);
  OK(__wasi_fd_seek(fd, 90, __WASI_WHENCE_END, &at));
  EQUAL(100, at);
  OK(__wasi_fd_read(fd, &one, 1, &n));
  EQUAL(0, n);
  FAILS(INVAL, __wasi_fd_seek(fd, -1, __WASI_WHENCE_SET, &at));
  FAILS(INVAL, __wasi_fd_seek(fd, -101, __WASI_WHENCE_CUR, &at));
  FAILS(INVAL, __wasi_fd_seek(fd, -11, __WASI_WHENCE_END, &at));
  FAILS(INVAL, __wasi_fd_seek(fd, INT64_MIN, __WASI_WHENCE_CUR, &at));
  FAILS(OVERFLOW, __wasi_fd_seek(fd, INT64_MAX, __WASI_WHENCE_CUR, &at));
  FAILS(INVAL, __wasi_fd_seek(fd, 0, 3, &at));
  OK(__wasi_fd_seek(fd, 0, __WASI_WHENCE_CUR, &at));
  EQUAL(100, at);
  FAILS(SPIPE, __wasi_fd_seek(STDIN, 0, __WASI_WHENCE_SET, &at));
  FAILS(SPIPE, __wasi_fd_seek(STDOUT, 0, __WASI_WHENCE_CUR, &at));
  FAILS(SPIPE, __wasi_fd_seek(LISTENER, 0, __WASI_WHENCE_SET, &at));
  FAILS(BADF, __wasi_fd_seek(DATA, 0, __WASI_WHENCE_SET, &at));
  FAILS(BADF, __wasi_fd_seek(CLOSED_FD, 0, __WASI_WHENCE_SET, &at));
  FAILS(FAULT, __wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, NOWHERE));
  // The right to tell is enough to ask, not to go.
  const __wasi_fd_t teller = opened("file", 0, RIGHT(FD_TELL));
  OK(__wasi_fd_seek(teller, 0, __WASI_WHENCE_CUR, &at));
  FAILS(NOTCAPABLE, __wasi_fd_seek(teller, 1, __WASI_WHENCE_CUR, &at));
  FAILS(NOTCAPABLE, __wasi_fd_seek(teller, 0, __WASI_WHENCE_SET, &at));
  FAILS(NOTCAPABLE, __wasi_fd_seek(opened("file", 0, RIGHT(FD_READ)), 0, __WASI_WHENCE_CUR, &at));
}
