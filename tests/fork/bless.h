// Golden files: with TINE_BLESS=1 in the environment a test writes what it would compare with.
#pragma once

#include <cstdlib>

namespace tine::test {

[[nodiscard]] inline bool is_blessing() { return std::getenv("TINE_BLESS") != nullptr; }

}  // namespace tine::test
