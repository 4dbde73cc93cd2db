// Looks at the clocks, sleeps, and draws random bytes; prints it all.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static long long now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void) {
  const long long before = now(CLOCK_MONOTONIC);
  const long long wall = now(CLOCK_REALTIME);
  const struct timespec nap = {.tv_sec = 0, .tv_nsec = 20000000};
  nanosleep(&nap, NULL);
  const long long after = now(CLOCK_MONOTONIC);
  printf("slept enough: %d\n", after - before >= 20000000);
  printf("wall clock runs: %d\n", now(CLOCK_REALTIME) > wall);
  unsigned char bytes[16];
  if (getentropy(bytes, sizeof bytes) != 0) return 1;
  printf("clock: %lld %lld\nentropy:", wall, after - before);
  for (unsigned i = 0; i < sizeof bytes; ++i) printf(" %02x", bytes[i]);
  printf("\n");
  return 0;
}
