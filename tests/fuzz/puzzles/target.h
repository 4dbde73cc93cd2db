// What every puzzle includes: a libFuzzer target, and a way to say that it is solved.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FUZZ_TARGET                                                                  \
  __attribute__((export_name("LLVMFuzzerTestOneInput"))) int LLVMFuzzerTestOneInput( \
      const uint8_t* data, size_t size)

/// Reached only by the input that the puzzle asks for.
__attribute__((noinline, unused)) static void solved(void) { __builtin_trap(); }

static inline uint32_t u32_at(const uint8_t* data) {
  uint32_t value;
  memcpy(&value, data, sizeof value);
  return value;
}

static inline uint64_t u64_at(const uint8_t* data) {
  uint64_t value;
  memcpy(&value, data, sizeof value);
  return value;
}
