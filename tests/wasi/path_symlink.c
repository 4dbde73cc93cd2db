// path_symlink: any text but an absolute path; whether it leads anywhere is found out later.
#include "check.h"

int main(void) {
  OK(__wasi_path_symlink("dir/inner", DATA, "short"));
  SAME("inside", text_of("short"));
  OK(__wasi_path_symlink("inner", DATA, "dir/beside"));
  SAME("inside", text_of("dir/beside"));
  OK(__wasi_path_symlink("missing", DATA, "dangling"));
  FAILS(NOENT, try_open("dangling", 0));
  OK(__wasi_path_symlink("../../secret", DATA, "dir/out"));
  FAILS(PERM, try_open("dir/out", 0));
  FAILS(PERM, __wasi_path_symlink("/data/file", DATA, "absolute"));
  FAILS(PERM, __wasi_path_symlink("/", DATA, "absolute"));
  CHECK(!exists("absolute"));
  FAILS(NOENT, __wasi_path_symlink("", DATA, "empty"));
  FAILS(NOENT, __wasi_path_symlink("file", DATA, ""));
  FAILS(EXIST, __wasi_path_symlink("file", DATA, "link"));
  FAILS(EXIST, __wasi_path_symlink("file", DATA, "dir"));
  FAILS(EXIST, __wasi_path_symlink("file", DATA, "dir/"));
  FAILS(EXIST, __wasi_path_symlink("file", DATA, "."));
  FAILS(NOTDIR, __wasi_path_symlink("file", DATA, "file/"));
  FAILS(NOENT, __wasi_path_symlink("file", DATA, "new/"));
  FAILS(NOENT, __wasi_path_symlink("file", DATA, "missing/new"));
  FAILS(PERM, __wasi_path_symlink("file", DATA, "../new"));
  FAILS(ILSEQ, __wasi_path_symlink("\xc0\x80", DATA, "new"));
  FAILS(INVAL, (__wasi_errno_t)raw_path_symlink("a\0b", 3, DATA, "new", 3));
  FAILS(FAULT, (__wasi_errno_t)raw_path_symlink(NOWHERE, 20, DATA, "new", 3));
  FAILS(NOTDIR, __wasi_path_symlink("file", STDIN, "new"));
  FAILS(BADF, __wasi_path_symlink("file", CLOSED_FD, "new"));
  FAILS(NOTCAPABLE, __wasi_path_symlink("file", directory_with(RIGHT(PATH_OPEN), 0), "new"));
}
