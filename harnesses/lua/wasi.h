// What Lua's libraries want from C and WASI preview 1 does not have; included before every file of
// Lua. Each of them fails as it does on a system where it is not possible.
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

// os.tmpname fails: there is no temporary folder.
#define LUA_TMPNAMBUFSIZE 1
#define lua_tmpnam(buffer, failed) ((buffer)[0] = '\0', (failed) = 1)

// io.tmpfile fails.
#define tmpfile() (errno = ENOTSUP, (FILE*)0)

// os.execute knows no shell.
#define system(command) ((command) ? (errno = ENOTSUP, -1) : 0)
