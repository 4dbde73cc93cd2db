// Solved by a terminated word that strcmp looks for, in a buffer that ends with the input.
#include "target.h"

FUZZ_TARGET {
  if (size >= 8 && data[size - 1] == 0 && strcmp((const char*)data, "keyword") == 0) solved();
  return 0;
}
