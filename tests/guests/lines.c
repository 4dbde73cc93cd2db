// Copies standard input to standard output, numbered, with its arguments and environment before;
// exits with the number of lines.
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  for (int i = 0; i < argc; ++i) printf("arg %s\n", argv[i]);
  const char* value = getenv("GREETING");
  printf("GREETING %s\n", value != NULL ? value : "unset");
  char line[100];
  int lines = 0;
  while (fgets(line, sizeof line, stdin) != NULL) printf("%d %s", ++lines, line);
  fprintf(stderr, "%d lines\n", lines);
  return lines;
}
