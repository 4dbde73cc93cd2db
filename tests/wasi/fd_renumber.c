// fd_renumber: one descriptor takes the number of another, which is closed.
#include "check.h"

int main(void) {
  const __wasi_fd_t file = opened("file", 0, RIGHT(FD_READ));
  const __wasi_fd_t inner = opened("dir/inner", 0, RIGHT(FD_READ));
  char text[4] = "";
  const __wasi_iovec_t three = {(uint8_t*)text, 3};
  __wasi_size_t n;
  OK(__wasi_fd_read(file, &three, 1, &n));
  OK(__wasi_fd_renumber(file, inner));
  OK(__wasi_fd_read(inner, &three, 1, &n));
  SAME("345", text);
  FAILS(BADF, __wasi_fd_close(file));
  OK(__wasi_fd_renumber(inner, inner));
  OK(__wasi_fd_read(inner, &three, 1, &n));
  SAME("678", text);
  FAILS(BADF, __wasi_fd_renumber(inner, file));
  FAILS(BADF, __wasi_fd_renumber(CLOSED_FD, inner));
  FAILS(BADF, __wasi_fd_renumber(inner, UINT32_MAX));
  // A preopened directory or a socket is a number like any other.
  OK(__wasi_fd_renumber(inner, OTHER));
  __wasi_prestat_t prestat;
  FAILS(BADF, __wasi_fd_prestat_get(OTHER, &prestat));
  OK(__wasi_fd_renumber(LISTENER, OTHER));
  __wasi_fd_t connection;
  OK(__wasi_sock_accept(OTHER, 0, &connection));
}
