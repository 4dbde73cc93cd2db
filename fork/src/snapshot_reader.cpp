// The order of checks that snapshot_reader.h tells. Offsets of errors are those of the file.
#include "snapshot_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "blocks.h"
#include "hash.h"
#include "module_cache.h"
#include "state_codec.h"

namespace tine {
namespace {

/// Reads the file's bytes up to `end` into `bytes`, which holds its beginning already.
[[nodiscard]] Result<void> read_up_to(const os::File& file, std::vector<uint8_t>& bytes,
                                      uint64_t end) {
  const size_t begin = bytes.size();
  bytes.resize(end);
  return file.read_at(begin, std::span(bytes).subspan(begin));
}

[[nodiscard]] std::vector<MemoryRegion> memory_regions(std::span<const Section> sections) {
  std::vector<MemoryRegion> out;
  for (const Section& section : sections)
    if (section.kind == SectionKind::kMemory) out.push_back({section.offset, section.size});
  return out;
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> SnapshotReader::read_file(os::File file,
                                                                  MemorySource source) {
  TINE_TRY_ASSIGN(const uint64_t size, file.size());
  std::vector<uint8_t> head;
  TINE_TRY(read_up_to(file, head, std::min(size, kHeaderBytes)));
  TINE_TRY_ASSIGN(const SnapshotHeader header, decode_header(head, size));
  TINE_TRY(read_up_to(file, head, header.table_end()));
  TINE_TRY_ASSIGN(const std::vector<Section> sections, decode_sections(header, head));
  TINE_TRY(read_up_to(file, head, head_end(sections, size)));
  const std::vector<MemoryRegion> regions = memory_regions(sections);
  TINE_TRY_ASSIGN(auto image, source == MemorySource::kMapFile
                                  ? MemoryImage::map_file(std::move(file), regions)
                                  : MemoryImage::copy_file(file, regions));
  return SnapshotReader(sections, head, std::move(image)).read();
}

Result<std::shared_ptr<const Snapshot>> SnapshotReader::read_bytes(std::span<const uint8_t> file) {
  TINE_TRY_ASSIGN(const SnapshotHeader header, decode_header(file, file.size()));
  TINE_TRY_ASSIGN(const std::vector<Section> sections,
                  decode_sections(header, file.first(header.table_end())));
  std::vector<MemoryContents> memories;
  for (const MemoryRegion& region : memory_regions(sections))
    memories.emplace_back().bytes = file.subspan(region.offset, region.size_bytes);
  TINE_TRY_ASSIGN(auto image, MemoryImage::copy(memories));
  return SnapshotReader(sections, file.first(head_end(sections, file.size())), std::move(image))
      .read();
}

Result<std::shared_ptr<const Snapshot>> SnapshotReader::read() {
  TINE_TRY(check_gaps());
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  std::vector<ModuleRef> modules;
  const Section* state = nullptr;
  for (const Section& section : sections_) {
    switch (section.kind) {
      case SectionKind::kModule: {
        TINE_TRY_ASSIGN(ModuleRef module, read_module(section));
        modules.push_back(std::move(module));
        break;
      }
      case SectionKind::kState: state = &section; break;
      case SectionKind::kMemory:
        snapshot->stored_memories_.push_back({section.offset, section.hash});
        break;
    }
  }
  TINE_CHECK(state != nullptr);  // decode_sections refuses files without one
  TINE_TRY_ASSIGN(const auto bytes, checked(*state));
  TINE_TRY_ASSIGN(snapshot->state_,
                  decode_state(bytes, state->offset, modules, image_->memories()));
  snapshot->image_ = std::move(image_);
  return snapshot;
}

Result<void> SnapshotReader::check_gaps() const {
  uint64_t end = kHeaderBytes + sections_.size() * kEntryBytes;
  for (const Section& section : sections_) {
    if (section.kind == SectionKind::kMemory && section.offset > head_.size()) break;
    if (!is_zero(head_.subspan(end, section.offset - end)))
      return fail(ErrorCode::kBadSnapshot, end, "the gap between two sections is not zero");
    end = section.offset + section.size;
  }
  return {};
}

Result<std::span<const uint8_t>> SnapshotReader::checked(const Section& section) const {
  const std::span<const uint8_t> bytes = head_.subspan(section.offset, section.size);
  if (hash_of(bytes) != section.hash)
    return fail(ErrorCode::kBadSnapshot, section.offset,
                fmt::format("the {} is damaged (its hash differs)",
                            section.kind == SectionKind::kModule ? "module" : "state"));
  return bytes;
}

Result<ModuleRef> SnapshotReader::read_module(const Section& section) const {
  TINE_TRY_ASSIGN(const auto bytes, checked(section));
  Result<ModuleRef> module = shared_module(bytes, section.hash);
  if (!module && module.error().byte_offset != kNoOffset)
    module.error().byte_offset += section.offset;
  return module;
}

}  // namespace tine
