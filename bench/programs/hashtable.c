// Scattered loads and stores: a table of open addressing, counted up three million times.
#include <stdint.h>
#include <stdio.h>

enum { kSlots = 1 << 18, kKeys = 100000, kRounds = 30 };
static uint64_t keys[kSlots];
static uint32_t counts[kSlots];

static void count(uint64_t key) {
  uint32_t slot = (uint32_t)(key * 0x9E3779B97F4A7C15ull >> 46) % kSlots;
  while (keys[slot] && keys[slot] != key) slot = (slot + 1) % kSlots;
  keys[slot] = key;
  ++counts[slot];
}

int main(void) {
  for (int round = 0; round < kRounds; ++round)
    for (uint64_t i = 1; i <= kKeys; ++i) count(i * i);
  uint64_t checksum = 0;
  for (int slot = 0; slot < kSlots; ++slot) checksum = checksum * 3 + keys[slot] * counts[slot];
  printf("%016llx\n", (unsigned long long)checksum);
  return 0;
}
