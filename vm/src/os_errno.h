// The host's errno as WASI tells it.
#pragma once

#include "wasi_abi.h"

namespace tine::os {

/// errno of the system call that just failed.
[[nodiscard]] std::unexpected<wasi::Errno> last_errno();

}  // namespace tine::os
