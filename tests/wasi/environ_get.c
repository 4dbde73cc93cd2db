// environ_get: KEY=VALUE, as the embedder gave them.
#include "check.h"

int main(void) {
  uint8_t* environ[3] = {0, 0, (uint8_t*)0x5a5a};
  uint8_t buffer[64];
  OK(__wasi_environ_get(environ, buffer));
  SAME("EMPTY=", (char*)environ[1]);
  CHECK(strncmp((char*)environ[0], "WORLD=", 6) == 0);
  CHECK(environ[0] == buffer);
  CHECK(environ[2] == (uint8_t*)0x5a5a);
  FAILS(FAULT, __wasi_environ_get(NOWHERE, buffer));
  FAILS(FAULT, __wasi_environ_get(environ, NOWHERE));
}
