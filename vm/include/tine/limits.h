// The bounds of limits.def as one constant struct: `kLimits.locals`.
#pragma once

#include <cstdint>

namespace tine {

struct Limits {
#define TINE_LIMIT(name, value, text) uint32_t name = (value);
#include "tine/limits.def"
};

inline constexpr Limits kLimits{};

}  // namespace tine
