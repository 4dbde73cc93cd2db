// Byte-wise memory kernels, as they are without any vector unit: copy, reverse, compare, find, count,
// translate and a rolling sum over the same 256 KiB.
#include <stdint.h>
#include <stdio.h>

enum { kBytes = 256 << 10, kRounds = 24 };
static uint8_t from[kBytes], to[kBytes], table[256];

// Volatile pointers keep the compiler from calling memcpy and its kin.
static void copy(volatile uint8_t* out, const uint8_t* in) {
  for (int i = 0; i < kBytes; ++i) out[i] = in[i];
}

static void reverse(uint8_t* bytes) {
  for (int i = 0, j = kBytes - 1; i < j; ++i, --j) {
    uint8_t byte = bytes[i];
    bytes[i] = bytes[j];
    bytes[j] = byte;
  }
}

static int first_difference(const volatile uint8_t* a, const volatile uint8_t* b) {
  int i = 0;
  while (i < kBytes && a[i] == b[i]) ++i;
  return i;
}

static int find_last(const volatile uint8_t* bytes, uint8_t wanted) {
  int last = -1;
  for (int i = 0; i < kBytes; ++i)
    if (bytes[i] == wanted) last = i;
  return last;
}

static void translate(uint8_t* bytes) {
  for (int i = 0; i < kBytes; ++i) bytes[i] = table[bytes[i]];
}

static uint32_t rolling_sum(const volatile uint8_t* bytes) {
  uint32_t low = 1, high = 0;
  for (int i = 0; i < kBytes; ++i) {
    low += bytes[i];
    high += low;
  }
  return high << 16 ^ low;
}

int main(void) {
  for (int i = 0; i < 256; ++i) table[i] = (uint8_t)(i * 167 + 13);
  for (int i = 0; i < kBytes; ++i) from[i] = (uint8_t)((i * 2654435761u) >> 24);
  uint32_t checksum = 0;
  for (int round = 0; round < kRounds; ++round) {
    copy(to, from);
    translate(to);
    checksum = checksum * 31 + (uint32_t)first_difference(from, to);
    reverse(to);
    checksum = checksum * 31 + (uint32_t)find_last(to, (uint8_t)round);
    checksum = checksum * 31 + rolling_sum(to);
    copy(from, to);
  }
  printf("%08x\n", checksum);
  return 0;
}
