// SnapshotReader: from a file, on disk or in memory, to a Snapshot.
//
// The file is hostile until every step has passed: header → section table (sizes, places, root
// hash) → modules (hash, then full validation) → memories (sizes only; any contents are legal) →
// state (hash, then bounded decoding). What Machine::restore checks against the modules comes later.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "memory_image.h"
#include "os.h"
#include "snapshot_format.h"
#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine {

class SnapshotReader {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> read_file(os::File file,
                                                                         MemorySource source);
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> read_bytes(
      std::span<const uint8_t> file);

 private:
  /// `head`: everything before the memories. `image`: the contents of the memory sections.
  SnapshotReader(std::span<const Section> sections, std::span<const uint8_t> head,
                 std::shared_ptr<const MemoryImage> image)
      : sections_(sections), head_(head), image_(std::move(image)) {}

  [[nodiscard]] Result<std::shared_ptr<const Snapshot>> read();
  [[nodiscard]] Result<void> check_gaps() const;
  /// The bytes of a section in the head, after checking their hash.
  [[nodiscard]] Result<std::span<const uint8_t>> checked(const Section& section) const;
  [[nodiscard]] Result<ModuleRef> read_module(const Section& section) const;

  std::span<const Section> sections_;
  std::span<const uint8_t> head_;
  std::shared_ptr<const MemoryImage> image_;
};

}  // namespace tine
