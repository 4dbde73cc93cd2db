// path_rename: moves files and directories, within and between preopened directories.
#include "check.h"

static __wasi_errno_t move_to(const char* from, const char* to) {
  return __wasi_path_rename(DATA, from, DATA, to);
}

int main(void) {
  OK(move_to("file", "dir/moved"));
  CHECK(!exists("file"));
  SAME("0123456789", text_of("dir/moved"));
  OK(move_to("dir/moved", "dir/inner"));  // replaces
  SAME("0123456789", text_of("dir/inner"));
  OK(move_to("dir/inner", "dir/inner"));
  OK(move_to("link", "link2"));  // the link itself, not what it leads to
  CHECK(!exists("link"));

  OK(__wasi_path_create_directory(DATA, "empty"));
  OK(move_to("dir/", "empty"));
  SAME("0123456789", text_of("empty/inner"));
  OK(move_to("empty", "dir/"));
  SAME("0123456789", text_of("dir/inner"));
  OK(__wasi_path_create_directory(DATA, "full"));
  make_file("full/file", "");
  FAILS(NOTEMPTY, move_to("dir", "full"));
  FAILS(NOTDIR, move_to("dir", "full/file"));
  FAILS(ISDIR, move_to("full/file", "dir"));
  FAILS(INVAL, move_to("dir", "dir/below"));
  FAILS(NOTDIR, move_to("full/file/", "new"));
  FAILS(NOTDIR, move_to("full/file", "new/"));
  OK(__wasi_path_symlink("dir", DATA, "to_dir"));
  FAILS(NOTDIR, move_to("to_dir/", "new"));
  FAILS(INVAL, move_to(".", "new"));
  FAILS(INVAL, move_to("dir/.", "new"));
  FAILS(INVAL, move_to("dir", "."));
  FAILS(NOENT, move_to("missing", "new"));
  FAILS(NOENT, move_to("full/file", "missing/new"));
  FAILS(NOENT, move_to("", "new"));
  FAILS(NOENT, move_to("dir", ""));
  FAILS(PERM, move_to("../secret", "new"));
  FAILS(PERM, move_to("dir", "../new"));
  FAILS(PERM, move_to("dir", "/new"));

  OK(__wasi_path_rename(DATA, "dir", OTHER, "dir"));
  CHECK(!exists("dir"));
  __wasi_filestat_t stat;
  OK(__wasi_path_filestat_get(OTHER, 0, "dir/inner", &stat));
  EQUAL(10, stat.size);
  FAILS(PERM, __wasi_path_rename(OTHER, "dir/../../data/full/file", DATA, "new"));
  FAILS(PERM, __wasi_path_rename(OTHER, "dir/inner", DATA, "../other/new"));
  OK(__wasi_path_rename(OTHER, "dir/inner", DATA, "back"));
  SAME("0123456789", text_of("back"));

  FAILS(NOTDIR, __wasi_path_rename(STDIN, "a", DATA, "b"));
  FAILS(NOTDIR, __wasi_path_rename(DATA, "back", LISTENER, "b"));
  FAILS(BADF, __wasi_path_rename(CLOSED_FD, "a", DATA, "b"));
  FAILS(BADF, __wasi_path_rename(DATA, "back", CLOSED_FD, "b"));
  OK(__wasi_path_create_directory(DATA, "dir"));
  const __wasi_fd_t source = directory_with(RIGHT(PATH_RENAME_SOURCE), 0);
  const __wasi_fd_t target = directory_with(RIGHT(PATH_RENAME_TARGET), 0);
  FAILS(NOTCAPABLE, __wasi_path_rename(DATA, "back", source, "b"));
  FAILS(NOTCAPABLE, __wasi_path_rename(target, "a", DATA, "b"));
  OK(__wasi_path_rename(DATA, "back", target, "b"));
  SAME("0123456789", text_of("dir/b"));
}
