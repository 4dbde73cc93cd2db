// The outline of a `.snap` file: header and section table. docs/snapshot-format.md is its long form.
//
//   0        header, 64 bytes: magic, version, sizes, root hash, hash of the parent
//   64       section table, 40 bytes a section: kind, offset, size, hash
//   …        the sections in the order of the table: parent, modules, one state, memories
//   the end  a note, perhaps
//
// Each section begins at the first multiple of its alignment behind the one before, the gap is
// zeros, and the file ends with the last section or the note. So there is one outline for every
// content, and a file cannot hide anything between or behind its sections.
//
// A complete snapshot has no parent, and memories whole. A delta names its parent and has, for each
// memory, the blocks that differ (changes.h). The note is about the file and no part of the state:
// header and root hash are those of the file without it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tine/memory.h"
#include "tine/result.h"
#include "tine/snapshot.h"

namespace tine {

/// The first byte is not text, the line ends show a file that was damaged as text.
inline constexpr std::array<uint8_t, 8> kSnapshotMagic = {0x8f, 't',  'i',  'n',
                                                          'e',  0x0d, 0x0a, 0x1a};

/// Offsets in the header; integers are little-endian.
inline constexpr uint64_t kVersionAt = 8;        // u32
inline constexpr uint64_t kSectionCountAt = 12;  // u32
inline constexpr uint64_t kFileSizeAt = 16;      // u64
inline constexpr uint64_t kRootHashAt = 24;      // of header and table, this field as zeros
inline constexpr uint64_t kParentHashAt = 40;    // root hash of a delta's parent, else zeros
inline constexpr uint64_t kReservedAt = 56;      // u64, zero
inline constexpr uint64_t kHeaderBytes = 64;

/// Offsets in an entry of the section table.
inline constexpr uint64_t kEntryKindAt = 0;      // u32
inline constexpr uint64_t kEntryReservedAt = 4;  // u32, zero
inline constexpr uint64_t kEntryOffsetAt = 8;    // u64
inline constexpr uint64_t kEntrySizeAt = 16;     // u64
inline constexpr uint64_t kEntryHashAt = 24;
inline constexpr uint64_t kEntryBytes = 40;

enum class SectionKind : uint32_t {
  kModule = 1,        // the binary of a module, as it was decoded
  kState = 2,         // state_codec.h
  kMemory = 3,        // the bytes of a memory in address order
  kParent = 4,        // the name of the parent's file
  kChanges = 5,       // changes.h
  kAbsentModule = 6,  // no bytes: the hash of a module that the reader has to bring
};

/// Memories can be mapped by hosts whose pages have up to 64 KiB.
inline constexpr uint64_t kMemoryAlignment = 65536;
inline constexpr uint64_t kSectionAlignment = 16;

/// What the largest memory holds.
inline constexpr uint64_t kMostMemoryBytes = most_bytes(AddressType::kI64);

/// A file that says more is refused before anything is allocated for it (kLimit): holes make even
/// absurd sizes cheap to claim.
inline constexpr uint32_t kMaxSections = 100'000;
/// Everything before the memories: outline, modules, state.
inline constexpr uint64_t kMaxHeadBytes = uint64_t{2} << 30;
/// The name of a parent's file.
inline constexpr uint64_t kMaxNameBytes = 255;

/// The note behind the sections. Offsets in it:
inline constexpr uint64_t kNoteKindAt = 0;  // u32: 1, the reason for which the snapshot was taken
inline constexpr uint64_t kNoteSizeAt = 4;  // u32, from 1 to kMaxReasonBytes
inline constexpr uint64_t kNoteHashAt = 8;  // of the text
inline constexpr uint64_t kNoteTextAt = 24;
inline constexpr uint32_t kNoteOfReason = 1;
inline constexpr uint64_t kMaxNoteBytes = kNoteTextAt + kMaxReasonBytes;

struct Section {
  SectionKind kind = SectionKind::kState;
  uint64_t offset = 0;
  uint64_t size = 0;
  Hash128 hash{};  // of the bytes; of memories as hash.h says
};

/// The header's fields that say how to go on.
struct SnapshotHeader {
  uint32_t section_count = 0;
  uint64_t file_size = 0;  // without the note
  Hash128 root_hash{};
  Hash128 parent_hash{};

  [[nodiscard]] bool is_delta() const { return parent_hash != Hash128{}; }

  [[nodiscard]] uint64_t table_end() const { return kHeaderBytes + section_count * kEntryBytes; }
};

/// `module`, `state`, … for people.
[[nodiscard]] std::string_view name_of(SectionKind kind);
[[nodiscard]] constexpr bool is_module(SectionKind kind) {
  return kind == SectionKind::kModule || kind == SectionKind::kAbsentModule;
}
/// What stands at the end of the file and is not read into memory whole.
[[nodiscard]] constexpr bool is_memory(SectionKind kind) {
  return kind == SectionKind::kMemory || kind == SectionKind::kChanges;
}

/// Where the memories begin, or the end of the file without any.
[[nodiscard]] uint64_t head_end(std::span<const Section> sections, uint64_t file_size);

/// Gives every section its offset. Returns the size of the file.
uint64_t place_sections(std::vector<Section>& sections);

/// Header and table of a file with these sections. `parent_hash`: zeros, or a delta's.
[[nodiscard]] std::vector<uint8_t> encode_outline(std::span<const Section> sections,
                                                  uint64_t file_size, const Hash128& parent_hash);

/// Empty, or the note with this text, which is cut to kMaxReasonBytes.
[[nodiscard]] std::vector<uint8_t> encode_note(const std::string& reason);
/// Reads what stands behind the sections, from `offset` in the file; at most kMaxNoteBytes + 1 of
/// it. Errors: kBadSnapshot.
[[nodiscard]] Result<std::string> decode_note(std::span<const uint8_t> bytes, uint64_t offset);

/// Reads the header from the file's first bytes (all of them, or at least kHeaderBytes).
/// `file_size` is the size that the file really has.
/// Errors: kBadSnapshot, kLimit.
[[nodiscard]] Result<SnapshotHeader> decode_header(std::span<const uint8_t> bytes,
                                                   uint64_t file_size);

/// Reads the section table; `outline` is header and table. Checks the root hash, kinds, order,
/// places and sizes, not what the sections hold. Errors: kBadSnapshot, kLimit.
[[nodiscard]] Result<std::vector<Section>> decode_sections(const SnapshotHeader& header,
                                                           std::span<const uint8_t> outline);

}  // namespace tine
