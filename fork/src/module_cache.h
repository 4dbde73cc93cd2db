// The modules that are alive in this process, found by their bytes.
//
// Loading many snapshots of one program must not decode, validate and translate it each time, and
// its forks should share one copy of its code. The cache holds weak references only: it keeps no
// module alive, and it is as large as the number of modules in use. Thread: any.
#pragma once

#include <cstdint>
#include <span>

#include "tine/result.h"
#include "tine/snapshot.h"
#include "tine/state.h"

namespace tine {

/// The live module with exactly these bytes (found by `hash`, settled by memcmp), or a new one.
/// `hash` is hash_of(bytes). Cost: O(size) for a known module, else that of Module::create.
/// Errors: those of Module::create.
[[nodiscard]] Result<ModuleRef> shared_module(std::span<const uint8_t> bytes, const Hash128& hash);

/// Makes a module that came from elsewhere known to shared_module.
void remember_module(const ModuleRef& module);

}  // namespace tine
