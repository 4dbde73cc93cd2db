// Strided byte stores: the sieve of Eratosthenes, four times over.
#include <stdio.h>
#include <string.h>

enum { kLimit = 4000000, kRounds = 4 };
static unsigned char composite[kLimit];

static unsigned count_primes(void) {
  unsigned count = 0;
  memset(composite, 0, sizeof composite);
  for (unsigned n = 2; n < kLimit; ++n) {
    if (composite[n]) continue;
    ++count;
    for (unsigned long long m = (unsigned long long)n * n; m < kLimit; m += n) composite[m] = 1;
  }
  return count;
}

int main(void) {
  unsigned total = 0;
  for (int round = 0; round < kRounds; ++round) total += count_primes();
  printf("%u\n", total);
  return 0;
}
