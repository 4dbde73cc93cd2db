// The order of checks that snapshot_file.h tells. Offsets of errors are those of the plain form.
#include "snapshot_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "blocks.h"
#include "changes.h"
#include "hash.h"
#include "tine/types.h"

namespace tine {
namespace {

[[nodiscard]] std::unexpected<Error> bad(uint64_t offset, std::string detail) {
  return fail(ErrorCode::kBadSnapshot, offset, std::move(detail));
}

[[nodiscard]] Result<Hash128> hash_of_memory(const PlainFile& plain, const Section& section) {
  MemoryHasher hasher;
  TINE_TRY(for_each_data_run(plain, section.offset, section.offset + section.size,
                             [&hasher](uint64_t offset, std::span<const uint8_t> run) {
                               hasher.add(offset, run);
                               return Result<void>();
                             }));
  return hasher.hash();
}

/// Whether a range of a file is all zeros. Holes are not read.
[[nodiscard]] Result<bool> has_no_data(const PlainFile& plain, uint64_t begin, uint64_t end) {
  bool is_all_zero = true;
  TINE_TRY(for_each_data_run(plain, begin, end, [&](uint64_t, std::span<const uint8_t>) {
    is_all_zero = false;
    return Result<void>();
  }));
  return is_all_zero;
}

}  // namespace

Result<SnapshotFile> SnapshotFile::read(PlainFile plain) {
  SnapshotFile file(std::move(plain));
  TINE_TRY(file.read_outline());
  TINE_TRY(file.check_gaps());
  TINE_TRY(file.read_note());
  if (file.plain_.was_dense()) TINE_TRY(file.check_all());
  return file;
}

/// Makes `head_` the file's bytes up to `end`.
Result<void> SnapshotFile::read_up_to(uint64_t end) {
  if (!plain_.is_file()) {
    head_ = plain_.view().first(end);
    return {};
  }
  if (end > stored_bytes_) {
    auto longer = std::make_unique_for_overwrite<uint8_t[]>(end);
    std::copy_n(storage_.get(), stored_bytes_, longer.get());
    TINE_TRY(
        plain_.read_at(stored_bytes_, std::span(longer.get() + stored_bytes_, longer.get() + end)));
    storage_ = std::move(longer);
    stored_bytes_ = end;
  }
  head_ = {storage_.get(), end};
  return {};
}

/// The first block often is all of the head: one read then.
Result<void> SnapshotFile::read_outline() {
  TINE_TRY(read_up_to(std::min(plain_.size(), kBlockBytes)));
  TINE_TRY_ASSIGN(header_, decode_header(head_, plain_.size()));
  TINE_TRY(read_up_to(header_.table_end()));
  TINE_TRY_ASSIGN(sections_, decode_sections(header_, head_));
  return read_up_to(used_head_end());
}

/// Where the head ends but for the gap before the memories, rounded up to a block: that gap may be
/// most of the head, and check_gaps() knows how to look at it without reading.
uint64_t SnapshotFile::used_head_end() const {
  uint64_t end = header_.table_end();
  for (const Section& section : sections_)
    if (!is_memory(section.kind)) end = std::max(end, section.offset + section.size);
  const uint64_t blocks = (end + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
  return std::min(blocks, head_end(sections_, header_.file_size));
}

Result<void> SnapshotFile::read_note() {
  std::vector<uint8_t> note(plain_.size() - header_.file_size);
  TINE_TRY(plain_.read_at(header_.file_size, note));
  TINE_TRY_ASSIGN(reason_, decode_note(note, header_.file_size));
  return {};
}

Result<void> SnapshotFile::check_gaps() const {
  uint64_t end = header_.table_end();
  for (const Section& section : sections_) {
    const uint64_t read_end = std::min<uint64_t>(section.offset, head_.size());
    TINE_TRY_ASSIGN(const bool is_hole,
                    has_no_data(plain_, std::max(read_end, end), section.offset));
    if (!is_hole || !is_zero(head_.subspan(end, read_end - end)))
      return bad(end, "the gap between two sections is not zero");
    if (is_memory(section.kind)) break;  // memories follow each other without gaps
    end = section.offset + section.size;
  }
  return {};
}

std::span<const Section> SnapshotFile::memories() const {
  const auto first = std::ranges::find_if(sections_, is_memory, &Section::kind);
  return std::span(sections_).subspan(static_cast<size_t>(first - sections_.begin()));
}

Result<std::string> SnapshotFile::parent_name() const {
  const Section& section = sections_.front();
  TINE_TRY(check(section));
  const std::span<const uint8_t> bytes = bytes_of(section);
  std::string name(bytes.begin(), bytes.end());
  if (!is_plain_name(name))
    return bad(section.offset, fmt::format("the parent {} is not a file of the same folder",
                                           escape_for_terminal(name)));
  return name;
}

Result<void> SnapshotFile::check(const Section& section) const {
  if (section.kind == SectionKind::kAbsentModule) return {};
  if (section.kind == SectionKind::kChanges) {
    TINE_TRY_ASSIGN(const Changes changes, read_changes(plain_, section));
    return read_changed_blocks(plain_, section, changes,
                               [](uint64_t, std::span<const uint8_t>) { return Result<void>(); });
  }
  if (section.kind == SectionKind::kMemory) {
    TINE_TRY_ASSIGN(const Hash128 hash, hash_of_memory(plain_, section));
    if (hash == section.hash) return {};
    const auto number = &section - memories().data();
    return bad(section.offset,
               fmt::format("the contents of memory {} are damaged (their hash differs)", number));
  }
  if (hash_of(bytes_of(section)) == section.hash) return {};
  return bad(section.offset,
             fmt::format("the {} is damaged (its hash differs)", name_of(section.kind)));
}

Result<void> SnapshotFile::check_all() const {
  for (const Section& section : sections_) TINE_TRY(check(section));
  return {};
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name != kStandardStream && name != "." &&
         name.find('/') == name.npos && name.find('\0') == name.npos &&
         name.find("..") == name.npos;
}

std::unexpected<Error> in_unpacked_form(Error error) {
  if (error.byte_offset != kNoOffset) error.detail += " (an offset in the unpacked form)";
  return std::unexpected(std::move(error));
}

}  // namespace tine
