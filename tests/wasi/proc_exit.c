// proc_exit: ends the program at once, with its code. EXITS 42
#include "check.h"

static void never(void) { puts("exit handlers belong to the C library, not to proc_exit"); }

int main(void) {
  atexit(never);
  __wasi_proc_exit(42);
}
