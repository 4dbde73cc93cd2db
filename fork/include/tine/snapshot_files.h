// What one does with `.snap` files as files: change their form, and check everything about them.
//
// All take `-` for standard input or output. What is written appears whole or not at all, mode 0600.
#pragma once

#include <cstdint>
#include <string>

#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine {

/// Writes a file in the dense form: compressed, in order, fit for a pipe. `in` may be of either
/// form, complete or a delta (whose parents are not looked at); it is checked against all its
/// hashes. Cost: O(file without holes). Errors: kBadSnapshot, kLimit, kIo.
[[nodiscard]] Result<void> pack_snapshot(const std::string& in, const std::string& out);

/// Writes a file in the plain form, which can be mapped: the very bytes that were packed. Likewise,
/// but `out` is no pipe (kUsage): through a pipe goes the dense form.
[[nodiscard]] Result<void> unpack_snapshot(const std::string& in, const std::string& out);

/// What a file turned out to be.
struct VerifiedSnapshot {
  std::shared_ptr<const Snapshot> snapshot;
  size_t parents = 0;  // of a delta, down to the complete one
};

/// Checks everything there is to check: the outline, all hashes, memory contents too, the modules,
/// the state, every frame against the modules; and all of it for each parent of a delta.
/// Cost: O(file + parents), for a delta times the length of its chain.
/// Errors: those of Snapshot::load and Snapshot::verify_frames. What is wrong with a parent is told
/// at its name in the file that builds on it.
[[nodiscard]] Result<VerifiedSnapshot> verify_snapshot(const std::string& path,
                                                       const LoadOptions& options = {});

}  // namespace tine
