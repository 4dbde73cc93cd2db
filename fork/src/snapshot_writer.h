// SnapshotWriter: a state as a `.snap` file, in bytes or on disk.
//
// It hashes and places everything before the first byte is written, and never makes a copy of the
// modules or memories: those are written from where they are. Its root hash identifies the state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "snapshot_format.h"
#include "tine/result.h"
#include "tine/state.h"

namespace tine {

class SnapshotWriter {
 public:
  /// Plans the file. `state` must outlive the writer. Cost: O(state + non-zero memory).
  explicit SnapshotWriter(const MachineState& state);

  [[nodiscard]] Hash128 root_hash() const;
  [[nodiscard]] std::vector<uint8_t> to_bytes() const;
  /// Sparse, atomic, durable. Errors: kIo.
  [[nodiscard]] Result<void> save(const std::string& path) const;

 private:
  /// Calls `put(offset, bytes)` for everything in the file that is not zero, in order, until one
  /// returns false.
  template <class F>
  void for_each_piece(F put) const;

  const MachineState& state_;
  std::vector<uint8_t> encoded_state_;
  std::vector<Section> sections_;
  uint64_t file_size_ = 0;
  std::vector<uint8_t> outline_;
};

}  // namespace tine
