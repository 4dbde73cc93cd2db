// Repairing what was damaged, and running what got through.
#include "fork/hostile.h"

#include <algorithm>

#include "changes.h"
#include "dense.h"
#include "hash.h"
#include "little_endian.h"
#include "plain_file.h"
#include "snapshot_reader.h"
#include "tine/check.h"

namespace tine::test {
namespace {

constexpr uint64_t kFuel = 2000;
constexpr uint64_t kMostUnpackedBytes = uint64_t{1} << 24;
/// Memories beyond this are restored, but not walked through.
constexpr uint64_t kWalkedBytes = uint64_t{1} << 22;

[[nodiscard]] Hash128 hash_of_section(const Bytes& file, const Section& section) {
  const auto bytes = std::span<const uint8_t>(file).subspan(section.offset, section.size);
  if (section.kind != SectionKind::kMemory || bytes.size() % kBlockBytes != 0)
    return hash_of(bytes);
  MemoryContents memory;
  memory.bytes = bytes;
  return hash_of(memory);
}

/// The state names modules by hash, in its first field.
void name_modules(Bytes& file, const std::vector<Section>& sections) {
  const auto state = std::ranges::find(sections, SectionKind::kState, &Section::kind);
  if (state == sections.end()) return;
  uint64_t at = 4;
  for (const Section& section : sections) {
    if (!is_module(section.kind)) continue;
    if (at + kHashBytes > state->size) return;
    store_hash(file.data() + state->offset + at, section.hash);
    at += kHashBytes;
  }
}

}  // namespace

std::vector<Section> sections_of(const Bytes& file) {
  std::vector<Section> out;
  if (file.size() < kHeaderBytes) return out;
  const auto count = load_le<uint32_t>(file.data() + kSectionCountAt);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = kHeaderBytes + i * kEntryBytes;
    if (at + kEntryBytes > file.size()) break;
    const uint8_t* entry = file.data() + at;
    const Section section = {
        .kind = static_cast<SectionKind>(load_le<uint32_t>(entry + kEntryKindAt)),
        .offset = load_le<uint64_t>(entry + kEntryOffsetAt),
        .size = load_le<uint64_t>(entry + kEntrySizeAt),
        .hash = load_hash(entry + kEntryHashAt)};
    if (section.offset <= file.size() && section.size <= file.size() - section.offset)
      out.push_back(section);
  }
  return out;
}

void rehash(Bytes& file, const Bytes* parent) {
  if (file.size() < kHeaderBytes) return;
  const uint64_t count = load_le<uint32_t>(file.data() + kSectionCountAt);
  const uint64_t outline = std::min<uint64_t>(file.size(), kHeaderBytes + count * kEntryBytes);
  // Modules first, as the state holds their hashes.
  for (const bool is_state : {false, true}) {
    std::vector<Section> sections = sections_of(file);
    if (is_state) name_modules(file, sections);
    for (const Section& section : sections) {
      if ((section.kind == SectionKind::kState) != is_state) continue;
      if (section.kind == SectionKind::kAbsentModule) continue;
      for (uint64_t at = kHeaderBytes; at + kEntryBytes <= outline; at += kEntryBytes)
        if (load_le<uint64_t>(file.data() + at + kEntryOffsetAt) == section.offset &&
            load_le<uint32_t>(file.data() + at + kEntryKindAt) ==
                static_cast<uint32_t>(section.kind))
          store_hash(file.data() + at + kEntryHashAt, hash_of_section(file, section));
    }
  }
  if (parent != nullptr && parent->size() >= kHeaderBytes)
    store_hash(file.data() + kParentHashAt, load_hash(parent->data() + kRootHashAt));
  store_hash(file.data() + kRootHashAt, {});
  store_hash(file.data() + kRootHashAt, hash_of(std::span(file).first(outline)));
}

Bytes pack(const Bytes& plain) {
  Bytes out;
  DenseWriter writer(plain.size(), [&out](std::span<const uint8_t> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
    return Result<void>();
  });
  TINE_CHECK(writer.put(0, plain).has_value() && writer.finish().has_value());
  return out;
}

Result<std::shared_ptr<const Snapshot>> load(const Bytes& file, const Bytes* parent) {
  const auto open_parent = [parent](const std::string&) -> Result<PlainFile> {
    if (parent == nullptr) return fail(ErrorCode::kIo, kNoOffset, "no parent");
    return PlainFile::of_bytes(*parent, kMostUnpackedBytes);
  };
  TINE_TRY_ASSIGN(PlainFile plain, PlainFile::of_bytes(file, kMostUnpackedBytes));
  return SnapshotReader::read(std::move(plain), {}, open_parent);
}

std::optional<std::string> misbehaviour(const Snapshot& snapshot) {
  [[maybe_unused]] const auto verified = snapshot.verify_memory();
  World world = World::restore(snapshot.state().world, {}).value_or(World());
  auto machine = snapshot.machine(std::move(world), {});
  if (!machine) return machine.error().detail.empty() ? std::optional("no reason") : std::nullopt;
  if (!snapshot.verify_frames()) return "restored, but not verified";
  (void)(*machine)->backtrace();
  (void)(*machine)->run(kFuel);
  uint64_t memory_bytes = 0;
  for (uint32_t m = 0; m < (*machine)->memory_count(); ++m)
    memory_bytes += (*machine)->memory(m).size_bytes();
  if (memory_bytes > kWalkedBytes) return std::nullopt;
  [[maybe_unused]] const auto hash = state_hash(**machine);
  const auto bytes = snapshot.to_bytes();
  if (!bytes) return "cannot be written";
  const auto again = Snapshot::from_bytes(*bytes);
  if (!again) return "does not load again: " + again.error().to_line("again");
  if (*(*again)->to_bytes() != *bytes) return "comes back as another one";
  return std::nullopt;
}

}  // namespace tine::test
