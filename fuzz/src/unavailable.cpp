// Stands in for the whole engine where the target has no libFuzzer runtime.
#include "tine/fuzz.h"

namespace tine {

Result<int> fuzz(const FuzzOptions& options) {
  return fail(ErrorCode::kUsage, kNoOffset,
              "this build has no libFuzzer: install libclang-rt-19-dev and build tine again");
}

}  // namespace tine
