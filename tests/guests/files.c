// Everything a C program does with files, told line by line on standard output.
// Expects a directory "/data" with a file "base" ("from the host\n") in it.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void tell(const char* what, int result) {
  printf("%s: %s\n", what, result == 0 ? "ok" : strerror(errno));
}

static void list(const char* path) {
  struct dirent** entries = NULL;
  const int n = scandir(path, &entries, NULL, alphasort);
  printf("%s:", path);
  for (int i = 0; i < n; ++i) {
    printf(" %s%s", entries[i]->d_name, entries[i]->d_type == DT_DIR ? "/" : "");
    free(entries[i]);
  }
  free(entries);
  printf("\n");
}

static void show(const char* path) {
  char line[100];
  FILE* file = fopen(path, "r");
  if (file == NULL) {
    printf("%s: %s\n", path, strerror(errno));
    return;
  }
  printf("%s:", path);
  while (fgets(line, sizeof line, file) != NULL) printf(" %.*s", (int)strcspn(line, "\n"), line);
  printf("\n");
  fclose(file);
}

int main(void) {
  show("/data/base");
  tell("mkdir", mkdir("/data/dir", 0777));
  tell("mkdir again", mkdir("/data/dir", 0777));

  FILE* file = fopen("/data/dir/new", "w+");
  if (file == NULL) return 1;
  fprintf(file, "first line\nsecond line\n");
  fseek(file, 6, SEEK_SET);
  fputs("LINE", file);
  fclose(file);
  show("/data/dir/new");

  file = fopen("/data/base", "a");
  if (file == NULL) return 1;
  fputs("appended\n", file);
  fclose(file);
  show("/data/base");

  struct stat status;
  tell("stat", stat("/data/base", &status));
  printf("size: %lld, regular: %d\n", (long long)status.st_size, S_ISREG(status.st_mode));
  tell("symlink", symlink("dir/new", "/data/link"));
  show("/data/link");
  tell("rename", rename("/data/dir/new", "/data/dir/moved"));
  show("/data/link");
  list("/data");
  list("/data/dir");
  tell("rmdir full", rmdir("/data/dir"));
  tell("unlink", unlink("/data/dir/moved"));
  tell("rmdir", rmdir("/data/dir"));
  list("/data");

  const int fd = open("/data/base", O_RDWR);
  tell("truncate", ftruncate(fd, 4));
  char buffer[10];
  printf("pread: %d\n", (int)pread(fd, buffer, sizeof buffer, 1));
  tell("unlink open", unlink("/data/base"));
  printf("read: %d\n", (int)read(fd, buffer, sizeof buffer));
  tell("close", close(fd));
  show("/data/base");
  return 0;
}
