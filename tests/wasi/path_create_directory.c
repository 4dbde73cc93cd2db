// path_create_directory: a new one, once, where its parent is.
#include "check.h"

int main(void) {
  OK(__wasi_path_create_directory(DATA, "new"));
  __wasi_filestat_t stat;
  OK(__wasi_path_filestat_get(DATA, 0, "new", &stat));
  EQUAL(__WASI_FILETYPE_DIRECTORY, stat.filetype);
  OK(__wasi_path_create_directory(DATA, "new/slash/"));
  make_file("new/slash/file", "text");
  FAILS(EXIST, __wasi_path_create_directory(DATA, "new"));
  FAILS(EXIST, __wasi_path_create_directory(DATA, "file"));
  FAILS(EXIST, __wasi_path_create_directory(DATA, "link"));
  FAILS(EXIST, __wasi_path_create_directory(DATA, "."));
  FAILS(EXIST, __wasi_path_create_directory(DATA, "new/."));
  FAILS(NOENT, __wasi_path_create_directory(DATA, ""));
  FAILS(NOENT, __wasi_path_create_directory(DATA, "missing/new"));
  FAILS(NOTDIR, __wasi_path_create_directory(DATA, "file/new"));
  FAILS(PERM, __wasi_path_create_directory(DATA, "../new"));
  FAILS(PERM, __wasi_path_create_directory(DATA, "/new"));
  FAILS(ILSEQ, __wasi_path_create_directory(DATA, "\xff\xfe"));
  FAILS(INVAL, (__wasi_errno_t)raw_path_create_directory(DATA, "a\0b", 3));
  FAILS(FAULT, (__wasi_errno_t)raw_path_create_directory(DATA, NOWHERE, 100));
  FAILS(NOTDIR, __wasi_path_create_directory(STDIN, "new"));
  FAILS(NOTDIR, __wasi_path_create_directory(LISTENER, "new"));
  FAILS(BADF, __wasi_path_create_directory(CLOSED_FD, "new"));
  FAILS(NOTCAPABLE, __wasi_path_create_directory(directory_with(RIGHT(PATH_OPEN), 0), "new"));
  // What names cannot be, paths can be: 255 bytes a name.
  char name[257];
  memset(name, 'n', sizeof name);
  name[255] = 0;
  OK(__wasi_path_create_directory(DATA, name));
  name[255] = 'n';
  name[256] = 0;
  FAILS(NAMETOOLONG, __wasi_path_create_directory(DATA, name));
}
