// proc_raise: what the specification says of a signal: ignored, or the end. EXITS 134
#include "check.h"

enum { NONE, ABRT = 6, PIPE = 13, CHLD = 16, CONT, STOP, TTOU = 21, URG, WINCH = 27, END = 31 };

int main(void) {
  OK((__wasi_errno_t)raw_proc_raise(NONE));
  OK((__wasi_errno_t)raw_proc_raise(CHLD));
  OK((__wasi_errno_t)raw_proc_raise(URG));
  OK((__wasi_errno_t)raw_proc_raise(WINCH));
  OK((__wasi_errno_t)raw_proc_raise(PIPE));
  OK((__wasi_errno_t)raw_proc_raise(CONT));
  FAILS(NOTSUP, (__wasi_errno_t)raw_proc_raise(STOP));
  FAILS(NOTSUP, (__wasi_errno_t)raw_proc_raise(TTOU));
  FAILS(INVAL, (__wasi_errno_t)raw_proc_raise(END));
  FAILS(INVAL, (__wasi_errno_t)raw_proc_raise(-1));
  (void)raw_proc_raise(ABRT);
  puts("went on after SIGABRT");
}
