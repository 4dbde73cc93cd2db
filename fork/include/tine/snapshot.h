// Snapshot: the complete, immutable state of a Machine, in memory or from a `.snap` file.
//
// A Snapshot holds the plain state (state.h), keeps the modules alive, and holds all memory
// contents in one image: a sealed memfd mapped once read-only (small memories: a heap buffer). That
// image is the pristine view that forks are reset from. Thread: immutable, share it freely.
// File format: docs/snapshot-format.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tine/machine.h"
#include "tine/result.h"
#include "tine/state.h"

namespace tine {

inline constexpr uint32_t kSnapshotVersion = 1;

/// XXH3-128, low half first.
using Hash128 = std::array<uint64_t, 2>;

class MemoryImage;

/// Where the memory of a loaded snapshot lives.
enum class MemorySource : uint8_t {
  kCopy,     // copied once (data extents only) into a sealed memfd: nobody can change it underneath
  kMapFile,  // mapped from the file: instant at any size, but the file must not change meanwhile
};

class Snapshot {
 public:
  /// The machine's present state; memory is copied. The machine may run on.
  /// Cost: O(non-zero memory). Errors: kNotCapturable, kIo.
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> capture(const Machine& machine);

  /// Reads and verifies a file: hashes of all sections but memory contents, bounds of every count,
  /// the module (validated, unless a live Module of this process has the very same bytes, which is
  /// then shared together with its code). Frames are verified by machine().
  /// Cost: O(modules + state), with MemorySource::kCopy also O(memory that is not a hole).
  /// Errors: kBadSnapshot, kMalformed, kInvalid, kLimit, kIo; the offset is one in the file.
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> load(
      const std::string& path, MemorySource source = MemorySource::kCopy);
  /// The same from bytes (which are copied).
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> from_bytes(
      std::span<const uint8_t> file);

  /// Writes the canonical file: temporary file, fsync, rename, mode 0600. Same state, same bytes.
  /// Blocks of zeros become holes. Errors: kIo; the old file, if any, is untouched then.
  [[nodiscard]] Result<void> save(const std::string& path) const;
  /// The canonical file as bytes (for pipes and tests).
  [[nodiscard]] Result<std::vector<uint8_t>> to_bytes() const;

  /// Checks the memory contents against the hashes of the file, which load() leaves out because
  /// any contents are legal. A captured snapshot has nothing to check. Cost: O(non-zero memory).
  /// Errors: kBadSnapshot at the offset of the damaged section.
  [[nodiscard]] Result<void> verify_memory() const;

  /// A fresh Machine that goes on from here; memory is mapped copy-on-write. Verifies every frame.
  /// `world`: from World::restore or World::close of state().world. The machine does not need the
  /// snapshot to stay alive. Errors: those of Machine::restore.
  [[nodiscard]] Result<std::unique_ptr<Machine>> machine(World world,
                                                         const MachineConfig& config) const;

  /// The state; the spans of its memories live as long as this snapshot.
  [[nodiscard]] const MachineState& state() const { return state_; }
  /// Hash of the whole canonical state, memory contents included: the root hash in the header of
  /// its file. Cost: O(non-zero memory).
  [[nodiscard]] Hash128 hash() const;

  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  friend class SnapshotReader;
  /// What a file says about one of its memory sections.
  struct StoredMemory {
    uint64_t file_offset = 0;
    Hash128 hash{};
  };

  Snapshot() = default;
  MachineState state_;  // memories refer into image_
  std::shared_ptr<const MemoryImage> image_;
  std::vector<StoredMemory> stored_memories_;  // empty unless read from a file
};

/// The hash of a machine's complete present state; equals Snapshot::capture(machine).hash(), but
/// copies no memory. Cost: O(memory). Errors: kNotCapturable.
[[nodiscard]] Result<Hash128> state_hash(const Machine& machine);

/// What differs between two states, as lines for people (`memories[0]: 0x1234..0x1250 differ`, …),
/// at most `most` of them. Empty: they are equal. Cost: O(memory).
[[nodiscard]] std::vector<std::string> differences(const MachineState& a, const MachineState& b,
                                                   size_t most);

}  // namespace tine
