/* The guest SDK: what a program that runs in tine may ask tine for.
 *
 * Without tine these are imports that nobody supplies, so a program that also runs elsewhere calls
 * them under #ifdef. */
#ifndef TINE_H
#define TINE_H

#ifdef __cplusplus
extern "C" {
#endif

/* A good moment for a snapshot: the trigger `explicit` fires before this call. It does nothing
 * else. In whatever is resumed from the snapshot the call returns, too. */
__attribute__((import_module("tine"), import_name("snapshot"))) void tine_snapshot(void);

/* Two functions that a program may export. tine calls the first one before each snapshot at a host
 * call (a read of standard input, tine_snapshot(), a look at the clock, …), the second one first of
 * all in whatever is restored from it: to close what does not travel, to draw new random numbers.
 *
 *   TINE_HOOK(tine_before_snapshot) { flush_cache(); }
 *   TINE_HOOK(tine_after_restore) { srand(time(NULL)); }
 *
 * They run in the middle of the program, which stands in the call. At any other place, such as an
 * instruction count, they are not called: the program might be inside malloc. A hook returns within
 * a billion instructions, and no trigger fires in it. */
#define TINE_HOOK(name) __attribute__((export_name(#name))) void name(void)

#ifdef __cplusplus
}
#endif
#endif
