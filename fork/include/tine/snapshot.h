// Snapshot: the complete, immutable state of a Machine, in memory or from a `.snap` file.
//
// A Snapshot holds the plain state (state.h), keeps the modules alive, and holds all memory
// contents in one image: a sealed memfd mapped once read-only (small memories: a heap buffer). That
// image is the pristine view that forks are reset from. Thread: immutable, share it freely.
//
// A file has a plain form, which can be mapped, and a dense one, which is compressed; both load. A
// delta is a file with only what changed since a parent, whose file stands in the same folder.
// File format: docs/snapshot-format.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tine/lineage.h"
#include "tine/machine.h"
#include "tine/result.h"
#include "tine/state.h"

namespace tine {

inline constexpr uint32_t kSnapshotVersion = 4;

/// XXH3-128, low half first.
using Hash128 = std::array<uint64_t, 2>;

/// The longest chain of deltas: how many parents one may have.
inline constexpr size_t kMaxParents = 64;
/// The longest reason that a file keeps.
inline constexpr size_t kMaxReasonBytes = 4096;
/// What a file may unpack to, holes included, unless the loader says otherwise.
inline constexpr uint64_t kDefaultMaxUnpackedBytes = uint64_t{16} << 30;

class FileRoots;
class MemoryImage;
class Snapshot;

/// Where the memory of a loaded snapshot lives.
enum class MemorySource : uint8_t {
  kCopy,     // copied once (data extents only) into a sealed memfd: nobody can change it underneath
  kMapFile,  // mapped from the file: instant at any size, but the file must not change meanwhile
};

/// How to read a file.
struct LoadOptions {
  MemorySource source = MemorySource::kCopy;  // a delta's memory is copied in any case
  // The modules of files that were written without (SaveOptions::with_modules), in any order; they
  // are found by their hash. Others may be among them.
  std::vector<ModuleRef> modules = {};
  // Where a delta's parents are. Empty: in the folder of the file; what came through a pipe or from
  // bytes has none.
  std::string parent_folder = {};
  // What dense files and pipes may make of themselves; checked before memory is taken (kLimit).
  uint64_t max_unpacked_bytes = kDefaultMaxUnpackedBytes;
};

/// How to write one.
struct SaveOptions {
  enum class Form : uint8_t { kPlain, kDense };
  Form form = Form::kPlain;  // through a pipe it is always dense
  // Null: a complete snapshot. Else a delta against it: the file has only the 4 KiB blocks that
  // differ. Where this snapshot was captured from a machine that went on from the parent, or from
  // one captured after it (at most Lineage::kMostSteps snapshots ago), only what was written since
  // is looked at; else all memory is compared.
  std::shared_ptr<const Snapshot> parent = nullptr;
  // The parent's file, by its plain name; it stands in the folder of the file to be written, and is
  // the one that the parent was loaded from or saved to.
  std::string parent_file = {};
  bool with_modules = true;                // else whoever loads it brings them
  std::optional<std::string> reason = {};  // nothing: this snapshot's own
};

class Snapshot {
 public:
  /// The machine's present state; memory is copied. The machine may run on; it is followed, so that
  /// later snapshots of it can be deltas against this one.
  /// Cost: O(non-zero memory). Errors: kNotCapturable, kIo.
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> capture(Machine& machine);

  /// The same state, for a machine that went on from `parent` or from a snapshot captured after it
  /// (as SaveOptions::parent tells): copies only the 4 KiB blocks that were written since, and
  /// shares the rest of the memory with `parent`, whose image it keeps alive. Where that is not
  /// known, or chains of such snapshots get long, it is capture(machine).
  /// Cost: O(state + blocks written); looking at state() for the first time copies the blocks of the
  /// chain once more, and each machine or fork made of it has a copy of these. Errors: the same.
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> capture(Machine& machine,
                                                                       const Snapshot& parent);

  /// Reads and verifies a file: hashes of all sections but whole memories, bounds of every count,
  /// the module (validated, unless a live Module of this process has the very same bytes, which is
  /// then shared together with its code). Frames are verified by machine(). What comes in the dense
  /// form is verified with its memories. `-` is standard input, in either form.
  /// Cost: O(modules + state), with MemorySource::kCopy also O(memory that is not a hole); a delta
  /// costs the memory of its complete ancestor and the changes of all between.
  /// Errors: kBadSnapshot, kMalformed, kInvalid, kLimit, kIo; the offset is one in the file, or, as
  /// the text says then, in what it unpacks to.
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> load(
      const std::string& path, MemorySource source = MemorySource::kCopy);
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> load(const std::string& path,
                                                                    const LoadOptions& options);
  /// The same from bytes (which are copied).
  [[nodiscard]] static Result<std::shared_ptr<const Snapshot>> from_bytes(
      std::span<const uint8_t> file, const LoadOptions& options = {});

  /// Writes the canonical file: temporary file, fsync, rename, mode 0600. Same state, and same
  /// parent of a delta: same bytes in the plain form. Blocks of zeros become holes. `-` writes the
  /// dense form to standard output.
  /// Cost: O(state + non-zero memory); a delta's see SaveOptions::parent.
  /// Errors: kIo; the old file, if any, is untouched then. kUsage where the parent's file cannot be
  /// one.
  [[nodiscard]] Result<void> save(const std::string& path, const SaveOptions& options = {}) const;
  /// The canonical file as bytes (for tests and embedders), complete, in either form.
  [[nodiscard]] Result<std::vector<uint8_t>> to_bytes(
      SaveOptions::Form form = SaveOptions::Form::kPlain) const;

  /// Checks the memory contents against the hashes of the file, which load() leaves out because
  /// any contents are legal. Captured snapshots and deltas have nothing to check. Cost: O(non-zero memory).
  /// Errors: kBadSnapshot at the offset of the damaged section.
  [[nodiscard]] Result<void> verify_memory() const;

  /// Checks what machine() checks but for host functions, which may be any: every index, and every
  /// frame against the modules. Errors: kBadSnapshot.
  [[nodiscard]] Result<void> verify_frames() const;

  /// A fresh Machine that goes on from here; memory is mapped copy-on-write. Verifies every frame.
  /// `world`: from World::restore or World::close of state().world. The machine does not need the
  /// snapshot to stay alive. Errors: those of Machine::restore.
  [[nodiscard]] Result<std::unique_ptr<Machine>> machine(World world,
                                                         const MachineConfig& config) const;

  /// The state; the spans of its memories live as long as this snapshot. Thread: any.
  /// Cost: the first time, what capture(machine, parent) says; a process that has no address space
  /// for it ends.
  [[nodiscard]] const MachineState& state() const;
  /// Hash of the whole canonical state, memory contents included: the root hash in the header of
  /// its complete file. Cost: O(non-zero memory).
  [[nodiscard]] Hash128 hash() const;
  /// Why it was taken (`trap: unreachable`), if its file says so. No part of the state. It may be
  /// any bytes: escape it before showing.
  [[nodiscard]] const std::string& reason() const { return reason_; }

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

  Snapshot();
  [[nodiscard]] Result<void> take(Machine& machine, const Snapshot* parent);
  [[nodiscard]] Result<Hash128> root_of_file(const std::string& folder,
                                             const std::string& name) const;

  mutable MachineState state_;  // memories refer into image_ once somebody looks (state())
  mutable std::once_flag has_contents_;
  std::shared_ptr<const MemoryImage> image_;
  std::vector<StoredMemory> stored_memories_;  // empty unless read from a complete file
  Lineage moment_;                             // of its capture
  std::string reason_;
  std::unique_ptr<FileRoots> roots_;
};

/// The hash of a machine's complete present state; equals Snapshot::capture(machine).hash(), but
/// copies no memory. Cost: O(memory). Errors: kNotCapturable.
[[nodiscard]] Result<Hash128> state_hash(const Machine& machine);

/// What differs between two states, as lines for people (`memories[0]: 0x1234..0x1250 differ`, …),
/// at most `most` of them. Empty: they are equal. Cost: O(memory).
[[nodiscard]] std::vector<std::string> differences(const MachineState& a, const MachineState& b,
                                                   size_t most);

}  // namespace tine
