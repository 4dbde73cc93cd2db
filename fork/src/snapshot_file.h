// SnapshotFile: one file whose outline has been read and checked, but not what its sections hold.
//
// header → section table (sizes, places, root hash) → gaps and note. Behind it, offsets and sizes
// of sections can be trusted; check() says whether a section's contents fit its hash.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plain_file.h"
#include "snapshot_format.h"
#include "tine/result.h"

namespace tine {

class SnapshotFile {
 public:
  /// What came in the dense form is checked whole. Errors: kBadSnapshot, kLimit, kIo.
  [[nodiscard]] static Result<SnapshotFile> read(PlainFile plain);

  [[nodiscard]] const SnapshotHeader& header() const { return header_; }
  [[nodiscard]] std::span<const Section> sections() const { return sections_; }
  /// The memories, whole or changed: the last sections.
  [[nodiscard]] std::span<const Section> memories() const;
  /// The bytes of a section that is none of those.
  [[nodiscard]] std::span<const uint8_t> bytes_of(const Section& section) const {
    return head_.subspan(section.offset, section.size);
  }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Of a delta; a plain file name. Errors: kBadSnapshot.
  [[nodiscard]] Result<std::string> parent_name() const;

  /// Whether a section holds what its hash says. Errors: kBadSnapshot at its offset, kIo.
  [[nodiscard]] Result<void> check(const Section& section) const;
  /// All of them. Cost: O(file without holes).
  [[nodiscard]] Result<void> check_all() const;

  [[nodiscard]] const PlainFile& plain() const { return plain_; }
  /// Gives the file away, to be mapped. What was read of it stays.
  [[nodiscard]] os::File take_file() { return plain_.take_file(); }

 private:
  explicit SnapshotFile(PlainFile plain) : plain_(std::move(plain)) {}
  [[nodiscard]] Result<void> read_up_to(uint64_t end);
  [[nodiscard]] uint64_t used_head_end() const;
  [[nodiscard]] Result<void> read_outline();
  [[nodiscard]] Result<void> read_note();
  [[nodiscard]] Result<void> check_gaps() const;

  PlainFile plain_;
  SnapshotHeader header_;
  std::vector<Section> sections_;
  std::unique_ptr<uint8_t[]> storage_;  // of head_, unless the file is in memory anyway
  uint64_t stored_bytes_ = 0;
  std::span<const uint8_t> head_;  // everything before the memories
  std::string reason_;
};

/// Whether a delta may name its parent so: a name of a file in the same folder, and nothing else.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// An error about what a dense file unpacks to, whose offset is none of the dense file's.
[[nodiscard]] std::unexpected<Error> in_unpacked_form(Error error);

}  // namespace tine
