// sqlite_file DATABASE: runs SQL from standard input, a statement a line, on a database in a file.
//
// While it runs the database is open, and within a transaction SQLite's rollback journal is too. What
// a snapshot, a resume or a kill in the middle of that does is what this program is for.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite3.h"

enum { kMaxLineBytes = 4096 };

static int print_row(void* unused, int columns, char** texts, char** names) {
  for (int i = 0; i < columns; ++i) printf("%s%s", i ? "|" : "", texts[i] ? texts[i] : "NULL");
  putchar('\n');
  return 0;
}

int main(int argc, char** argv) {
  sqlite3* db = NULL;
  if (argc != 2) {
    fputs("usage: sqlite_file DATABASE\n", stderr);
    return 2;
  }
  if (sqlite3_open(argv[1], &db) != SQLITE_OK) {
    fprintf(stderr, "%s: %s\n", argv[1], sqlite3_errmsg(db));
    return 1;
  }
  char line[kMaxLineBytes];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sqlite3_exec(db, line, print_row, NULL, NULL) != SQLITE_OK)
      printf("error: %s\n", sqlite3_errmsg(db));
    fflush(stdout);
  }
  return sqlite3_close(db) == SQLITE_OK ? 0 : 1;
}
