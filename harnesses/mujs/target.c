// A host for untrusted JavaScript around mujs: the interpreter with all its built-in objects, a few
// functions of the host's own, and a bound on memory. Each input is a script.
//
// What happens once, in LLVMFuzzerInitialize, is there in every run: tine takes its snapshot behind
// it. mujs has no bound on steps; tine's fuel is one, in instructions.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mujs.h"

enum { kMostBytes = 16 << 20 };

static js_State* machine;
static size_t bytes_in_use;

// Blocks begin with their size, so that memory can be counted.
struct block {
  size_t size;
  max_align_t bytes[];
};

static void* allocate(void* user, void* memory, int size) {
  (void)user;
  struct block* old =
      memory ? (struct block*)((char*)memory - offsetof(struct block, bytes)) : NULL;
  size_t old_size = old ? old->size : 0;
  if (size == 0) {
    bytes_in_use -= old_size;
    free(old);
    return NULL;
  }
  if (bytes_in_use - old_size + (size_t)size > kMostBytes) return NULL;
  struct block* block = realloc(old, sizeof(struct block) + (size_t)size);
  if (!block) return NULL;
  bytes_in_use += (size_t)size - old_size;
  block->size = (size_t)size;
  return block->bytes;
}

static void stay_silent(js_State* J, const char* message) {
  (void)J;
  (void)message;
}

// print(…): to nowhere, but everything becomes a string.
static void print(js_State* J) {
  for (int i = 1; i < js_gettop(J); ++i) js_tostring(J, i);
  js_pushundefined(J);
}

static const char kLibrary[] =
    "function assert(x, message) { if (!x) throw new Error(message || 'assertion failed'); }\n"
    "Array.prototype.last = function() { return this[this.length - 1]; };\n"
    "var inventory = [];\n"
    "for (var i = 0; i < 500; ++i)\n"
    "  inventory.push({ id: i, name: 'item ' + i, price: (i * 37) % 101, tags: ['a', 'b' + i % 7] "
    "});\n"
    "var index = {};\n"
    "inventory.forEach(function(item) { index[item.name] = item; });\n"
    "inventory.sort(function(a, b) { return a.price - b.price || a.id - b.id; });\n";

int LLVMFuzzerInitialize(int* argc, char*** argv) {
  (void)argc;
  (void)argv;
  machine = js_newstate(allocate, NULL, JS_STRICT);
  if (!machine) abort();
  js_setreport(machine, stay_silent);
  js_newcfunction(machine, print, "print", 1);
  js_setglobal(machine, "print");
  if (js_dostring(machine, kLibrary)) abort();
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  char* script = malloc(size + 1);
  if (!script) return 0;
  memcpy(script, data, size);
  script[size] = '\0';
  js_dostring(machine, script);
  js_gc(machine, 0);
  free(script);
  return 0;
}
