// fd_tell: where the next read or write will be; the right to seek includes the right to ask.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_TELL) | RIGHT(FD_WRITE));
  __wasi_filesize_t at = 99;
  OK(__wasi_fd_tell(fd, &at));
  EQUAL(0, at);
  OK(write_text(fd, "four"));
  OK(__wasi_fd_tell(fd, &at));
  EQUAL(4, at);
  OK(__wasi_fd_tell(opened("file", 0, RIGHT(FD_SEEK)), &at));
  EQUAL(0, at);
  FAILS(NOTCAPABLE, __wasi_fd_tell(opened("file", 0, RIGHT(FD_READ)), &at));
  FAILS(SPIPE, __wasi_fd_tell(STDIN, &at));
  FAILS(SPIPE, __wasi_fd_tell(LISTENER, &at));
  FAILS(BADF, __wasi_fd_tell(DATA, &at));
  FAILS(BADF, __wasi_fd_tell(CLOSED_FD, &at));
  FAILS(FAULT, __wasi_fd_tell(fd, NOWHERE));
}
