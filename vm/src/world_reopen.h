// A state's descriptors made real again: each file found at its place, or not, and then what the
// policy says.
//
// A file of the host is at its place if a regular file stands there with the size and the hash that
// the snapshot saw. What is not goes on by FdPolicy. Descriptors of one file stay of one file: where
// one of them has to take the embedded contents, all of them do. A connection of the host's never is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "world_impl.h"

namespace tine {

struct Reopened {
  Descriptors descriptors;
  std::vector<LossState> losses;   // of the state, and those that the policy closed
  std::vector<std::string> notes;  // World::restore_notes()
};

/// `listeners`: the host's, for a real world's listening sockets.
/// Pre: checked state; `value` has its setup and files. Nameless files that nothing needs any more
/// leave the overlay. Cost: one pass over each open file of the host.
/// Errors: kIo, where a file differs or is gone and the policy is to refuse it.
[[nodiscard]] Result<Reopened> reopen_descriptors(const WorldState& state,
                                                  std::optional<FdPolicy> policy,
                                                  const std::vector<os::HandleRef>& listeners,
                                                  WorldValue& value);

}  // namespace tine
