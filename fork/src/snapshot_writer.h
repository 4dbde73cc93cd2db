// SnapshotWriter: a state as a `.snap` file, in bytes, on disk or through a pipe.
//
// It hashes and places everything before the first byte is written, and never makes a copy of the
// modules or memories: those are written from where they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "changes.h"
#include "dense.h"
#include "snapshot_format.h"
#include "tine/lineage.h"
#include "tine/result.h"
#include "tine/state.h"

namespace tine {

/// What a delta builds on.
struct DeltaParent {
  std::string name;  // of its file, in the same folder
  Hash128 root_hash{};
  const MachineState* state = nullptr;
  std::optional<Lineage::Changes> changes;  // cards written since, where that is known
};

struct WriterOptions {
  bool with_modules = true;
  std::string reason;
  std::optional<DeltaParent> parent;
};

class SnapshotWriter {
 public:
  /// Plans the file. `state` must outlive the writer.
  /// Cost: O(state + non-zero memory); a delta's O(state + what may have changed).
  explicit SnapshotWriter(const MachineState& state, const WriterOptions& options = {});

  [[nodiscard]] Hash128 root_hash() const;
  [[nodiscard]] std::vector<uint8_t> to_bytes() const;
  /// The dense form. Errors: those of the sink.
  [[nodiscard]] Result<void> write_dense(const ByteSink& sink) const;
  /// The plain form: sparse, atomic, durable. Errors: kIo.
  [[nodiscard]] Result<void> save(const std::string& path) const;
  /// The dense form: atomic, durable. Errors: kIo.
  [[nodiscard]] Result<void> save_dense(const std::string& path) const;

 private:
  /// A section, and where its bytes are: in `own`, elsewhere, or in a memory.
  struct Planned {
    Section section;
    std::vector<uint8_t> own;        // of changes: up to the contents
    std::span<const uint8_t> bytes;  // behind `own`, unless it is a memory's
    const MemoryContents* memory = nullptr;
    Changes changes;
  };
  void plan_head(const MachineState& state, const WriterOptions& options);
  void plan_memory(const MemoryContents& memory);
  void plan_changes(const MemoryContents& memory, const DeltaParent& parent, size_t number);
  void add(SectionKind kind, uint64_t size, const Hash128& hash, Planned planned);
  [[nodiscard]] uint64_t whole_size() const { return file_size_ + note_.size(); }
  /// Calls `put` for everything behind the outline that is not zero, in order.
  [[nodiscard]] Result<void> for_each_piece(const PieceSink& put) const;
  [[nodiscard]] static Result<void> put_section(const Planned& planned, const PieceSink& put);

  std::vector<Planned> planned_;
  uint64_t file_size_ = 0;  // without the note
  std::vector<uint8_t> outline_;
  std::vector<uint8_t> note_;
};

}  // namespace tine
