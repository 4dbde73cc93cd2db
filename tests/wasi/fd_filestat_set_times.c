// fd_filestat_set_times: each time by itself, to a value or to now.
#include "check.h"

static const __wasi_timestamp_t kThen = 1500000000123456789, kLater = 1600000000000000001;

static __wasi_filestat_t of(__wasi_fd_t fd) {
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(fd, &stat));
  return stat;
}

int main(void) {
  const __wasi_fd_t fd = opened("file", 0, RIGHT(FD_FILESTAT_SET_TIMES) | RIGHT(FD_FILESTAT_GET));
  OK(__wasi_fd_filestat_set_times(fd, kThen, kLater, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  EQUAL(kThen, of(fd).atim);
  EQUAL(kLater, of(fd).mtim);
  OK(__wasi_fd_filestat_set_times(fd, 1, kThen, __WASI_FSTFLAGS_MTIM));
  EQUAL(kThen, of(fd).atim);
  EQUAL(kThen, of(fd).mtim);
  OK(__wasi_fd_filestat_set_times(fd, kLater, 1, __WASI_FSTFLAGS_ATIM));
  EQUAL(kLater, of(fd).atim);
  EQUAL(kThen, of(fd).mtim);
  OK(__wasi_fd_filestat_set_times(fd, 1, 1, 0));
  EQUAL(kLater, of(fd).atim);
  __wasi_timestamp_t now;
  OK(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 0, &now));
  OK(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_MTIM_NOW));
  CHECK(of(fd).mtim >= now);
  EQUAL(kLater, of(fd).atim);
  FAILS(INVAL,
        __wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
  FAILS(INVAL,
        __wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
  FAILS(INVAL, __wasi_fd_filestat_set_times(fd, 0, 0, 16));
  OK(__wasi_fd_filestat_set_times(DATA, kThen, kThen, __WASI_FSTFLAGS_MTIM));
  EQUAL(kThen, of(DATA).mtim);
  FAILS(NOTCAPABLE, __wasi_fd_filestat_set_times(STDOUT, 0, 0, 0));
  FAILS(NOTCAPABLE, __wasi_fd_filestat_set_times(opened("file", 0, RIGHT(FD_READ)), 0, 0, 0));
  FAILS(BADF, __wasi_fd_filestat_set_times(CLOSED_FD, 0, 0, 0));
}
