// path_filestat_set_times: of a file, a directory, a link itself, or what the link leads to.
#include "check.h"

static const __wasi_timestamp_t kThen = 1500000000123456789, kLater = 1600000000000000001;

static __wasi_filestat_t of(const char* path) {
  __wasi_filestat_t stat;
  OK(__wasi_path_filestat_get(DATA, 0, path, &stat));
  return stat;
}
static __wasi_errno_t set(const char* path, __wasi_lookupflags_t how, __wasi_fstflags_t which) {
  return __wasi_path_filestat_set_times(DATA, how, path, kThen, kLater, which);
}

int main(void) {
  OK(set("file", 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  EQUAL(kThen, of("file").atim);
  EQUAL(kLater, of("file").mtim);
  OK(set("dir", 0, __WASI_FSTFLAGS_MTIM));
  EQUAL(kLater, of("dir").mtim);
  OK(set("link", 0, __WASI_FSTFLAGS_MTIM));
  EQUAL(kLater, of("link").mtim);
  make_file("target", "");
  OK(__wasi_path_symlink("target", DATA, "to_target"));
  const __wasi_timestamp_t before = of("to_target").mtim;
  OK(set("to_target", FOLLOW, __WASI_FSTFLAGS_MTIM));
  EQUAL(kLater, of("target").mtim);
  EQUAL(before, of("to_target").mtim);
  __wasi_timestamp_t now;
  OK(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 0, &now));
  OK(set("file", 0, __WASI_FSTFLAGS_ATIM_NOW));
  CHECK(of("file").atim >= now);
  EQUAL(kLater, of("file").mtim);
  FAILS(INVAL, set("file", 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
  FAILS(INVAL, set("file", 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
  FAILS(INVAL, set("file", 0, 16));
  FAILS(INVAL, set("file", 2, 0));
  FAILS(NOTDIR, set("file/", 0, __WASI_FSTFLAGS_MTIM));
  FAILS(NOENT, set("missing", 0, __WASI_FSTFLAGS_MTIM));
  FAILS(PERM, set("../secret", 0, __WASI_FSTFLAGS_MTIM));
  FAILS(PERM, set("up", FOLLOW, __WASI_FSTFLAGS_MTIM));
  FAILS(NOTDIR, __wasi_path_filestat_set_times(STDIN, 0, "file", 0, 0, 0));
  FAILS(BADF, __wasi_path_filestat_set_times(CLOSED_FD, 0, "file", 0, 0, 0));
  FAILS(NOTCAPABLE,
        __wasi_path_filestat_set_times(directory_with(RIGHT(PATH_OPEN), 0), 0, "inner", 0, 0, 0));
}
