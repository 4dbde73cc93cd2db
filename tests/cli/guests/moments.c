// A program that passes every moment that a trigger knows, and says so.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tine.h"

static void say(const char* text) {
  printf("%s\n", text);
  fflush(stdout);
}

__attribute__((noinline)) static int work(int rounds) {
  volatile int sum = 0;
  for (int i = 0; i < rounds; ++i) sum += i;
  return sum;
}

static void look_at_clock_and_chance(void) {
  unsigned char bytes[8];
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  say("clock");
  getentropy(bytes, sizeof bytes);
  say("chance");
}

int main(int argc, char** argv) {
  say(getenv("PATH") == NULL ? "environment" : "environment, full");
  look_at_clock_and_chance();
  for (int i = 1; i <= 3; ++i) {
    printf("work %d\n", work(i * 1000));
    fflush(stdout);
  }
  tine_snapshot();
  say("explicit");
  const struct timespec little = {.tv_sec = 0, .tv_nsec = 1000};
  nanosleep(&little, NULL);
  say("slept");
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) printf("read %s", line);
  fflush(stdout);
  if (argc > 1 && strcmp(argv[1], "trap") == 0) __builtin_trap();
  exit(3);
}
