// Files to files, over SnapshotFile, which knows what is right.
#include "tine/snapshot_files.h"

#include <algorithm>

#include "changes.h"
#include "dense.h"
#include "os.h"
#include "plain_file.h"
#include "snapshot_file.h"
#include "snapshot_reader.h"

namespace tine {
namespace {

/// A file whose sections all fit their hashes.
[[nodiscard]] Result<SnapshotFile> open_checked(const std::string& path, uint64_t most_bytes) {
  TINE_TRY_ASSIGN(PlainFile plain, PlainFile::open(path, most_bytes));
  const bool was_dense = plain.was_dense();
  Result<SnapshotFile> file = SnapshotFile::read(std::move(plain));
  if (!file && was_dense) return in_unpacked_form(std::move(file).error());
  if (file && !was_dense) TINE_TRY(file->check_all());
  return file;
}

/// Puts everything in a plain file that is not zero, in order.
[[nodiscard]] Result<void> put_pieces(const PlainFile& plain, const PieceSink& put) {
  return for_each_data_run(plain, 0, plain.size(), put);
}

[[nodiscard]] Result<void> write_dense(const PlainFile& plain, const os::File& out) {
  DenseWriter dense(plain.size(),
                    [&out](std::span<const uint8_t> bytes) { return out.write_next(bytes); });
  TINE_TRY(put_pieces(plain, [&dense](uint64_t offset, std::span<const uint8_t> bytes) {
    return dense.put(offset, bytes);
  }));
  return dense.finish();
}

/// One file, and then those that it builds on. `parents_left`: how many that may be.
[[nodiscard]] Result<VerifiedSnapshot> verify(const std::string& path, const std::string& folder,
                                              const LoadOptions& options, size_t parents_left) {
  TINE_TRY_ASSIGN(SnapshotFile file, open_checked(path, options.max_unpacked_bytes));
  const bool is_delta = file.header().is_delta();
  const uint64_t name_at = file.sections().front().offset;
  std::string parent;
  if (is_delta) {
    TINE_TRY_ASSIGN(parent, file.parent_name());
  }
  VerifiedSnapshot verified;
  TINE_TRY_ASSIGN(verified.snapshot,
                  SnapshotReader::read(std::move(file), options,
                                       parents_in(folder, options.max_unpacked_bytes)));
  TINE_TRY(verified.snapshot->verify_frames());
  if (!is_delta) return verified;
  if (parents_left == 0) return fail(ErrorCode::kLimit, name_at, "too many generations");
  const auto above = verify(folder + "/" + parent, folder, options, parents_left - 1);
  if (!above) return error_of_parent(parent, above.error(), name_at);
  verified.parents = above->parents + 1;
  return verified;
}

}  // namespace

Result<void> pack_snapshot(const std::string& in, const std::string& out) {
  TINE_TRY_ASSIGN(const SnapshotFile file, open_checked(in, kDefaultMaxUnpackedBytes));
  if (out == kStandardStream) {
    TINE_TRY_ASSIGN(const os::File output, os::standard_output());
    return write_dense(file.plain(), output);
  }
  TINE_TRY_ASSIGN(os::AtomicFile output, os::AtomicFile::create(out, 0));
  TINE_TRY(write_dense(file.plain(), output.file()));
  return output.commit();
}

Result<void> unpack_snapshot(const std::string& in, const std::string& out) {
  if (out == kStandardStream)
    return fail(ErrorCode::kUsage, kNoOffset, "a pipe takes the dense form only: use tine pack");
  TINE_TRY_ASSIGN(const SnapshotFile file, open_checked(in, kDefaultMaxUnpackedBytes));
  TINE_TRY_ASSIGN(os::AtomicFile output, os::AtomicFile::create(out, file.plain().size()));
  // The magic comes last, so that what is left of us if we die does not begin like a snapshot.
  constexpr size_t kMagicBytes = kSnapshotMagic.size();
  TINE_TRY(put_pieces(file.plain(), [&output](uint64_t offset, std::span<const uint8_t> bytes) {
    const size_t skipped = offset == 0 ? kMagicBytes : 0;
    return output.file().write_at(offset + skipped, bytes.subspan(skipped));
  }));
  TINE_TRY(output.file().write_at(0, kSnapshotMagic));
  return output.commit();
}

Result<VerifiedSnapshot> verify_snapshot(const std::string& path, const LoadOptions& options) {
  return verify(path, folder_of_parents(path, options), options, kMaxParents);
}

Result<SnapshotOutline> read_snapshot_outline(const std::string& path,
                                              uint64_t max_unpacked_bytes) {
  TINE_TRY_ASSIGN(PlainFile plain, PlainFile::open(path, max_unpacked_bytes));
  TINE_TRY_ASSIGN(const SnapshotFile file, SnapshotFile::read(std::move(plain)));
  SnapshotOutline outline;
  outline.is_dense = file.plain().was_dense();
  outline.plain_bytes = file.header().file_size;
  outline.parent_hash = file.header().parent_hash;
  for (const Section& s : file.sections())
    outline.sections.push_back({name_of(s.kind), s.offset, s.size, s.hash});
  if (!file.header().is_delta()) return outline;
  TINE_TRY_ASSIGN(outline.parent_file, file.parent_name());
  for (const Section& memory : file.memories()) {
    TINE_TRY_ASSIGN(Changes changes, read_changes(file.plain(), memory));
    outline.changes.push_back({std::move(changes.data), std::move(changes.zeros)});
  }
  return outline;
}

}  // namespace tine
