// Tries to get out of its directory by every road it is told of: each argument is a path, opened
// for reading and for writing. Prints what was read, or why not; exits with how many roads led out.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  int escapes = 0;
  for (int i = 1; i < argc; ++i) {
    char text[64] = "";
    const int fd = open(argv[i], O_RDONLY);
    if (fd >= 0) read(fd, text, sizeof text - 1);
    printf("%s: %s\n", argv[i], fd >= 0 ? text : strerror(errno));
    const int written = open(argv[i], O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (written >= 0) write(written, "broken out", 10);
    escapes += fd >= 0 || written >= 0;
    close(fd);
    close(written);
  }
  return escapes;
}
