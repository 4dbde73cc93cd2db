// A dependent chain of table look-ups: CRC-32 of 16 MiB.
#include <stdint.h>
#include <stdio.h>

enum { kBytes = 1 << 20, kRounds = 16 };
static uint32_t table[256];
static uint8_t data[kBytes];

static void fill(void) {
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value & 1 ? value >> 1 ^ 0xEDB88320u : value >> 1;
    table[i] = value;
  }
  for (uint32_t i = 0; i < kBytes; ++i) data[i] = (uint8_t)(i * 31 + (i >> 8));
}

int main(void) {
  fill();
  uint32_t crc = ~0u;
  for (int round = 0; round < kRounds; ++round)
    for (uint32_t i = 0; i < kBytes; ++i) crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
  printf("%08x\n", ~crc);
  return 0;
}
