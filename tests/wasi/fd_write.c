// fd_write: from several buffers; a file grows, a hole reads as zeros, appending goes to the end.
#include "check.h"

int main(void) {
  const __wasi_rights_t rights = RIGHT(FD_WRITE) | RIGHT(FD_SEEK) | RIGHT(FD_TELL);
  const __wasi_fd_t fd = opened("file", 0, rights);
  const __wasi_ciovec_t two[] = {{(const uint8_t*)"ab", 2}, {(const uint8_t*)"cde", 3}};
  __wasi_size_t n = 0;
  OK(__wasi_fd_write(fd, two, 2, &n));
  EQUAL(5, n);
  SAME("abcde56789", text_of("file"));
  OK(__wasi_fd_write(fd, two, 0, &n));
  EQUAL(0, n);
  __wasi_filesize_t at;
  OK(__wasi_fd_seek(fd, 2, __WASI_WHENCE_END, &at));
  OK(write_text(fd, "!"));
  CHECK(memcmp(text_of("file"), "abcde56789\0\0!", 14) == 0);

  __wasi_fd_t appender;
  OK(__wasi_path_open(DATA, 0, "file", 0, rights, 0, __WASI_FDFLAGS_APPEND, &appender));
  OK(write_text(appender, "z"));
  OK(__wasi_fd_tell(appender, &at));
  EQUAL(14, at);
  OK(__wasi_fd_seek(appender, 0, __WASI_WHENCE_SET, &at));
  OK(write_text(appender, "y"));
  CHECK(memcmp(text_of("file"), "abcde56789\0\0!zy", 16) == 0);

  OK(write_text(STDERR, ""));
  OK(write_text(accepted(), "to the peer"));
  FAILS(NOTCAPABLE, write_text(STDIN, "x"));
  FAILS(NOTCAPABLE, write_text(DATA, "x"));
  FAILS(NOTCAPABLE, write_text(LISTENER, "x"));
  FAILS(NOTCAPABLE, write_text(opened("file", 0, RIGHT(FD_READ)), "x"));
  FAILS(BADF, write_text(CLOSED_FD, "x"));
  FAILS(FAULT, __wasi_fd_write(fd, NOWHERE, 1, &n));
  FAILS(FAULT, __wasi_fd_write(fd, two, 2, NOWHERE));
  const __wasi_ciovec_t bad = {NOWHERE, 100};
  FAILS(FAULT, __wasi_fd_write(fd, &bad, 1, &n));
  CHECK(memcmp(text_of("file"), "abcde56789\0\0!zy", 16) == 0);
}
