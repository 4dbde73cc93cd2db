#include "ret_sled.h"

#include "libfuzzer.h"

#if defined(__x86_64__)

// Arguments in edi/rdi and esi/rsi go to the hook as they are; edx is the site.
asm(R"(
  .text
  .balign 512
tine_ret_sled:
  .fill 512, 1, 0xc3
  .macro TINE_SITE_THUNK name, hook
  .globl \name
  .type \name, @function
\name:
  .cfi_startproc
  leaq tine_ret_sled(%rip), %rax
  andl $511, %edx
  pushq %rax
  .cfi_adjust_cfa_offset 8
  addq %rdx, %rax
  pushq %rax
  .cfi_adjust_cfa_offset 8
  jmp \hook@PLT
  .cfi_endproc
  .size \name, . - \name
  .endm
  TINE_SITE_THUNK tine_compare4_at, __sanitizer_cov_trace_cmp4
  TINE_SITE_THUNK tine_compare8_at, __sanitizer_cov_trace_cmp8
  TINE_SITE_THUNK tine_const_compare4_at, __sanitizer_cov_trace_const_cmp4
  TINE_SITE_THUNK tine_const_compare8_at, __sanitizer_cov_trace_const_cmp8
)");

extern "C" {
void tine_compare4_at(uint32_t a, uint32_t b, uint32_t site);
void tine_compare8_at(uint64_t a, uint64_t b, uint32_t site);
void tine_const_compare4_at(uint32_t constant, uint32_t b, uint32_t site);
void tine_const_compare8_at(uint64_t constant, uint64_t b, uint32_t site);
}

#else

namespace {

void tine_compare4_at(uint32_t a, uint32_t b, uint32_t) { __sanitizer_cov_trace_cmp4(a, b); }
void tine_compare8_at(uint64_t a, uint64_t b, uint32_t) { __sanitizer_cov_trace_cmp8(a, b); }
void tine_const_compare4_at(uint32_t constant, uint32_t b, uint32_t) {
  __sanitizer_cov_trace_const_cmp4(constant, b);
}
void tine_const_compare8_at(uint64_t constant, uint64_t b, uint32_t) {
  __sanitizer_cov_trace_const_cmp8(constant, b);
}

}  // namespace

#endif

namespace tine {

void trace_compare4(uint32_t a, uint32_t b, uint32_t site) { tine_compare4_at(a, b, site); }
void trace_compare8(uint64_t a, uint64_t b, uint32_t site) { tine_compare8_at(a, b, site); }
void trace_const_compare4(uint32_t constant, uint32_t b, uint32_t site) {
  tine_const_compare4_at(constant, b, site);
}
void trace_const_compare8(uint64_t constant, uint64_t b, uint32_t site) {
  tine_const_compare8_at(constant, b, site);
}

}  // namespace tine
