// sock_recv: what arrived, looked at or taken, in parts or whole; then nothing, for the peer is gone.
#include "check.h"

static char text[20];
static __wasi_errno_t receive(__wasi_fd_t fd, __wasi_size_t size, __wasi_riflags_t flags,
                              __wasi_size_t* n) {
  const __wasi_iovec_t all = {(uint8_t*)text, size};
  __wasi_roflags_t out = 99;
  memset(text, 0, sizeof text);
  const __wasi_errno_t e = __wasi_sock_recv(fd, &all, 1, flags, n, &out);
  if (e == 0) EQUAL(0, out);
  return e;
}

int main(void) {
  const __wasi_riflags_t peek = __WASI_RIFLAGS_RECV_PEEK, whole = __WASI_RIFLAGS_RECV_WAITALL;
  __wasi_size_t n = 99;
  const __wasi_fd_t hello = accepted();
  OK(receive(hello, 3, peek, &n));
  SAME("hel", text);
  OK(receive(hello, 3, 0, &n));
  SAME("hel", text);
  char a[4] = "", b[4] = "";
  const __wasi_iovec_t two[] = {{(uint8_t*)a, 1}, {(uint8_t*)b, 3}};
  __wasi_roflags_t out = 99;
  OK(__wasi_sock_recv(hello, two, 2, peek, &n, &out));
  EQUAL(2, n);
  SAME("l", a);
  SAME("o", b);
  OK(receive(hello, 10, whole, &n));  // it ends before that
  SAME("lo", text);
  OK(receive(hello, 10, 0, &n));
  EQUAL(0, n);
  OK(receive(hello, 10, whole | peek, &n));
  EQUAL(0, n);
  const __wasi_fd_t digits = accepted();
  OK(receive(digits, 10, whole, &n));
  SAME("0123456789", text);
  const __wasi_fd_t silent = accepted();
  OK(receive(silent, 10, 0, &n));
  EQUAL(0, n);

  FAILS(INVAL, receive(digits, 1, 4, &n));
  FAILS(NOTCONN, receive(LISTENER, 1, 0, &n));
  FAILS(NOTSOCK, receive(STDIN, 1, 0, &n));
  FAILS(NOTSOCK, receive(DATA, 1, 0, &n));
  FAILS(BADF, receive(CLOSED_FD, 1, 0, &n));
  FAILS(FAULT, __wasi_sock_recv(digits, NOWHERE, 1, 0, &n, &out));
  FAILS(FAULT, __wasi_sock_recv(digits, two, 2, 0, NOWHERE, &out));
  FAILS(FAULT, __wasi_sock_recv(digits, two, 2, 0, &n, NOWHERE));
  OK(__wasi_fd_fdstat_set_rights(digits, RIGHT(FD_WRITE), 0));
  FAILS(NOTCAPABLE, receive(digits, 1, 0, &n));
}
