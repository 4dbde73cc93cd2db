// fd_filestat_get: what an open file is; a number tells it from others.
#include "check.h"

static __wasi_filestat_t of(__wasi_fd_t fd) {
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(fd, &stat));
  return stat;
}

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_FILESTAT_GET));
  EQUAL(__WASI_FILETYPE_REGULAR_FILE, of(fd).filetype);
  EQUAL(10, of(fd).size);
  EQUAL(1, of(fd).nlink);
  const __wasi_fd_t same = opened("link", 0, RIGHT(FD_FILESTAT_GET));
  EQUAL(of(fd).ino, of(same).ino);
  EQUAL(of(fd).dev, of(same).dev);
  const __wasi_fd_t other = opened("dir/inner", 0, RIGHT(FD_FILESTAT_GET));
  CHECK(of(fd).ino != of(other).ino);
  EQUAL(__WASI_FILETYPE_DIRECTORY, of(DATA).filetype);
  EQUAL(__WASI_FILETYPE_SOCKET_STREAM, of(LISTENER).filetype);
  EQUAL(__WASI_FILETYPE_SOCKET_STREAM, of(accepted()).filetype);
  EQUAL(0, of(STDIN).size);
  __wasi_filestat_t stat;
  FAILS(BADF, __wasi_fd_filestat_get(CLOSED_FD, &stat));
  FAILS(FAULT, __wasi_fd_filestat_get(fd, NOWHERE));
  FAILS(NOTCAPABLE, __wasi_fd_filestat_get(opened("file", 0, RIGHT(FD_READ)), &stat));
}
