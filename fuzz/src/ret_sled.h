// Compare hooks that believe they are called from many places.
//
// libFuzzer takes the return address of a compare hook as the compare's site and keeps
// `site % 512` in its value profile. An interpreter calls from one place, so all compares of the
// guest would be one site, and chains of compares would never be solved. Here each hook is entered
// with a forged return address into a sled of 512 `ret` instructions: it returns into the sled at
// the site's number, and the `ret` there goes back to us.
//
//   stack at the hook's entry:   [ sled + site ]   the forged return address: the site
//                                [ sled        ]   a plain `ret`, keeps the stack aligned
//                                [ our caller  ]
//
// Where there is no such thunk (other CPUs), hooks are called plainly and share one site.
#pragma once

#include <cstdint>

namespace tine {

/// Sites that libFuzzer's value profile can tell apart.
inline constexpr uint32_t kCompareSites = 512;

/// Reports a compare at `site` (below kCompareSites) to libFuzzer. `constant` operands come first.
void trace_compare4(uint32_t a, uint32_t b, uint32_t site);
void trace_compare8(uint64_t a, uint64_t b, uint32_t site);
void trace_const_compare4(uint32_t constant, uint32_t b, uint32_t site);
void trace_const_compare8(uint64_t constant, uint64_t b, uint32_t site);

}  // namespace tine
