// path_readlink: the text of a link, cut off where the buffer ends, without a NUL.
#include "check.h"

int main(void) {
  char text[8] = "_______";
  __wasi_size_t n = 99;
  OK(__wasi_path_readlink(DATA, "link", (uint8_t*)text, 7, &n));
  EQUAL(4, n);
  SAME("file___", text);
  OK(__wasi_path_readlink(DATA, "up", (uint8_t*)text, 3, &n));
  EQUAL(3, n);
  SAME("../e___", text);
  OK(__wasi_path_readlink(DATA, "link", (uint8_t*)text, 0, &n));
  EQUAL(0, n);
  FAILS(INVAL, __wasi_path_readlink(DATA, "file", (uint8_t*)text, 7, &n));
  FAILS(INVAL, __wasi_path_readlink(DATA, "dir", (uint8_t*)text, 7, &n));
  FAILS(INVAL, __wasi_path_readlink(DATA, ".", (uint8_t*)text, 7, &n));
  FAILS(NOENT, __wasi_path_readlink(DATA, "missing", (uint8_t*)text, 7, &n));
  FAILS(NOENT, __wasi_path_readlink(DATA, "", (uint8_t*)text, 7, &n));
  FAILS(NOTDIR, __wasi_path_readlink(DATA, "file/link", (uint8_t*)text, 7, &n));
  FAILS(PERM, __wasi_path_readlink(DATA, "../link", (uint8_t*)text, 7, &n));
  FAILS(FAULT, __wasi_path_readlink(DATA, "link", NOWHERE, 20, &n));
  FAILS(FAULT, __wasi_path_readlink(DATA, "link", (uint8_t*)text, 7, NOWHERE));
  FAILS(NOTDIR, __wasi_path_readlink(STDIN, "link", (uint8_t*)text, 7, &n));
  FAILS(BADF, __wasi_path_readlink(CLOSED_FD, "link", (uint8_t*)text, 7, &n));
  FAILS(NOTCAPABLE,
        __wasi_path_readlink(directory_with(RIGHT(PATH_OPEN), 0), "link", (uint8_t*)text, 7, &n));
}
