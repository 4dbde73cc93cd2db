// Solved by any input: reads one byte behind its buffer, which without a malloc of the guest's own
// is the end of memory.
#include "target.h"

FUZZ_TARGET { return ((volatile const uint8_t*)data)[size] == 1; }
