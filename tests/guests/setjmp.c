// What C promises of setjmp and longjmp, over harnesses/include/setjmp.h. Built at every level of
// optimisation, since it is the compiler that could break it: clang keeps variables apart in a
// function that calls setjmp. Exit code 0, or the line of the first check that failed.
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(claim) \
  if (!(claim)) exit(__LINE__)
#define NOINLINE __attribute__((noinline))

static jmp_buf outer;
static int calls;

NOINLINE static void leave(int depth, int value) {
  char room[64];
  memset(room, depth, sizeof(room));
  if (depth > 0) leave(depth - 1, value);
  if (room[5] == (char)depth && depth == 0) longjmp(outer, value);
  exit(__LINE__);
}

NOINLINE static int opaque(int x) {
  __asm__ volatile("" : "+r"(x));
  return x;
}

// Variables that nobody changes after setjmp, of every type, and volatile ones that change.
NOINLINE static void keeps_variables(int a) {
  int b = opaque(a) * 3;
  long long c = (long long)opaque(b) << 33;
  double d = opaque(a) * 0.5;
  float f = (float)opaque(b) * 0.25f;
  const char* text = opaque(a) ? "text" : "none";
  volatile int changed = 1;
  if (setjmp(outer) == 0) {
    changed = 2;
    // Temporaries that could take the place of the variables above.
    for (int i = b; i < b + 50; ++i) calls += opaque(i);
    for (double e = d; e < d + 3; e += 0.5) calls += opaque((int)e);
    leave(3, 7);
  }
  CHECK(b == a * 3 && c == (long long)b << 33 && d == a * 0.5 && f == b * 0.25f);
  CHECK(!strcmp(text, "text") && changed == 2);
}

// A copy of a variable that goes on in a loop of its own.
NOINLINE static int keeps_what_a_loop_starts_from(int x) {
  int start = opaque(x);
  if (setjmp(outer) == 0) {
    int i = start;
    for (;; i += 3)
      if (opaque(i) > start + 30) leave(0, 1);
  }
  return start;
}

// The value arrives; 0 becomes 1.
NOINLINE static void passes_values(void) {
  volatile int round = 0;
  static const int kValues[] = {5, -1, 0, 1, 0x7fffffff};
  static const int kReturned[] = {5, -1, 1, 1, 0x7fffffff};
  int got = setjmp(outer);
  if (got != 0) {
    CHECK(got == kReturned[round]);
    ++round;
  }
  if (round < 5) leave(round, kValues[round]);
  switch (setjmp(outer)) {
    case 0: leave(1, 3);
    case 3: break;
    default: exit(__LINE__);
  }
  CHECK(round == 5);
}

// The C stack in linear memory is where it was: arrays, alloca and what is called afterwards.
NOINLINE static void keeps_the_stack(int size) {
  char array[100];
  memset(array, 'a', sizeof(array));
  char* volatile dynamic = __builtin_alloca((size_t)size);
  memset(dynamic, 'd', (size_t)size);
  volatile int rounds = 0;
  char* volatile first = NULL;
  setjmp(outer);
  char* below = __builtin_alloca(16);
  if (!first) first = below;
  CHECK(below == first);
  for (int i = 0; i < 100; ++i) CHECK(array[i] == 'a');
  for (int i = 0; i < size; ++i) CHECK(dynamic[i] == 'd');
  if (++rounds < 50) leave(20, 1);
}

// Handlers in handlers, as a list of them; each passes on to the one around it.
struct handler {
  jmp_buf buffer;
  struct handler* around;
};
static struct handler* innermost;

static _Noreturn void raise_error(int code) {
  struct handler* handler = innermost;
  innermost = handler->around;
  longjmp(handler->buffer, code);
}

NOINLINE static int try_deep(int depth) {
  struct handler handler = {.around = innermost};
  volatile int cleaned = 0;
  innermost = &handler;
  int code = setjmp(handler.buffer);
  if (code == 0) {
    if (depth == 0) raise_error(1);
    int inner = try_deep(depth - 1);
    CHECK(inner == depth);
    raise_error(depth + 1);
  }
  cleaned = 1;
  CHECK(cleaned == 1);
  return code;
}

// A jmp_buf is memory: copies and heaps will do, and a loop may use one again and again.
NOINLINE static void keeps_buffers(void) {
  struct handler* copy = malloc(sizeof(*copy));
  volatile int n = 0;
  if (setjmp(outer) == 0) {
    memcpy(&copy->buffer, outer, sizeof(outer));
    memset(outer, 0, sizeof(outer));
    longjmp(copy->buffer, 2);
  }
  free(copy);
  for (n = 0; n < 1000; ++n) {
    if (setjmp(outer) == 0) leave(n % 4, n + 1);
  }
  CHECK(n == 1000);
}

// Through a function that takes a callback, and one with a variable number of arguments.
NOINLINE static int compare(const void* a, const void* b) {
  if (++calls > 20) longjmp(outer, 9);
  return *(const int*)a - *(const int*)b;
}
NOINLINE static void leaves_library_functions(void) {
  int numbers[64];
  for (int i = 0; i < 64; ++i) numbers[i] = (i * 37) % 64;
  calls = 0;
  int code = setjmp(outer);
  if (code == 0) qsort(numbers, 64, sizeof(numbers[0]), compare);
  CHECK(code == 9 && calls == 21);
}

static jmp_buf* buffer_once(void) {
  ++calls;
  return &outer;
}
NOINLINE static void evaluates_its_argument_once(void) {
  calls = 0;
  if (setjmp(*buffer_once()) == 0) leave(0, 1);
  CHECK(calls == 1);
}

int main(void) {
  for (int i = 1; i < 20; ++i) keeps_variables(i);
  for (int i = 0; i < 20; ++i) CHECK(keeps_what_a_loop_starts_from(i) == i);
  passes_values();
  keeps_the_stack(opaque(200));
  CHECK(try_deep(30) == 31);
  keeps_buffers();
  leaves_library_functions();
  evaluates_its_argument_once();
  return 0;
}
