// Holds files and a directory open, half read and half written, while it reads standard input:
// the place at which tests capture it. Expects "/data/text" to begin with "first half, ".
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char buffer[100] = "";
  const int text = open("/data/text", O_RDONLY);
  if (text < 0 || read(text, buffer, 12) != 12) return 1;
  const int log = open("/data/log", O_RDWR | O_CREAT | O_APPEND, 0666);
  if (log < 0 || write(log, "before;", 7) != 7) return 2;
  DIR* directory = opendir("/data");
  if (directory == NULL || readdir(directory) == NULL) return 3;

  char line[100] = "";
  if (fgets(line, sizeof line, stdin) == NULL) return 4;
  line[strcspn(line, "\n")] = '\0';

  const ssize_t n = read(text, buffer, sizeof buffer - 1);
  if (n < 0) return 5;
  buffer[n] = '\0';
  printf("%s: %s\n", line, buffer);
  if (write(log, line, strlen(line)) < 0) return 6;
  lseek(log, 0, SEEK_SET);
  const ssize_t logged = read(log, buffer, sizeof buffer - 1);
  buffer[logged < 0 ? 0 : logged] = '\0';
  printf("log: %s\nentries:", buffer);
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) printf(" %s", entry->d_name);
  printf("\n");
  return 0;
}
