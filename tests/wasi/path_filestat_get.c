// path_filestat_get: of the link, or of what it leads to; with a slash behind it, of a directory.
#include "check.h"

static __wasi_filestat_t stat;
static __wasi_errno_t look(const char* path, __wasi_lookupflags_t how) {
  return __wasi_path_filestat_get(DATA, how, path, &stat);
}

int main(void) {
  OK(look("file", 0));
  EQUAL(__WASI_FILETYPE_REGULAR_FILE, stat.filetype);
  EQUAL(10, stat.size);
  const __wasi_inode_t file = stat.ino;
  OK(look("link", 0));
  EQUAL(__WASI_FILETYPE_SYMBOLIC_LINK, stat.filetype);
  EQUAL(strlen("file"), stat.size);
  OK(look("link", FOLLOW));
  EQUAL(file, stat.ino);
  OK(look("dir", 0));
  EQUAL(__WASI_FILETYPE_DIRECTORY, stat.filetype);
  OK(look("dir/", 0));
  OK(look("dir/.//../dir/inner", 0));
  OK(look(".", 0));
  EQUAL(__WASI_FILETYPE_DIRECTORY, stat.filetype);
  OK(__wasi_path_symlink("dir", DATA, "to_dir"));
  OK(look("to_dir/", 0));
  EQUAL(__WASI_FILETYPE_DIRECTORY, stat.filetype);
  FAILS(NOTDIR, look("file/", 0));
  FAILS(NOTDIR, look("link/", 0));
  FAILS(NOTDIR, look("file/inner", 0));
  FAILS(NOENT, look("missing", 0));
  FAILS(NOENT, look("", 0));
  OK(__wasi_path_symlink("missing", DATA, "dangling"));
  OK(look("dangling", 0));
  FAILS(NOENT, look("dangling", FOLLOW));
  OK(__wasi_path_symlink("loop", DATA, "loop"));
  FAILS(LOOP, look("loop", FOLLOW));
  FAILS(PERM, look("up", FOLLOW));
  FAILS(PERM, look("..", 0));
  FAILS(INVAL, look("file", 2));
  FAILS(FAULT, __wasi_path_filestat_get(DATA, 0, "file", NOWHERE));
  FAILS(NOTDIR, __wasi_path_filestat_get(STDOUT, 0, "file", &stat));
  FAILS(BADF, __wasi_path_filestat_get(CLOSED_FD, 0, "file", &stat));
  FAILS(NOTCAPABLE,
        __wasi_path_filestat_get(directory_with(RIGHT(PATH_OPEN), 0), 0, "inner", &stat));
}
