// Solved by one of the far cases of a switch, read from standard input by a program with a main.
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static void solved(void) { __builtin_trap(); }

__attribute__((noinline)) static int choose(uint32_t key) {
  switch (key) {
    case 3: return 1;
    case 32: return 2;
    case 0x1000: return 3;
    case 0x41424344: return 4;
    case 0x7fff1234: solved();
  }
  return 0;
}

int main(void) {
  uint32_t key;
  if (fread(&key, sizeof key, 1, stdin) != 1) return 1;
  return choose(key);
}
