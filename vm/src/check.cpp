#include "tine/check.h"

#include <cstdio>
#include <cstdlib>

namespace tine {

void check_failed(const char* kind, const char* text, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: %s failed: %s\n", file, line, kind, text);
  std::abort();
}

}  // namespace tine
