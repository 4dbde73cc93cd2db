// Writing and checking the outline of a file. What a file says is compared with the only thing it
// can say, so there is no state of half-trusted offsets.
#include "snapshot_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "changes.h"
#include "hash.h"
#include "little_endian.h"

namespace tine {
namespace {

[[nodiscard]] uint64_t alignment_of(SectionKind kind) {
  if (kind == SectionKind::kMemory) return kMemoryAlignment;
  return kind == SectionKind::kChanges ? kBlockBytes : kSectionAlignment;
}

/// Sections stand in the order of these numbers.
[[nodiscard]] int rank_of(SectionKind kind) {
  if (kind == SectionKind::kParent) return 0;
  if (is_module(kind)) return 1;
  return is_memory(kind) ? 3 : 2;
}

[[nodiscard]] uint64_t align_up(uint64_t offset, uint64_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

[[nodiscard]] std::unexpected<Error> bad(uint64_t offset, std::string detail) {
  return fail(ErrorCode::kBadSnapshot, offset, std::move(detail));
}

[[nodiscard]] Hash128 root_hash_of(std::span<const uint8_t> outline) {
  std::vector<uint8_t> copy(outline.begin(), outline.end());
  store_hash(copy.data() + kRootHashAt, {});
  return hash_of(copy);
}

/// Whether a section of this kind can have this size.
[[nodiscard]] bool is_possible_size(SectionKind kind, uint64_t size) {
  switch (kind) {
    case SectionKind::kMemory: return size % kWasmPageBytes == 0 && size <= kMostMemoryBytes;
    case SectionKind::kChanges:
      return size != 0 && size % kBlockBytes == 0 && size <= most_bytes_of_changes();
    case SectionKind::kParent: return size != 0 && size <= kMaxNameBytes;
    case SectionKind::kAbsentModule: return size == 0;
    case SectionKind::kModule:
    case SectionKind::kState: return true;
  }
  return false;
}

/// One entry of the table. `end` is where the section before it ends.
[[nodiscard]] Result<Section> decode_entry(std::span<const uint8_t> outline, uint64_t at,
                                           uint64_t end, uint64_t file_size) {
  const uint8_t* entry = outline.data() + at;
  const auto kind = load_le<uint32_t>(entry + kEntryKindAt);
  if (kind < 1 || kind > 6) return bad(at, fmt::format("unknown kind of section: {}", kind));
  if (load_le<uint32_t>(entry + kEntryReservedAt) != 0)
    return bad(at + kEntryReservedAt, "a reserved field is not zero");
  Section section;
  section.kind = static_cast<SectionKind>(kind);
  section.offset = load_le<uint64_t>(entry + kEntryOffsetAt);
  section.size = load_le<uint64_t>(entry + kEntrySizeAt);
  section.hash = load_hash(entry + kEntryHashAt);
  const uint64_t expected = align_up(end, alignment_of(section.kind));
  if (section.offset != expected)
    return bad(at + kEntryOffsetAt,
               fmt::format("the section is said to begin at {:#x} instead of {:#x}", section.offset,
                           expected));
  if (section.offset > file_size || section.size > file_size - section.offset)
    return bad(at + kEntrySizeAt, fmt::format("the section ({} bytes at {:#x}) reaches beyond the "
                                              "file's {} bytes",
                                              section.size, section.offset, file_size));
  if (!is_possible_size(section.kind, section.size))
    return bad(at + kEntrySizeAt,
               fmt::format("a section of kind {} cannot have {} bytes", kind, section.size));
  return section;
}

/// Whether `next`, whose entry is at `at`, may follow these sections.
[[nodiscard]] Result<void> check_order(const SnapshotHeader& header,
                                       std::span<const Section> before, const Section& next,
                                       uint64_t at) {
  const bool is_first = before.empty();
  const int rank = rank_of(next.kind);
  if (is_first && (next.kind == SectionKind::kParent) != header.is_delta())
    return bad(at, "a delta, and only a delta, begins with the name of its parent");
  if (!is_first && rank < rank_of(before.back().kind)) return bad(at, "sections out of order");
  if (!is_first && next.kind == SectionKind::kParent) return bad(at, "a second parent");
  if (!is_first && next.kind == SectionKind::kState && before.back().kind == next.kind)
    return bad(at, "a second state");
  if (!is_first && rank == rank_of(before.back().kind) && next.kind != before.back().kind)
    return bad(at, "some modules are in the file and some are not");
  if (is_memory(next.kind) && (next.kind == SectionKind::kChanges) != header.is_delta())
    return bad(at, "a delta, and only a delta, has changes of memories");
  return {};
}

}  // namespace

std::string_view name_of(SectionKind kind) {
  switch (kind) {
    case SectionKind::kModule: return "module";
    case SectionKind::kState: return "state";
    case SectionKind::kMemory: return "memory";
    case SectionKind::kParent: return "parent name";
    case SectionKind::kChanges: return "changes";
    case SectionKind::kAbsentModule: return "absent module";
  }
  return "unknown section";
}

uint64_t head_end(std::span<const Section> sections, uint64_t file_size) {
  const auto first = std::ranges::find_if(sections, is_memory, &Section::kind);
  return first == sections.end() ? file_size : first->offset;
}

uint64_t place_sections(std::vector<Section>& sections) {
  uint64_t end = kHeaderBytes + sections.size() * kEntryBytes;
  for (Section& section : sections) {
    section.offset = align_up(end, alignment_of(section.kind));
    end = section.offset + section.size;
  }
  return end;
}

std::vector<uint8_t> encode_outline(std::span<const Section> sections, uint64_t file_size,
                                    const Hash128& parent_hash) {
  std::vector<uint8_t> out(kHeaderBytes + sections.size() * kEntryBytes);
  std::copy(kSnapshotMagic.begin(), kSnapshotMagic.end(), out.begin());
  store_le(out.data() + kVersionAt, kSnapshotVersion);
  store_le(out.data() + kSectionCountAt, static_cast<uint32_t>(sections.size()));
  store_le(out.data() + kFileSizeAt, file_size);
  store_hash(out.data() + kParentHashAt, parent_hash);
  uint8_t* entry = out.data() + kHeaderBytes;
  for (const Section& section : sections) {
    store_le(entry + kEntryKindAt, static_cast<uint32_t>(section.kind));
    store_le(entry + kEntryOffsetAt, section.offset);
    store_le(entry + kEntrySizeAt, section.size);
    store_hash(entry + kEntryHashAt, section.hash);
    entry += kEntryBytes;
  }
  store_hash(out.data() + kRootHashAt, root_hash_of(out));
  return out;
}

std::vector<uint8_t> encode_note(const std::string& reason) {
  if (reason.empty()) return {};
  const std::string_view text = std::string_view(reason).substr(0, kMaxReasonBytes);
  std::vector<uint8_t> out(kNoteTextAt);
  out.insert(out.end(), text.begin(), text.end());
  store_le(out.data() + kNoteKindAt, kNoteOfReason);
  store_le(out.data() + kNoteSizeAt, static_cast<uint32_t>(text.size()));
  store_hash(out.data() + kNoteHashAt, hash_of(std::span(out).subspan(kNoteTextAt)));
  return out;
}

Result<std::string> decode_note(std::span<const uint8_t> bytes, uint64_t offset) {
  if (bytes.empty()) return std::string();
  if (bytes.size() <= kNoteTextAt || bytes.size() > kMaxNoteBytes ||
      load_le<uint32_t>(bytes.data() + kNoteKindAt) != kNoteOfReason)
    return bad(offset, "what follows the last section is no note");
  const auto text = bytes.subspan(kNoteTextAt);
  if (load_le<uint32_t>(bytes.data() + kNoteSizeAt) != text.size())
    return bad(offset + kNoteSizeAt, "the note has another size than it says");
  if (load_hash(bytes.data() + kNoteHashAt) != hash_of(text))
    return bad(offset + kNoteHashAt, "the note is damaged (its hash differs)");
  return std::string(text.begin(), text.end());
}

Result<SnapshotHeader> decode_header(std::span<const uint8_t> bytes, uint64_t file_size) {
  const auto magic = bytes.first(std::min<size_t>(bytes.size(), kSnapshotMagic.size()));
  const auto odd = std::mismatch(magic.begin(), magic.end(), kSnapshotMagic.begin()).first;
  if (odd != magic.end() || magic.empty())
    return bad(static_cast<uint64_t>(odd - magic.begin()), "not a tine snapshot (wrong magic)");
  if (bytes.size() < kHeaderBytes)
    return bad(bytes.size(),
               fmt::format("the file ends within its header of {} bytes", kHeaderBytes));
  const auto version = load_le<uint32_t>(bytes.data() + kVersionAt);
  if (version != kSnapshotVersion)
    return bad(kVersionAt, fmt::format("snapshot format version {}; this build reads version {}",
                                       version, kSnapshotVersion));
  SnapshotHeader header;
  header.section_count = load_le<uint32_t>(bytes.data() + kSectionCountAt);
  header.file_size = load_le<uint64_t>(bytes.data() + kFileSizeAt);
  header.root_hash = load_hash(bytes.data() + kRootHashAt);
  header.parent_hash = load_hash(bytes.data() + kParentHashAt);
  if (header.file_size > file_size || file_size - header.file_size > kMaxNoteBytes)
    return bad(kFileSizeAt, fmt::format("the file has {} bytes, its header says {}", file_size,
                                        header.file_size));
  if (header.section_count > kMaxSections)
    return fail(
        ErrorCode::kLimit, kSectionCountAt,
        fmt::format("{} sections; at most {} are read", header.section_count, kMaxSections));
  if (header.table_end() > header.file_size)
    return bad(kSectionCountAt, fmt::format("a table of {} sections does not fit into the file",
                                            header.section_count));
  return header;
}

Result<std::vector<Section>> decode_sections(const SnapshotHeader& header,
                                             std::span<const uint8_t> outline) {
  if (root_hash_of(outline) != header.root_hash)
    return bad(kRootHashAt, "header and section table are damaged (their hash differs)");
  if (load_le<uint64_t>(outline.data() + kReservedAt) != 0)
    return bad(kReservedAt, "a reserved field is not zero");
  std::vector<Section> sections;
  uint64_t end = outline.size();
  for (uint64_t at = kHeaderBytes; at < outline.size(); at += kEntryBytes) {
    TINE_TRY_ASSIGN(const Section section, decode_entry(outline, at, end, header.file_size));
    TINE_TRY(check_order(header, sections, section, at));
    end = section.offset + section.size;
    sections.push_back(section);
  }
  if (std::ranges::count(sections, SectionKind::kState, &Section::kind) == 0)
    return bad(kSectionCountAt, "the file has no state");
  if (end != header.file_size)
    return bad(end, fmt::format("{} bytes follow the last section", header.file_size - end));
  if (const uint64_t head = head_end(sections, end); head > kMaxHeadBytes)
    return fail(
        ErrorCode::kLimit, kFileSizeAt,
        fmt::format("modules and state take {} bytes; at most {} are read", head, kMaxHeadBytes));
  return sections;
}

}  // namespace tine
