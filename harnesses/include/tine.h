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

#ifdef __cplusplus
}
#endif
#endif
