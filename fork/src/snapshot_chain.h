// ParentChain: the files that a delta builds on, down to a complete snapshot, and the memory that
// they make together.
//
// A delta names its parent's file, in its own folder, and the root hash in that file's header. Only
// memories come from parents: modules and state stand in each file whole. So of a parent only the
// outline and the memories are looked at here (verify looks at everything).
//
// Merging goes from the oldest file to the youngest: blocks are overwritten, became zeros, or fell
// behind the end of a memory that shrank. Cost: O(memory of the complete one + changes of all).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "changes.h"
#include "memory_image.h"
#include "snapshot_file.h"
#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine {

/// Opens the file of this name beside the delta that names it.
using OpenParent = std::function<Result<PlainFile>(const std::string& name)>;

/// Where the parents of a file are: beside it, unless the loader knows better.
[[nodiscard]] std::string folder_of_parents(const std::string& path, const LoadOptions& options);
/// How to open them there. In an empty folder there are none.
[[nodiscard]] OpenParent parents_in(std::string folder, uint64_t most_bytes);

class ParentChain {
 public:
  /// Finds the parents of `youngest`; there are none unless it is a delta.
  /// Errors: kBadSnapshot and kLimit at the parent's name in `youngest`, with the parent's own error
  /// in the text.
  [[nodiscard]] static Result<ParentChain> open(const SnapshotFile& youngest,
                                                const OpenParent& open_parent);

  /// The sizes of the youngest file's memories. Errors: kBadSnapshot, kIo.
  [[nodiscard]] static Result<std::vector<uint64_t>> memory_sizes(const SnapshotFile& youngest);
  /// The contents of its memories. A delta's are always copied. Errors: kBadSnapshot, kIo.
  [[nodiscard]] Result<std::shared_ptr<const MemoryImage>> image(SnapshotFile& youngest,
                                                                 std::vector<uint64_t> sizes,
                                                                 MemorySource source) const;

 private:
  struct Parent {
    std::string name;
    SnapshotFile file;
  };
  std::vector<Parent> parents_;  // nearest first; the last one is complete
};

/// `error`, which is one of the file `name`, as one of a delta that builds on it: at `offset` in
/// the delta.
[[nodiscard]] std::unexpected<Error> error_of_parent(const std::string& name, const Error& error,
                                                     uint64_t offset);

}  // namespace tine
