// Solved by a word that memcmp looks for. Built so that the call is really made.
#include "target.h"

FUZZ_TARGET {
  if (size >= 10 && memcmp(data, "HELLO-WASM", 10) == 0) solved();
  return 0;
}
