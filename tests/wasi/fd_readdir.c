// fd_readdir: entries packed into a buffer, the last one cut off; every cookie is a place to go on.
#include "check.h"

enum { HEAD = sizeof(__wasi_dirent_t) };
static uint8_t buffer[1000];

static __wasi_size_t read_at(__wasi_fd_t fd, __wasi_size_t size, __wasi_dircookie_t cookie) {
  __wasi_size_t used = 0;
  OK(__wasi_fd_readdir(fd, buffer, size, cookie, &used));
  return used;
}
static __wasi_dirent_t entry_at(__wasi_size_t at) {
  __wasi_dirent_t entry;
  memcpy(&entry, buffer + at, HEAD);
  return entry;
}

int main(void) {
  const __wasi_fd_t dir = opened("dir", __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS);
  const __wasi_size_t all = read_at(dir, sizeof buffer, 0);
  EQUAL(3 * HEAD + strlen("."
                          ".."
                          "inner"),
        all);
  const __wasi_dirent_t dot = entry_at(0);
  EQUAL(1, dot.d_namlen);
  EQUAL('.', buffer[HEAD]);
  EQUAL(__WASI_FILETYPE_DIRECTORY, dot.d_type);
  __wasi_filestat_t stat;
  OK(__wasi_fd_filestat_get(dir, &stat));
  EQUAL(stat.ino, dot.d_ino);
  const __wasi_dirent_t up = entry_at(HEAD + 1);
  CHECK(memcmp(buffer + 2 * HEAD + 1, "..", 2) == 0);
  EQUAL(__WASI_FILETYPE_DIRECTORY, up.d_type);
  const __wasi_dirent_t inner = entry_at(2 * HEAD + 3);
  CHECK(memcmp(buffer + 3 * HEAD + 3, "inner", 5) == 0);
  EQUAL(__WASI_FILETYPE_REGULAR_FILE, inner.d_type);
  OK(__wasi_path_filestat_get(DATA, 0, "dir/inner", &stat));
  EQUAL(stat.ino, inner.d_ino);

  // On from each cookie, and from the last one nothing.
  EQUAL(2 * HEAD + strlen(".."
                          "inner"),
        read_at(dir, sizeof buffer, dot.d_next));
  EQUAL(HEAD + strlen("inner"), read_at(dir, sizeof buffer, up.d_next));
  CHECK(memcmp(buffer + HEAD, "inner", 5) == 0);
  EQUAL(0, read_at(dir, sizeof buffer, inner.d_next));
  EQUAL(0, read_at(dir, sizeof buffer, 1000));
  EQUAL(0, read_at(dir, sizeof buffer, UINT64_MAX));
  // A full buffer says that there is more, be it in the middle of an entry.
  EQUAL(10, read_at(dir, 10, 0));
  EQUAL(HEAD + 3, read_at(dir, HEAD + 3, up.d_next));
  CHECK(memcmp(buffer + HEAD, "inn", 3) == 0);
  EQUAL(0, read_at(dir, 0, 0));
  // From the start again, new files are there.
  make_file("dir/also", "");
  EQUAL(4 * HEAD + strlen("."
                          ".."
                          "also"
                          "inner"),
        read_at(dir, sizeof buffer, 0));
  // Links are told as what they are.
  OK(__wasi_path_symlink("inner", DATA, "dir/zlink"));
  const __wasi_size_t with_link = read_at(dir, sizeof buffer, 0);
  EQUAL(__WASI_FILETYPE_SYMBOLIC_LINK, entry_at(with_link - HEAD - 5).d_type);

  __wasi_size_t used;
  FAILS(NOTDIR, __wasi_fd_readdir(STDIN, buffer, 10, 0, &used));
  FAILS(NOTDIR, __wasi_fd_readdir(LISTENER, buffer, 10, 0, &used));
  FAILS(NOTDIR, __wasi_fd_readdir(opened("file", 0, RIGHT(FD_READ)), buffer, 10, 0, &used));
  FAILS(NOTCAPABLE, __wasi_fd_readdir(directory_with(0, 0), buffer, 10, 0, &used));
  FAILS(BADF, __wasi_fd_readdir(CLOSED_FD, buffer, 10, 0, &used));
  FAILS(FAULT, __wasi_fd_readdir(dir, NOWHERE, 100, 0, &used));
  FAILS(FAULT, __wasi_fd_readdir(dir, buffer, 10, 0, NOWHERE));
}
