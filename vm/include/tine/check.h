// Our own bugs abort, loudly and in every build.
//
// Three failure channels never mix in tine: bad input is an Error (result.h), what a guest does is
// an Outcome (outcome.h), and a broken promise of our own code is a failed check, here.
#pragma once

namespace tine {

/// Prints `file:line: kind failed: text` on stderr and aborts. Never returns.
[[noreturn]] void check_failed(const char* kind, const char* text, const char* file, int line);

}  // namespace tine

/// Always on: an invariant of tine itself.
#define TINE_CHECK(cond)                   \
  (__builtin_expect(!!(cond), 1) ? (void)0 \
                                 : ::tine::check_failed("check", #cond, __FILE__, __LINE__))

/// Always on: the caller broke the documented contract of a public function.
#define TINE_REQUIRE(cond)                 \
  (__builtin_expect(!!(cond), 1) ? (void)0 \
                                 : ::tine::check_failed("requirement", #cond, __FILE__, __LINE__))

/// On in Debug and sanitizer builds only: invariants of hot paths.
#ifdef TINE_DEBUG_CHECKS
#define TINE_DCHECK(cond) TINE_CHECK(cond)
#else
#define TINE_DCHECK(cond) ((void)0)
#endif
