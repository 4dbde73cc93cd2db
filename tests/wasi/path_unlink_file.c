// path_unlink_file: takes a name away; who has the file open keeps it.
#include "check.h"

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_READ) | RIGHT(FD_WRITE) | RIGHT(FD_SEEK));
  OK(__wasi_path_unlink_file(DATA, "file"));
  CHECK(!exists("file"));
  FAILS(NOENT, __wasi_path_unlink_file(DATA, "file"));
  OK(write_text(fd, "new"));
  char text[11] = "";
  const __wasi_iovec_t all = {(uint8_t*)text, 10};
  __wasi_size_t n;
  OK(__wasi_fd_pread(fd, &all, 1, 0, &n));
  SAME("new3456789", text);
  OK(__wasi_path_unlink_file(DATA, "link"));  // dangling by now: the link goes
  CHECK(!exists("link"));
  FAILS(ISDIR, __wasi_path_unlink_file(DATA, "dir"));
  FAILS(ISDIR, __wasi_path_unlink_file(DATA, "dir/"));
  FAILS(ISDIR, __wasi_path_unlink_file(DATA, "."));
  FAILS(NOTDIR, __wasi_path_unlink_file(DATA, "dir/inner/"));
  OK(__wasi_path_symlink("dir/inner", DATA, "to_inner"));
  FAILS(NOTDIR, __wasi_path_unlink_file(DATA, "to_inner/"));
  OK(__wasi_path_unlink_file(DATA, "to_inner"));
  CHECK(exists("dir/inner"));
  OK(__wasi_path_unlink_file(DATA, "up"));  // it is the link that goes
  FAILS(NOENT, __wasi_path_unlink_file(DATA, ""));
  FAILS(PERM, __wasi_path_unlink_file(DATA, "../secret"));
  FAILS(PERM, __wasi_path_unlink_file(DATA, "/data/dir/inner"));
  FAILS(NOTDIR, __wasi_path_unlink_file(STDIN, "a"));
  FAILS(BADF, __wasi_path_unlink_file(CLOSED_FD, "a"));
  FAILS(NOTCAPABLE, __wasi_path_unlink_file(directory_with(RIGHT(PATH_OPEN), 0), "inner"));
}
