// One program with many behaviours: argv[1] chooses. `upper` and `count` read standard input.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile int zero;

__attribute__((noinline)) static int divide(int by) { return 10 / by; }

/// A local that the compiler must keep makes each level a frame of its own.
__attribute__((noinline)) static int parse(int depth) {
  volatile int inner = depth == 0 ? divide(zero) : parse(depth - 1);
  return inner + 1;
}

static int show_arguments(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) printf("%d: %s\n", i, argv[i]);
  return 0;
}

__attribute__((noinline)) static int copy_file(const char* path) {
  FILE* in = fopen(path, "r");
  if (in == NULL) {
    perror(path);
    return 1;
  }
  for (int c = getc(in); c != EOF; c = getc(in)) putchar(c);
  return fclose(in);
}

/// Says something before its first read, so that a snapshot there has a past.
static int upper(void) {
  printf("ready\n");
  fflush(stdout);
  for (int c = getchar(); c != EOF; c = getchar()) putchar(toupper(c));
  return 0;
}

static int show_chance(void) {
  unsigned char bytes[8];
  struct timespec now;
  getentropy(bytes, sizeof bytes);
  clock_gettime(CLOCK_REALTIME, &now);
  for (size_t i = 0; i < sizeof bytes; ++i) printf("%02x", bytes[i]);
  printf(" %lld.%09ld\n", (long long)now.tv_sec, now.tv_nsec);
  return 0;
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "args") == 0) return show_arguments(argc, argv);
  if (strcmp(what, "env") == 0) return puts(getenv(argv[2])) < 0;
  if (strcmp(what, "exit") == 0) return atoi(argv[2]);
  if (strcmp(what, "trap") == 0) return parse(2);
  if (strcmp(what, "cat") == 0) return copy_file(argv[2]);
  if (strcmp(what, "chance") == 0) return show_chance();
  if (strcmp(what, "spin") == 0)
    for (;;) ++zero;
  return upper();
}
