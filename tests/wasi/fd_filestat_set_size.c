// fd_filestat_set_size: cuts a file off, or fills it up with zeros; the offset stays.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened(
      "file", 0,
      RIGHT(FD_FILESTAT_SET_SIZE) | RIGHT(FD_FILESTAT_GET) | RIGHT(FD_WRITE) | RIGHT(FD_TELL));
  OK(write_text(fd, "abcde"));
  OK(__wasi_fd_filestat_set_size(fd, 3));
  SAME("abc", text_of("file"));
  __wasi_filesize_t at;
  OK(__wasi_fd_tell(fd, &at));
  EQUAL(5, at);
  OK(__wasi_fd_filestat_set_size(fd, 8));
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(fd, &stat));
  EQUAL(8, stat.size);
  CHECK(memcmp(text_of("file"), "abc\0\0\0\0\0", 9) == 0);
  FAILS(FBIG, __wasi_fd_filestat_set_size(fd, UINT64_MAX));
  FAILS(INVAL, __wasi_fd_filestat_set_size(STDOUT, 0));
  FAILS(BADF, __wasi_fd_filestat_set_size(DATA, 0));
  FAILS(BADF, __wasi_fd_filestat_set_size(CLOSED_FD, 0));
  FAILS(NOTCAPABLE, __wasi_fd_filestat_set_size(opened("file", 0, RIGHT(FD_WRITE)), 0));
}
