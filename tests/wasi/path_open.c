// path_open: what is there or what is made, as flags and rights say, and never outside.
#include "check.h"

enum {
  CREAT = __WASI_OFLAGS_CREAT,
  DIRECTORY = __WASI_OFLAGS_DIRECTORY,
  EXCL = __WASI_OFLAGS_EXCL,
  TRUNC = __WASI_OFLAGS_TRUNC,
};

static __wasi_fd_t fd;
static __wasi_errno_t open_at(__wasi_fd_t dir, __wasi_lookupflags_t lookup, const char* path,
                              __wasi_oflags_t how, __wasi_rights_t rights, __wasi_fdflags_t flags) {
  const __wasi_errno_t e = __wasi_path_open(dir, lookup, path, how, rights, ALL_RIGHTS, flags, &fd);
  if (e == 0) OK(__wasi_fd_close(fd));
  return e;
}
static __wasi_errno_t how(const char* path, __wasi_oflags_t flags) {
  return open_at(DATA, FOLLOW, path, flags, RIGHT(FD_READ), 0);
}

static void makes_and_cuts(void) {
  OK(how("new", CREAT));
  CHECK(exists("new"));
  OK(how("new", CREAT));
  OK(how("new2", CREAT | EXCL));
  FAILS(EXIST, how("new2", CREAT | EXCL));
  FAILS(EXIST, how("link", CREAT | EXCL));
  FAILS(EXIST, how("dir", CREAT | EXCL));
  OK(how("new2", EXCL));  // means nothing by itself
  make_file("long", "some text");
  OK(how("long", TRUNC));
  SAME("", text_of("long"));
  OK(__wasi_path_symlink("made", DATA, "to_made"));
  OK(how("to_made", CREAT));
  CHECK(exists("made"));
  FAILS(NOENT, how("missing", 0));
  FAILS(NOENT, how("missing/new", CREAT));
  FAILS(NOENT, how("", CREAT));
}

static void knows_directories(void) {
  OK(how("dir", DIRECTORY));
  OK(how("dir/", 0));
  OK(how("dir///.//", DIRECTORY));
  OK(how(".", DIRECTORY));
  FAILS(NOTDIR, how("file", DIRECTORY));
  FAILS(NOTDIR, how("file/", 0));
  FAILS(NOTDIR, how("link/", 0));
  FAILS(NOTDIR, how("file/../file", 0));
  FAILS(ISDIR, how("slash/", CREAT));
  FAILS(INVAL, how("dir", DIRECTORY | CREAT));
  FAILS(ISDIR, how("dir", CREAT));
  FAILS(ISDIR, how("dir", TRUNC));
  FAILS(ISDIR, open_at(DATA, 0, "dir", 0, RIGHT(FD_WRITE), 0));
  FAILS(ISDIR, open_at(DATA, 0, "dir", DIRECTORY, RIGHT(FD_READ) | RIGHT(FD_WRITE), 0));
  CHECK(!exists("slash"));
}

static void follows_links(void) {
  OK(open_at(DATA, FOLLOW, "link", 0, RIGHT(FD_READ), 0));
  FAILS(LOOP, open_at(DATA, 0, "link", 0, RIGHT(FD_READ), 0));
  OK(__wasi_path_symlink("dir", DATA, "to_dir"));
  OK(open_at(DATA, 0, "to_dir/inner", 0, RIGHT(FD_READ), 0));
  OK(open_at(DATA, 0, "to_dir/", 0, RIGHT(FD_READ), 0));
  FAILS(LOOP, open_at(DATA, 0, "to_dir", DIRECTORY, RIGHT(FD_READ), 0));
  OK(__wasi_path_symlink("loop", DATA, "loop"));
  FAILS(LOOP, how("loop", 0));
}

static void stays_inside(void) {
  FAILS(PERM, how("..", 0));
  FAILS(PERM, how("dir/../../secret", 0));
  FAILS(PERM, how("up", 0));
  FAILS(PERM, how("/data/file", 0));
  FAILS(PERM, how("../new", CREAT));
  OK(how("dir/../dir/../file", 0));
}

static void keeps_to_rights(void) {
  __wasi_fd_t dir = directory_with(RIGHT(PATH_OPEN), RIGHT(FD_READ));
  OK(open_at(dir, 0, "inner", 0, RIGHT(FD_READ), 0));
  FAILS(NOTCAPABLE, open_at(dir, 0, "new", CREAT, RIGHT(FD_READ), 0));
  FAILS(NOTCAPABLE, open_at(dir, 0, "inner", TRUNC, RIGHT(FD_READ), 0));
  FAILS(NOTCAPABLE, open_at(dir, 0, "inner", 0, RIGHT(FD_READ), __WASI_FDFLAGS_SYNC));
  FAILS(NOTCAPABLE, open_at(dir, 0, "inner", 0, RIGHT(FD_READ), __WASI_FDFLAGS_DSYNC));
  FAILS(NOTCAPABLE, open_at(dir, 0, "inner", 0, RIGHT(FD_READ), __WASI_FDFLAGS_RSYNC));
  OK(__wasi_path_open(dir, 0, "inner", 0, ALL_RIGHTS, ALL_RIGHTS, 0, &fd));
  FAILS(NOTCAPABLE, write_text(fd, "x"));
  dir = directory_with(RIGHT(FD_READDIR), ALL_RIGHTS & 0);
  FAILS(NOTCAPABLE, open_at(dir, 0, "inner", 0, 0, 0));
}

static void refuses_nonsense(void) {
  FAILS(INVAL, how("file", 16));
  FAILS(INVAL, open_at(DATA, 2, "file", 0, RIGHT(FD_READ), 0));
  FAILS(INVAL, open_at(DATA, 0, "file", 0, RIGHT(FD_READ), 32));
  FAILS(NOTDIR, open_at(STDIN, 0, "file", 0, RIGHT(FD_READ), 0));
  FAILS(NOTDIR, open_at(LISTENER, 0, "file", 0, RIGHT(FD_READ), 0));
  FAILS(NOTDIR, open_at(opened("file", 0, RIGHT(FD_READ)), 0, "file", 0, RIGHT(FD_READ), 0));
  FAILS(BADF, open_at(CLOSED_FD, 0, "file", 0, RIGHT(FD_READ), 0));
  FAILS(ILSEQ, how("\x80", 0));
  FAILS(INVAL, (__wasi_errno_t)raw_path_open(DATA, 0, "file\0", 5, 0, 0, 0, 0, &fd));
  FAILS(FAULT, (__wasi_errno_t)raw_path_open(DATA, 0, NOWHERE, 20, 0, 0, 0, 0, &fd));
  FAILS(NAMETOOLONG, (__wasi_errno_t)raw_path_open(DATA, 0, (char*)1024, 5000, 0, 0, 0, 0, &fd));
  FAILS(FAULT, __wasi_path_open(DATA, 0, "unmade", CREAT, 0, 0, 0, NOWHERE));
  CHECK(!exists("unmade"));
}

/// Numbers are given out lowest first, until there are no more.
static void runs_out(void) {
  __wasi_errno_t e = 0;
  __wasi_fd_t last = 0;
  while (e == 0) {
    e = __wasi_path_open(DATA, 0, "dir", 0, 0, 0, 0, &fd);
    if (e == 0) CHECK(fd > last);
    last = fd;
  }
  EQUAL(ERRNO(MFILE), e);
  OK(__wasi_fd_close(20));
  OK(__wasi_path_open(DATA, 0, "dir", 0, 0, 0, 0, &fd));
  EQUAL(20, fd);
}

int main(void) {
  makes_and_cuts();
  knows_directories();
  follows_links();
  stays_inside();
  keeps_to_rights();
  refuses_nonsense();
  runs_out();
}
