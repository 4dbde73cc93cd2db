// Solved at once, but only where LLVMFuzzerInitialize ran before and saw a program name.
#include "target.h"

static int ready;

__attribute__((export_name("LLVMFuzzerInitialize"))) int LLVMFuzzerInitialize(int* argc,
                                                                              char*** argv) {
  ready = *argc == 1 && strcmp((*argv)[0], "initialize.wasm") == 0 && (*argv)[1] == NULL;
  return 0;
}

FUZZ_TARGET {
  (void)data;
  if (ready && size > 0) solved();
  return 0;
}
