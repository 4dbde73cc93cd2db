// The functions of libFuzzer's archive that tine calls, declared by hand: there is no header.
//
// The first block is its interface towards instrumented code and stable. The second is inside the
// engine, and so belongs to the version that CMake looks up (clang 19): the death callback saves
// the current input as crash-<sha1>, Printf writes to where -close_fd_mask left the output.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
int LLVMFuzzerRunDriver(int* argc, char*** argv, int (*run_one)(const uint8_t*, size_t));

void __sanitizer_cov_8bit_counters_init(uint8_t* begin, uint8_t* end);
void __sanitizer_cov_pcs_init(const uintptr_t* begin, const uintptr_t* end);
void __sanitizer_cov_trace_cmp4(uint32_t a, uint32_t b);
void __sanitizer_cov_trace_cmp8(uint64_t a, uint64_t b);
void __sanitizer_cov_trace_const_cmp4(uint32_t constant, uint32_t b);
void __sanitizer_cov_trace_const_cmp8(uint64_t constant, uint64_t b);
void __sanitizer_weak_hook_memcmp(void* pc, const void* a, const void* b, size_t size, int result);
void __sanitizer_weak_hook_strncmp(void* pc, const char* a, const char* b, size_t size, int result);
void __sanitizer_weak_hook_memmem(void* pc, const void* a, size_t a_size, const void* b,
                                  size_t b_size, void* result);
}

// libFuzzer's own names.
// NOLINTBEGIN(readability-identifier-naming)
namespace fuzzer {
struct Fuzzer {
  static void StaticDeathCallback();
};
[[gnu::format(printf, 1, 2)]] void Printf(const char* format, ...);
void ComputeSHA1(const uint8_t* data, size_t size, uint8_t* sha1);
}  // namespace fuzzer
// NOLINTEND(readability-identifier-naming)
