// What one does with `.snap` files as files: change their form, and check everything about them.
//
// All take `-` for standard input or output. What is written appears whole or not at all, mode 0600.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine {

/// Writes a file in the dense form: compressed, in order, fit for a pipe. `in` may be of either
/// form, complete or a delta (whose parents are not looked at); it is checked against all its
/// hashes. Cost: O(file without holes). Errors: kBadSnapshot, kLimit, kIo.
[[nodiscard]] Result<void> pack_snapshot(const std::string& in, const std::string& out);

/// Writes a file in the plain form, which can be mapped: the very bytes that were packed. Likewise,
/// but `out` is no pipe (kUsage): through a pipe goes the dense form.
[[nodiscard]] Result<void> unpack_snapshot(const std::string& in, const std::string& out);

/// What a file turned out to be.
struct VerifiedSnapshot {
  std::shared_ptr<const Snapshot> snapshot;
  size_t parents = 0;  // of a delta, down to the complete one
};

/// Checks everything there is to check: the outline, all hashes, memory contents too, the modules,
/// the state, every frame against the modules; and all of it for each parent of a delta.
/// Cost: O(file + parents), for a delta times the length of its chain.
/// Errors: those of Snapshot::load and Snapshot::verify_frames. What is wrong with a parent is told
/// at its name in the file that builds on it.
[[nodiscard]] Result<VerifiedSnapshot> verify_snapshot(const std::string& path,
                                                       const LoadOptions& options = {});

/// A section of a file. Offset and size are those in the plain form.
struct SectionOutline {
  std::string_view kind;  // `module`, `state`, `memory`, `parent name`, `changes`, `absent module`
  uint64_t offset = 0;
  uint64_t size_bytes = 0;
  Hash128 hash{};  // as docs/snapshot-format.md defines it for the kind
};

/// Which 4 KiB blocks of a memory a delta changes; a block's number is its address divided by 4096.
struct ChangedBlocks {
  std::vector<uint64_t> other;  // other contents than the parent's, ascending
  std::vector<uint64_t> zeros;  // all zeros, unlike the parent's, ascending
};

/// How a file is built, which its snapshot does not tell.
struct SnapshotOutline {
  bool is_dense = false;
  uint64_t plain_bytes = 0;  // size of the plain form, without the note
  std::string parent_file;   // of a delta; raw, escape before showing. Empty: a complete snapshot
  Hash128 parent_hash{};     // root hash of that file
  std::vector<SectionOutline> sections;
  std::vector<ChangedBlocks> changes;  // of a delta: one for each memory
};

/// Reads that; what stands in modules, state and memories is not looked at, nor are parents. No
/// pipes. Cost: O(file before the memories + lists of changed blocks), of a dense file O(file).
/// Errors: kBadSnapshot, kLimit, kIo.
[[nodiscard]] Result<SnapshotOutline> read_snapshot_outline(
    const std::string& path, uint64_t max_unpacked_bytes = kDefaultMaxUnpackedBytes);

}  // namespace tine
