// Lua with a script inside, for engines that know no files and no tine.setjmp: one program, the same
// for all of them. The script raises no error and yields in no coroutine, so setjmp returns once.
#include <stdio.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static const char script[] = {
#embed "script.lua"
};

int main(void) {
  lua_State* L = luaL_newstate();
  if (!L) return 2;
  luaL_openlibs(L);
  if (luaL_loadbuffer(L, script, sizeof(script), "=script") || lua_pcall(L, 0, 0, 0)) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return 1;
  }
  lua_close(L);
  return 0;
}
