// SnapshotReader: from a file, on disk or in memory, to a Snapshot.
//
// The file is hostile until every step has passed: outline (snapshot_file.h) → parents
// (snapshot_chain.h) → modules (hash, then full validation) → memories (sizes only; any contents
// are legal) → state (hash, then bounded decoding). What Machine::restore checks against the
// modules comes later.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "memory_image.h"
#include "snapshot_chain.h"
#include "snapshot_file.h"
#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine {

class SnapshotReader {
 public:
  /// `open_parent`: how to get at the file of a delta's parent.
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> read(PlainFile plain,
                                                                    const LoadOptions& options,
                                                                    const OpenParent& open_parent);
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> read(SnapshotFile file,
                                                                    const LoadOptions& options,
                                                                    const OpenParent& open_parent);

 private:
  SnapshotReader(const SnapshotFile& file, const LoadOptions& options)
      : file_(file), options_(options) {}

  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> read_sections(
      SnapshotFile& file, const LoadOptions& options, const OpenParent& open_parent);
  [[nodiscard]] Result<std::vector<ModuleRef>> read_modules() const;
  [[nodiscard]] Result<ModuleRef> read_module(const Section& section) const;

  const SnapshotFile& file_;
  const LoadOptions& options_;
};

}  // namespace tine
