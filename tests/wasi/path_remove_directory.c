// path_remove_directory: an empty directory by its name, and nothing else.
#include "check.h"

int main(void) {
  FAILS(NOTEMPTY, __wasi_path_remove_directory(DATA, "dir"));
  OK(__wasi_path_create_directory(DATA, "a"));
  OK(__wasi_path_remove_directory(DATA, "a"));
  CHECK(!exists("a"));
  OK(__wasi_path_create_directory(DATA, "a"));
  OK(__wasi_path_remove_directory(DATA, "a/"));
  OK(__wasi_path_unlink_file(DATA, "dir/inner"));
  FAILS(INVAL, __wasi_path_remove_directory(DATA, "dir/."));
  OK(__wasi_path_symlink("dir", DATA, "to_dir"));
  FAILS(NOTDIR, __wasi_path_remove_directory(DATA, "to_dir"));
  FAILS(NOTDIR, __wasi_path_remove_directory(DATA, "to_dir/"));
  CHECK(exists("dir"));
  OK(__wasi_path_remove_directory(DATA, "dir"));
  FAILS(NOENT, __wasi_path_remove_directory(DATA, "dir"));
  FAILS(NOTDIR, __wasi_path_remove_directory(DATA, "file"));
  FAILS(NOTDIR, __wasi_path_remove_directory(DATA, "file/"));
  FAILS(INVAL, __wasi_path_remove_directory(DATA, "."));
  FAILS(PERM, __wasi_path_remove_directory(DATA, "../other"));
  FAILS(NOENT, __wasi_path_remove_directory(DATA, ""));
  FAILS(NOTDIR, __wasi_path_remove_directory(STDIN, "a"));
  FAILS(BADF, __wasi_path_remove_directory(CLOSED_FD, "a"));
  OK(__wasi_path_create_directory(DATA, "dir"));
  FAILS(NOTCAPABLE, __wasi_path_remove_directory(directory_with(RIGHT(PATH_OPEN), 0), "a"));
}
