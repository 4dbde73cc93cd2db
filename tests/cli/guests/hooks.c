// A program with hooks: its lines tell how often each of them ran.
#include <stdio.h>
#include <stdlib.h>

#include "tine.h"

static int snapshots = 0, restores = 0;

TINE_HOOK(tine_before_snapshot) { ++snapshots; }
TINE_HOOK(tine_after_restore) {
  ++restores;
  printf("restored\n");
}

static void say_goodbye(void) { printf("goodbye\n"); }

int main(void) {
  atexit(say_goodbye);
  printf("begin\n");
  tine_snapshot();
  printf("%d snapshots, %d restores\n", snapshots, restores);
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) printf("read %s", line);
  printf("%d snapshots, %d restores\n", snapshots, restores);
  return 0;
}
