// fd_datasync: of files and outputs, with the right to it.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_DATASYNC) | RIGHT(FD_WRITE));
  OK(write_text(fd, "synced"));
  OK(__wasi_fd_datasync(fd));
  OK(__wasi_fd_datasync(STDOUT));
  FAILS(NOTCAPABLE, __wasi_fd_datasync(DATA));
  FAILS(NOTCAPABLE, __wasi_fd_datasync(STDIN));
  FAILS(NOTCAPABLE, __wasi_fd_datasync(LISTENER));
  FAILS(BADF, __wasi_fd_datasync(CLOSED_FD));
  const __wasi_fd_t poor = opened("file", 0, RIGHT(FD_READ));
  FAILS(NOTCAPABLE, __wasi_fd_datasync(poor));
}
