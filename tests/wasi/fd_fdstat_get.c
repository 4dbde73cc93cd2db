// fd_fdstat_get: what a descriptor is, with which flags, and what may be done with it.
#include "check.h"

static __wasi_fdstat_t of(__wasi_fd_t fd) {
  __wasi_fdstat_t stat;
  OK(__wasi_fd_fdstat_get(fd, &stat));
  return stat;
}

int main(void) {
  EQUAL(__WASI_FILETYPE_DIRECTORY, of(DATA).fs_filetype);
  EQUAL(0, of(DATA).fs_flags);
  CHECK((of(DATA).fs_rights_base & RIGHT(PATH_OPEN)) != 0);
  EQUAL(0, of(DATA).fs_rights_base & RIGHT(FD_SEEK));
  CHECK((of(DATA).fs_rights_inheriting & RIGHT(FD_READ)) != 0);
  __wasi_fd_t fd;
  OK(__wasi_path_open(DATA, 0, "file", 0, RIGHT(FD_READ) | RIGHT(PATH_OPEN), ALL_RIGHTS,
                      __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_SYNC, &fd));
  EQUAL(__WASI_FILETYPE_REGULAR_FILE, of(fd).fs_filetype);
  EQUAL(__WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_SYNC, of(fd).fs_flags);
  EQUAL(RIGHT(FD_READ), of(fd).fs_rights_base);  // a file has no use for the other one
  EQUAL(0, of(fd).fs_rights_inheriting);
  // By these wasi-libc's isatty() knows a terminal.
  EQUAL(0, of(STDOUT).fs_rights_base & (RIGHT(FD_SEEK) | RIGHT(FD_TELL)));
  EQUAL(__WASI_FILETYPE_SOCKET_STREAM, of(LISTENER).fs_filetype);
  CHECK((of(LISTENER).fs_rights_base & RIGHT(SOCK_ACCEPT)) != 0);
  const __wasi_fd_t connection = accepted();
  EQUAL(__WASI_FILETYPE_SOCKET_STREAM, of(connection).fs_filetype);
  CHECK((of(connection).fs_rights_base & RIGHT(SOCK_SHUTDOWN)) != 0);
  // A directory stays one after its name is gone.
  OK(__wasi_path_create_directory(DATA, "short"));
  const __wasi_fd_t gone = opened("short", __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS);
  OK(__wasi_path_remove_directory(DATA, "short"));
  EQUAL(__WASI_FILETYPE_DIRECTORY, of(gone).fs_filetype);
  __wasi_fdstat_t stat;
  FAILS(BADF, __wasi_fd_fdstat_get(CLOSED_FD, &stat));
  FAILS(FAULT, __wasi_fd_fdstat_get(DATA, NOWHERE));
}
