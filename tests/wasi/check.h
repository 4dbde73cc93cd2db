// What the conformance guests of this folder share: claims, and a few short cuts.
//
// Each NAME.c tries one function of WASI preview 1, with the raw calls of <wasi/api.h>. The driver
// (tests/vm/wasi_conformance_test.cpp) runs it in a real and in a closed world, each time with
//
//   arguments  NAME "two words" ""        environment  WORLD=real|closed, EMPTY=
//   fd 0       "input\n"                  fd 3  /data   file, dir/inner, link -> file, up -> ../secret
//   fd 4       /other, empty              fd 5  a socket with three connections: they send "hello",
//                                               "0123456789" and nothing, and hang up
//
// A claim that does not hold is told with its line, and ends the guest with 1.
#ifndef TINE_TESTS_WASI_CHECK_H
#define TINE_TESTS_WASI_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

enum { STDIN, STDOUT, STDERR, DATA, OTHER, LISTENER, FIRST_FREE, CLOSED_FD = 77 };

#define ERRNO(name) __WASI_ERRNO_##name
#define RIGHT(name) __WASI_RIGHTS_##name
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW

static inline void check_that(int holds, const char* claim, int line) {
  if (holds) return;
  printf("line %d: %s\n", line, claim);
  exit(1);
}
static inline void check_equal(uint64_t want, uint64_t got, const char* what, int line) {
  if (want == got) return;
  printf("line %d: %s: want %llu, got %llu\n", line, what, (unsigned long long)want,
         (unsigned long long)got);
  exit(1);
}
#define CHECK(condition) check_that((condition), #condition, __LINE__)
#define EQUAL(want, got) check_equal((uint64_t)(want), (uint64_t)(got), #got, __LINE__)
#define OK(call) check_equal(0, (call), #call, __LINE__)
#define FAILS(name, call) check_equal(ERRNO(name), (call), #call, __LINE__)
#define SAME(want, got) check_that(strcmp((want), (got)) == 0, #got " is \"" want "\"", __LINE__)

static inline int is_closed_world(void) { return strcmp(getenv("WORLD"), "closed") == 0; }

/// All that a file can be allowed.
#define ALL_RIGHTS ((__wasi_rights_t)0x3fffffff)

/// All that a directory can be asked for: who wants to write is told that it is one.
#define DIRECTORY_RIGHTS \
  (ALL_RIGHTS & ~(RIGHT(FD_WRITE) | RIGHT(FD_ALLOCATE) | RIGHT(FD_FILESTAT_SET_SIZE)))

/// A descriptor, or the end of the guest.
static inline __wasi_fd_t opened(const char* path, __wasi_oflags_t how, __wasi_rights_t rights) {
  __wasi_fd_t fd = CLOSED_FD;
  __wasi_errno_t e = __wasi_path_open(DATA, FOLLOW, path, how, rights, ALL_RIGHTS, 0, &fd);
  check_equal(0, e, path, __LINE__);
  return fd;
}
/// The errno of opening.
static inline __wasi_errno_t try_open(const char* path, __wasi_oflags_t how) {
  __wasi_fd_t fd;
  const __wasi_errno_t e =
      __wasi_path_open(DATA, FOLLOW, path, how, RIGHT(FD_READ) | RIGHT(FD_SEEK), 0, 0, &fd);
  if (e == 0) OK(__wasi_fd_close(fd));
  return e;
}
static inline __wasi_errno_t write_text(__wasi_fd_t fd, const char* text) {
  const __wasi_ciovec_t all = {(const uint8_t*)text, strlen(text)};
  __wasi_size_t n;
  return __wasi_fd_write(fd, &all, 1, &n);
}
static inline void make_file(const char* path, const char* text) {
  const __wasi_fd_t fd = opened(path, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, RIGHT(FD_WRITE));
  OK(write_text(fd, text));
  OK(__wasi_fd_close(fd));
}
/// What a file holds, at most 99 bytes of it; valid until the next call.
static inline const char* text_of(const char* path) {
  static char text[100];
  memset(text, 0, sizeof text);
  const __wasi_fd_t fd = opened(path, 0, RIGHT(FD_READ));
  const __wasi_iovec_t all = {(uint8_t*)text, sizeof text - 1};
  __wasi_size_t n;
  OK(__wasi_fd_read(fd, &all, 1, &n));
  OK(__wasi_fd_close(fd));
  return text;
}
static inline int exists(const char* path) {
  __wasi_filestat_t stat;
  return __wasi_path_filestat_get(DATA, 0, path, &stat) == 0;
}
/// A descriptor of /data/dir with exactly these rights.
static inline __wasi_fd_t directory_with(__wasi_rights_t base, __wasi_rights_t inheriting) {
  __wasi_fd_t fd = CLOSED_FD;
  OK(__wasi_path_open(DATA, 0, "dir", __WASI_OFLAGS_DIRECTORY, base, inheriting, 0, &fd));
  OK(__wasi_fd_fdstat_set_rights(fd, base, inheriting));
  return fd;
}
static inline __wasi_fd_t accepted(void) {
  __wasi_fd_t fd = CLOSED_FD;
  OK(__wasi_sock_accept(LISTENER, 0, &fd));
  return fd;
}

/// The calls as they are, with lengths: <wasi/api.h> takes paths that end at their NUL.
#define RAW(name) \
  __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int32_t raw_##name
RAW(path_open)(int32_t fd, int32_t lookup, const char* path, int32_t length, int32_t how,
               int64_t rights, int64_t inheriting, int32_t flags, __wasi_fd_t* opened);
RAW(path_create_directory)(int32_t fd, const char* path, int32_t length);
RAW(path_symlink)(const char* target, int32_t target_length, int32_t fd, const char* path,
                  int32_t length);
RAW(proc_raise)(int32_t signal);
RAW(random_get)(uint32_t buffer, uint32_t length);
/// An address outside any memory of a guest here.
#define NOWHERE ((void*)0xfffffff0u)

#endif
