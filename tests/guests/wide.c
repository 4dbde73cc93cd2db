// A program for 64-bit addresses: what clang makes of pointers, of functions named by pointers, of
// bulk copies and of growing memory. There is no C library for wasm64, and it needs none.
typedef unsigned long word;
_Static_assert(sizeof(word) == 8 && sizeof(void*) == 8, "compiled for 64-bit addresses");

#define EXPORT(name) __attribute__((export_name(name)))
#define PAGE_BYTES 65536

struct node {
  struct node* next;
  word value;
};

/// Grows memory so that `bytes` from `at` on are there. Returns whether it could.
static int reserve(word at, word bytes) {
  const word pages = (at + bytes + PAGE_BYTES - 1) / PAGE_BYTES;
  const word present = __builtin_wasm_memory_size(0);
  return pages <= present || __builtin_wasm_memory_grow(0, pages - present) == present;
}

/// Links `count` nodes that stand from `at` on, and adds up their values.
EXPORT("sum_of_list") word sum_of_list(word at, word count) {
  if (!reserve(at, count * sizeof(struct node))) return 0;
  struct node* list = 0;
  for (word i = 0; i < count; ++i) {
    struct node* n = (struct node*)at + i;
    n->next = list;
    n->value = i;
    list = n;
  }
  word sum = 0;
  for (; list; list = list->next) sum += list->value;
  return sum;
}

static int twice(int x) { return 2 * x; }
static int square(int x) { return x * x; }
static int (*const functions[])(int) = {twice, square};

EXPORT("apply") int apply(word which, int x) {
  int (*volatile chosen)(int) = functions[which];
  return chosen(x);
}

/// Copies a text to `at`. Returns its length as it stands there.
EXPORT("copy_text") word copy_text(word at) {
  static const char text[] = "sixty-four bits wide";
  if (!reserve(at, sizeof text)) return 0;
  __builtin_memcpy((char*)at, text, sizeof text);
  word length = 0;
  for (const volatile char* p = (const char*)at; *p; ++p) ++length;
  return length;
}
