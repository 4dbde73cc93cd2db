// Writes a file, takes its name away, waits for a line of input, and reads the file through the
// descriptor that it still has.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  const int file = open("/data/scratch", O_RDWR | O_CREAT | O_TRUNC, 0666);
  if (file < 0 || write(file, "kept", 4) != 4 || unlink("/data/scratch") != 0) return 1;

  char line[100] = "";
  if (fgets(line, sizeof line, stdin) == NULL) return 2;

  char buffer[100] = "";
  if (lseek(file, 0, SEEK_SET) < 0 || read(file, buffer, sizeof buffer - 1) < 0)
    strcpy(buffer, errno == EBADF ? "closed" : strerror(errno));
  printf("scratch: %s\n", buffer);
  return 0;
}
