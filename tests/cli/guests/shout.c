// A server: for each connection it accepts, sends back in capitals what arrives until the peer hangs
// up. Ends when nothing can be accepted any more, with the number of its connections.
#include <ctype.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTENER = 3 };  // no directory is preopened

int main(int argc, char** argv) {
  (void)argv;
  int served = 0;
  for (int fd; (fd = accept(LISTENER, NULL, NULL)) >= 0;) {
    char text[100];
    for (ssize_t n; (n = recv(fd, text, sizeof text, 0)) > 0;) {
      for (ssize_t i = 0; i < n; ++i) text[i] = (char)toupper(text[i]);
      send(fd, text, (size_t)n, 0);
    }
    close(fd);
    ++served;
    if (argc > 1) break;  // with an argument one connection is enough
  }
  printf("served %d\n", served);
  return served;
}
