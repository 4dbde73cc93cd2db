/* setjmp and longjmp for guests of tine, compiled by plain clang without any exception flags.
 *
 * tine owns the guest's frames, so both are imports: setjmp records where it stands, longjmp drops
 * frames and lets it return once more. What C promises holds: variables that were not changed since
 * setjmp, and volatile ones, have their values. Put this folder before the C library's (-I): that
 * one's setjmp.h wants exceptions.
 *
 *   longjmp to a function that has returned   a trap, where C says "undefined"
 *   longjmp with value 0                      setjmp returns 1
 *   a copy of a jmp_buf (memcpy)              as good as the jmp_buf
 *   signal masks (sigsetjmp)                  there are none
 */
#ifndef TINE_SETJMP_H
#define TINE_SETJMP_H

#ifdef __wasm64__
#error "tine's setjmp.h is for 32-bit memories"
#endif
#ifdef __cplusplus
extern "C" {
#endif

struct tine_jmp_buf {
  unsigned long long number; /* which call of setjmp; written by tine */
  void* stack_pointer;       /* of the C stack in linear memory */
};
typedef struct tine_jmp_buf jmp_buf[1];
typedef jmp_buf sigjmp_buf;

__attribute__((import_module("tine"), import_name("setjmp"), returns_twice)) int tine_setjmp(
    struct tine_jmp_buf* env);
__attribute__((import_module("tine"), import_name("longjmp"), noreturn)) void tine_longjmp(
    struct tine_jmp_buf* env, int value);

static inline __attribute__((always_inline)) void* tine_stack_pointer(void) {
  void* pointer;
  __asm__ volatile(
      ".globaltype __stack_pointer, i32\n"
      "global.get __stack_pointer\n"
      "local.set %0"
      : "=r"(pointer));
  return pointer;
}

/* A macro, because the call that returns twice has to stand in the function that calls setjmp. */
#define setjmp(env)                                  \
  __extension__({                                    \
    struct tine_jmp_buf* tine_env_ = (env);          \
    tine_env_->stack_pointer = tine_stack_pointer(); \
    tine_setjmp(tine_env_);                          \
  })

static inline __attribute__((noreturn)) void longjmp(jmp_buf env, int value) {
  __asm__ volatile(
      ".globaltype __stack_pointer, i32\n"
      "local.get %0\n"
      "global.set __stack_pointer"
      :
      : "r"(env->stack_pointer));
  tine_longjmp(env, value);
}

#define _setjmp(env) setjmp(env)
#define _longjmp(env, value) longjmp(env, value)
#define sigsetjmp(env, saves_mask) ((void)(saves_mask), setjmp(env))
#define siglongjmp(env, value) longjmp(env, value)

#ifdef __cplusplus
}
#endif
#endif
