// Compression: LZ77 with hash chains over a text of our own making, then back, and compared.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { kBytes = 768 << 10, kHashSlots = 1 << 15, kChain = 16, kWindow = 32 << 10 };
enum { kShortest = 4, kLongest = 259 };
static uint8_t text[kBytes + kLongest], packed[kBytes * 2], unpacked[kBytes + kLongest];
static int32_t newest[kHashSlots], older[kBytes + kLongest];

static void write_text(void) {
  static const char* const kWords[] = {"the ",  "fork ", "of ",    "a ",   "tine ", "state ",
                                       "runs ", "and ",  "memory", " is ", "back ", ".\n"};
  uint32_t random = 7;
  for (size_t at = 0; at < kBytes;) {
    random = random * 1664525 + 1013904223;
    const char* word = kWords[(random >> 16) % 12];
    size_t length = strlen(word);
    memcpy(text + at, word, length);
    at += length;
    if (random >> 28 == 0) text[at++] = (uint8_t)(random >> 8);
  }
}

static uint32_t hash_of(const uint8_t* at) {
  uint32_t word = at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
  return word * 2654435761u >> 17;
}

static void insert(int32_t at) {
  uint32_t slot = hash_of(text + at);
  older[at] = newest[slot];
  newest[slot] = at;
}

static int match_length(int32_t a, int32_t b) {
  int length = 0;
  while (length < kLongest && b + length < kBytes && text[a + length] == text[b + length]) ++length;
  return length;
}

// Tokens: 0 and a byte, or length - 3 and two bytes of distance.
static size_t pack(void) {
  size_t out = 0;
  memset(newest, 0xff, sizeof(newest));
  for (int32_t at = 0; at < kBytes;) {
    int best = 0;
    int32_t distance = 0;
    int32_t candidate = newest[hash_of(text + at)];
    for (int i = 0; i < kChain && candidate >= 0 && at - candidate < kWindow; ++i) {
      int length = match_length(candidate, at);
      if (length > best) {
        best = length;
        distance = at - candidate;
      }
      candidate = older[candidate];
    }
    if (best < kShortest) {
      packed[out++] = 0;
      packed[out++] = text[at];
      insert(at++);
      continue;
    }
    if (best > 258) best = 258;
    packed[out++] = (uint8_t)(best - 3);
    packed[out++] = (uint8_t)distance;
    packed[out++] = (uint8_t)(distance >> 8);
    while (best-- > 0) insert(at++);
  }
  return out;
}

static size_t unpack(size_t size) {
  size_t out = 0;
  for (size_t in = 0; in < size;) {
    int length = packed[in++];
    if (length == 0) {
      unpacked[out++] = packed[in++];
      continue;
    }
    size_t distance = packed[in] | (size_t)packed[in + 1] << 8;
    in += 2;
    for (length += 3; length > 0; --length, ++out) unpacked[out] = unpacked[out - distance];
  }
  return out;
}

int main(void) {
  write_text();
  size_t size = pack();
  size_t back = unpack(size);
  printf("%u -> %u, %s\n", (unsigned)kBytes, (unsigned)size,
         back == kBytes && memcmp(text, unpacked, kBytes) == 0 ? "and back" : "broken");
  return 0;
}
