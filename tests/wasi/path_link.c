// path_link: two names of one file, until both are gone.
#include "check.h"

static __wasi_filestat_t of(const char* path) {
  __wasi_filestat_t stat;
  OK(__wasi_path_filestat_get(DATA, 0, path, &stat));
  return stat;
}

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_WRITE));
  OK(__wasi_path_link(DATA, 0, "file", DATA, "twin"));
  EQUAL(of("file").ino, of("twin").ino);
  EQUAL(of("file").dev, of("twin").dev);
  EQUAL(2, of("twin").nlink);
  OK(write_text(fd, "abc"));
  SAME("abc3456789", text_of("twin"));
  OK(__wasi_path_link(DATA, 0, "twin", DATA, "dir/third"));
  EQUAL(3, of("file").nlink);
  OK(__wasi_path_unlink_file(DATA, "file"));
  SAME("abc3456789", text_of("dir/third"));
  EQUAL(2, of("twin").nlink);
  OK(__wasi_path_rename(DATA, "twin", DATA, "dir/third"));  // one file already: nothing happens
  CHECK(exists("twin"));
  OK(__wasi_path_rename(DATA, "twin", DATA, "renamed"));
  make_file("dir/third", "both");
  SAME("both", text_of("renamed"));
  OK(__wasi_path_unlink_file(DATA, "renamed"));
  OK(__wasi_path_unlink_file(DATA, "dir/third"));
  OK(write_text(fd, "still open"));
  OK(__wasi_fd_close(fd));
  // A link is linked as itself.
  OK(__wasi_path_symlink("missing", DATA, "dangling"));
  OK(__wasi_path_link(DATA, 0, "dangling", DATA, "dangling2"));
  EQUAL(__WASI_FILETYPE_SYMBOLIC_LINK, of("dangling2").filetype);

  FAILS(INVAL, __wasi_path_link(DATA, FOLLOW, "link", DATA, "other"));
  FAILS(EXIST, __wasi_path_link(DATA, 0, "up", DATA, "dir"));
  FAILS(EXIST, __wasi_path_link(DATA, 0, "dir/inner", DATA, "dir/inner"));
  FAILS(EXIST, __wasi_path_link(DATA, 0, "dir/inner", DATA, "link"));
  FAILS(PERM, __wasi_path_link(DATA, 0, "dir", DATA, "dir2"));
  FAILS(NOENT, __wasi_path_link(DATA, 0, "missing", DATA, "other"));
  FAILS(NOENT, __wasi_path_link(DATA, 0, "dir/inner", DATA, "other/"));
  FAILS(NOENT, __wasi_path_link(DATA, 0, "dir/inner", DATA, "missing/other"));
  FAILS(NOTDIR, __wasi_path_link(DATA, 0, "dir/inner/", DATA, "other"));
  FAILS(PERM, __wasi_path_link(DATA, 0, "../secret", DATA, "other"));
  FAILS(PERM, __wasi_path_link(DATA, 0, "dir/inner", DATA, "../other"));
  FAILS(PERM, __wasi_path_link(DATA, 0, "dir/inner", OTHER, "../other"));
  FAILS(NOTDIR, __wasi_path_link(STDIN, 0, "dir/inner", DATA, "other"));
  FAILS(NOTDIR, __wasi_path_link(DATA, 0, "dir/inner", STDIN, "other"));
  FAILS(BADF, __wasi_path_link(CLOSED_FD, 0, "dir/inner", DATA, "other"));
  FAILS(BADF, __wasi_path_link(DATA, 0, "dir/inner", CLOSED_FD, "other"));
  FAILS(NOTCAPABLE,
        __wasi_path_link(directory_with(RIGHT(PATH_LINK_TARGET), 0), 0, "inner", DATA, "other"));
  FAILS(NOTCAPABLE, __wasi_path_link(DATA, 0, "dir/inner",
                                     directory_with(RIGHT(PATH_LINK_SOURCE), 0), "other"));
}
