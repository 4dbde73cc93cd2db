// Unpredictable branches: two million numbers, sorted by our own quicksort.
#include <stdint.h>
#include <stdio.h>

enum { kCount = 2000000 };
static uint32_t numbers[kCount];

static void sort(uint32_t* first, uint32_t* last) {
  while (last - first > 1) {
    uint32_t pivot = first[(last - first) / 2];
    uint32_t *low = first, *high = last - 1;
    while (low <= high) {
      while (*low < pivot) ++low;
      while (*high > pivot) --high;
      if (low > high) break;
      uint32_t other = *low;
      *low++ = *high;
      *high-- = other;
    }
    sort(first, high + 1);
    first = low;
  }
}

int main(void) {
  uint32_t state = 12345;
  for (int i = 0; i < kCount; ++i) numbers[i] = state = state * 1664525u + 1013904223u;
  sort(numbers, numbers + kCount);
  uint32_t checksum = 0;
  for (int i = 0; i < kCount; ++i) checksum = checksum * 31 + numbers[i];
  printf("%08x\n", checksum);
  return 0;
}
