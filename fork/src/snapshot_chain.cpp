// Walking from a delta to its parents, bounded by kMaxParents, and back up with the memory.
#include "snapshot_chain.h"

#include <fmt/format.h>

#include <algorithm>

#include "tine/module.h"

namespace tine {
namespace {

/// All memories of a snapshot. A file can claim more than any machine has at no cost.
constexpr uint64_t kMaxImageBytes = uint64_t{1} << 40;

[[nodiscard]] std::vector<MemoryRegion> memory_regions(const SnapshotFile& file) {
  std::vector<MemoryRegion> out;
  for (const Section& section : file.memories()) out.push_back({section.offset, section.size});
  return out;
}

/// Fills an image with the memories of a complete snapshot, as far as there is room.
[[nodiscard]] Result<void> put_memories(const SnapshotFile& file, MemoryImage& image) {
  const size_t count = std::min(file.memories().size(), image.memories().size());
  for (size_t m = 0; m < count; ++m) {
    const Section& section = file.memories()[m];
    const uint64_t size = std::min<uint64_t>(section.size, image.memories()[m].bytes.size());
    TINE_TRY(for_each_data_run(
        file.plain(), section.offset, section.offset + size,
        [&](uint64_t offset, std::span<const uint8_t> run) { return image.put(m, offset, run); }));
  }
  return {};
}

/// Takes one memory from its parent's contents to those of a delta.
[[nodiscard]] Result<void> put_changes(const SnapshotFile& file, size_t memory,
                                       MemoryImage& image) {
  const Section& section = file.memories()[memory];
  TINE_TRY_ASSIGN(const Changes changes, read_changes(file.plain(), section));
  TINE_TRY(image.clear(memory, changes.memory_bytes, UINT64_MAX));
  for (const uint64_t block : changes.zeros)
    TINE_TRY(image.clear(memory, block * kBlockBytes, (block + 1) * kBlockBytes));
  return read_changed_blocks(file.plain(), section, changes,
                             [&](uint64_t block, std::span<const uint8_t> contents) {
                               return image.put(memory, block * kBlockBytes, contents);
                             });
}

/// Takes an image from the parent's contents to those of `file`.
[[nodiscard]] Result<void> put_file(const SnapshotFile& file, MemoryImage& image) {
  if (!file.header().is_delta()) return put_memories(file, image);
  for (size_t m = 0; m < image.memories().size(); ++m) {
    if (m < file.memories().size())
      TINE_TRY(put_changes(file, m, image));
    else
      TINE_TRY(image.clear(m, 0, UINT64_MAX));  // not made yet
  }
  return {};
}

/// The file that `child` builds on, checked against the hash by which it is known.
[[nodiscard]] Result<SnapshotFile> open_one(const SnapshotFile& child, const std::string& name,
                                            const OpenParent& open_parent) {
  TINE_TRY_ASSIGN(PlainFile plain, open_parent(name));
  const bool was_dense = plain.was_dense();
  Result<SnapshotFile> file = SnapshotFile::read(std::move(plain));
  if (!file && was_dense) return in_unpacked_form(std::move(file).error());
  if (file && file->header().root_hash != child.header().parent_hash)
    return fail(ErrorCode::kBadSnapshot, kRootHashAt, "another snapshot than the one it builds on");
  return file;
}

}  // namespace

Result<ParentChain> ParentChain::open(const SnapshotFile& youngest, const OpenParent& open_parent) {
  ParentChain chain;
  if (!youngest.header().is_delta()) return chain;
  const uint64_t name_at = youngest.sections().front().offset;
  std::string about;  // the file whose parent's name is read
  for (const SnapshotFile* child = &youngest; child->header().is_delta();) {
    if (chain.parents_.size() == kMaxParents)
      return fail(ErrorCode::kLimit, name_at,
                  fmt::format("a delta of more than {} generations", kMaxParents));
    Result<std::string> name = child->parent_name();
    if (!name && child != &youngest) return error_of_parent(about, name.error(), name_at);
    if (!name) return std::unexpected(std::move(name).error());
    Result<SnapshotFile> file = open_one(*child, *name, open_parent);
    if (!file) return error_of_parent(*name, file.error(), name_at);
    const Hash128& root = file->header().root_hash;
    const bool is_known = root == youngest.header().root_hash ||
                          std::ranges::any_of(chain.parents_, [&root](const Parent& parent) {
                            return parent.file.header().root_hash == root;
                          });
    if (is_known) return fail(ErrorCode::kBadSnapshot, name_at, "a delta that builds on itself");
    about = *name;
    chain.parents_.push_back({std::move(*name), std::move(*file)});
    child = &chain.parents_.back().file;
  }
  return chain;
}

Result<std::vector<uint64_t>> ParentChain::memory_sizes(const SnapshotFile& youngest) {
  std::vector<uint64_t> sizes;
  uint64_t total = 0;
  for (const Section& section : youngest.memories()) {
    uint64_t size = section.size;
    if (section.kind == SectionKind::kChanges) {
      TINE_TRY_ASSIGN(const Changes changes, read_changes(youngest.plain(), section));
      size = changes.memory_bytes;
    }
    total += size;
    if (total > kMaxImageBytes)
      return fail(ErrorCode::kLimit, section.offset,
                  fmt::format("memories of more than {} bytes in all", kMaxImageBytes));
    sizes.push_back(size);
  }
  return sizes;
}

Result<std::shared_ptr<const MemoryImage>> ParentChain::image(SnapshotFile& youngest,
                                                              std::vector<uint64_t> sizes,
                                                              MemorySource source) const {
  const PlainFile& plain = youngest.plain();
  if (parents_.empty() && plain.is_file() && (source == MemorySource::kMapFile || plain.is_own()))
    return MemoryImage::map_file(youngest.take_file(), memory_regions(youngest));
  TINE_TRY_ASSIGN(auto image, MemoryImage::create(std::move(sizes)));
  for (auto parent = parents_.rbegin(); parent != parents_.rend(); ++parent)
    if (const Result<void> done = put_file(parent->file, *image); !done)
      return error_of_parent(parent->name, done.error(), youngest.sections().front().offset);
  TINE_TRY(put_file(youngest, *image));
  TINE_TRY(image->freeze());
  return image;
}

std::string folder_of_parents(const std::string& path, const LoadOptions& options) {
  if (!options.parent_folder.empty() || path == kStandardStream) return options.parent_folder;
  return os::folder_of(path);
}

OpenParent parents_in(std::string folder, uint64_t most_bytes) {
  return [folder = std::move(folder), most_bytes](const std::string& name) -> Result<PlainFile> {
    if (folder.empty())
      return fail(ErrorCode::kBadSnapshot, kNoOffset,
                  "a delta that comes without a folder has no parent");
    return PlainFile::open(folder + "/" + name, most_bytes);
  };
}

std::unexpected<Error> error_of_parent(const std::string& name, const Error& error,
                                       uint64_t offset) {
  return fail(error.code, offset, "its parent " + error.to_line(escape_for_terminal(name)));
}

}  // namespace tine
