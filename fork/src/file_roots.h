// FileRoots: the root hashes of files that are known to hold the state of one snapshot: those it
// was loaded from or saved to. A delta against it may build on any of them.
#pragma once

#include <algorithm>
#include <mutex>
#include <vector>

#include "tine/snapshot.h"

namespace tine {

class FileRoots {
 public:
  void add(const Hash128& root) {
    const std::lock_guard lock(mutex_);
    if (std::ranges::find(roots_, root) == roots_.end()) roots_.push_back(root);
  }
  [[nodiscard]] bool has(const Hash128& root) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::find(roots_, root) != roots_.end();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Hash128> roots_;
};

}  // namespace tine
