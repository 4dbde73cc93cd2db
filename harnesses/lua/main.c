// A Lua interpreter as small services embed one:
//
//   lua.wasm                       reads a script from standard input and runs it, within bounds
//   lua.wasm SCRIPT [ARGUMENT…]    runs a file, as the `lua` command does, without any
//
// Scripts from standard input are strangers': they are text, never bytecode (which Lua does not
// check), may execute kMostSteps instructions of Lua's machine and hold kMostBytes of memory. The
// state with all its libraries is there before the first read, where a snapshot saves it.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

enum {
  kMostSteps = 200000,
  kStepsBetweenLooks = 1000,
  kMostBytes = 32 << 20,
  kMostScriptBytes = 1 << 20
};

static size_t bytes_in_use;
static size_t bytes_allowed = SIZE_MAX;
static int steps_left = kMostSteps;

static void* allocate(void* user, void* block, size_t old_size, size_t new_size) {
  (void)user;
  if (!block) old_size = 0;  // Lua then says what kind of object it is for
  if (new_size == 0) {
    bytes_in_use -= old_size;
    free(block);
    return NULL;
  }
  if (bytes_in_use - old_size + new_size > bytes_allowed) return NULL;
  void* moved = realloc(block, new_size);
  if (moved) bytes_in_use += new_size - old_size;
  return moved;
}

static void count_steps(lua_State* L, lua_Debug* where) {
  (void)where;
  steps_left -= kStepsBetweenLooks;
  if (steps_left <= 0) luaL_error(L, "too many steps");
}

// Errors become text with the place where they happened.
static int explain(lua_State* L) {
  const char* message = luaL_tolstring(L, 1, NULL);
  luaL_traceback(L, L, message, 1);
  return 1;
}

// Runs the chunk on top of the stack.
static int call(lua_State* L) {
  lua_pushcfunction(L, explain);
  lua_insert(L, -2);
  return lua_pcall(L, 0, 0, lua_gettop(L) - 1);
}

static int run_file(lua_State* L, int argc, char** argv) {
  lua_createtable(L, argc - 2, 2);
  for (int i = 0; i < argc; ++i) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - 1);
  }
  lua_setglobal(L, "arg");
  int status = luaL_loadfile(L, argv[1]);
  return status == LUA_OK ? call(L) : status;
}

static int run_input(lua_State* L) {
  char* script = malloc(kMostScriptBytes);
  size_t size = fread(script, 1, kMostScriptBytes, stdin);
  int status = luaL_loadbufferx(L, script, size, "=stdin", "t");
  free(script);
  if (status != LUA_OK) return status;
  bytes_allowed = kMostBytes;
  lua_sethook(L, count_steps, LUA_MASKCOUNT, kStepsBetweenLooks);
  return call(L);
}

int main(int argc, char** argv) {
  lua_State* L = lua_newstate(allocate, NULL);
  if (!L) return 2;
  luaL_openlibs(L);
  int status = argc > 1 ? run_file(L, argc, argv) : run_input(L);
  if (status != LUA_OK) fprintf(stderr, "lua: %s\n", lua_tostring(L, -1));
  fflush(stdout);
  lua_close(L);
  return status == LUA_OK ? 0 : 1;
}
