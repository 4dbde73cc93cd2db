// fd_sync: of files, directories and outputs, with the right to it.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_SYNC) | RIGHT(FD_WRITE));
  OK(write_text(fd, "synced"));
  OK(__wasi_fd_sync(fd));
  OK(__wasi_fd_sync(STDOUT));
  OK(__wasi_fd_sync(DATA));
  FAILS(NOTCAPABLE, __wasi_fd_sync(STDIN));
  FAILS(NOTCAPABLE, __wasi_fd_sync(LISTENER));
  FAILS(BADF, __wasi_fd_sync(CLOSED_FD));
  const __wasi_fd_t poor = opened("file", 0, RIGHT(FD_READ));
  FAILS(NOTCAPABLE, __wasi_fd_sync(poor));
}
