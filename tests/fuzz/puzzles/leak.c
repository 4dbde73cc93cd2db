// Not solvable: each run changes a global and allocates, and would trap in the second run if
// anything of the first were left. Also exits with a code, which is no crash.
#include <stdlib.h>

#include "target.h"

static int runs;
static void* first;

FUZZ_TARGET {
  (void)data;
  if (runs++ != 0 || first != NULL) solved();
  first = malloc(size + 100);
  memset(first, 0xaa, size + 100);
  if (size > 2) exit(3);
  return 0;
}
