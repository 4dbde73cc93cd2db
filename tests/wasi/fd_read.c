// fd_read: into several buffers, on from where the last read ended; of files, streams and sockets.
#include "check.h"

static __wasi_errno_t read_into(__wasi_fd_t fd, char* text, __wasi_size_t size, __wasi_size_t* n) {
  const __wasi_iovec_t all = {(uint8_t*)text, size};
  return __wasi_fd_read(fd, &all, 1, n);
}

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_READ));
  char a[4] = "", b[8] = "";
  const __wasi_iovec_t three[] = {{(uint8_t*)a, 3}, {NOWHERE, 0}, {(uint8_t*)b, 5}};
  __wasi_size_t n = 0;
  OK(__wasi_fd_read(fd, three, 3, &n));
  EQUAL(8, n);
  SAME("012", a);
  SAME("34567", b);
  OK(__wasi_fd_read(fd, three, 3, &n));
  EQUAL(2, n);
  SAME("892", a);
  OK(__wasi_fd_read(fd, three, 3, &n));
  EQUAL(0, n);
  OK(__wasi_fd_read(fd, three, 0, &n));
  EQUAL(0, n);

  char text[16] = "";
  OK(read_into(STDIN, text, 3, &n));
  SAME("inp", text);
  OK(read_into(STDIN, text, 15, &n));
  EQUAL(3, n);
  OK(read_into(STDIN, text, 15, &n));
  EQUAL(0, n);

  const __wasi_fd_t connection = accepted();
  memset(text, 0, sizeof text);
  OK(read_into(connection, text, 2, &n));
  SAME("he", text);
  OK(read_into(connection, text, 15, &n));
  EQUAL(3, n);
  OK(read_into(connection, text, 15, &n));
  EQUAL(0, n);

  FAILS(ISDIR, read_into(DATA, text, 1, &n));
  FAILS(NOTCONN, read_into(LISTENER, text, 1, &n));
  FAILS(NOTCAPABLE, read_into(STDOUT, text, 1, &n));
  FAILS(NOTCAPABLE, read_into(opened("file", 0, RIGHT(FD_WRITE)), text, 1, &n));
  FAILS(BADF, read_into(CLOSED_FD, text, 1, &n));
  FAILS(FAULT, __wasi_fd_read(fd, NOWHERE, 1, &n));
  FAILS(FAULT, __wasi_fd_read(fd, three, 3, NOWHERE));
  const __wasi_fd_t again = opened("file", 0, RIGHT(FD_READ));
  FAILS(FAULT, read_into(again, NOWHERE, 100, &n));
  // A bad buffer behind good ones: what was read until there counts.
  const __wasi_iovec_t bad_second[] = {{(uint8_t*)a, 3}, {NOWHERE, 100}};
  OK(__wasi_fd_read(again, bad_second, 2, &n));
  EQUAL(3, n);
}
