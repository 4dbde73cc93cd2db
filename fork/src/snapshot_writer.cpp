// Plan first (what differs, hash, place), then put every piece where it belongs.
#include "snapshot_writer.h"

#include <algorithm>
#include <span>

#include "find_changes.h"
#include "hash.h"
#include "memory_image.h"
#include "os.h"
#include "state_codec.h"
#include "tine/check.h"

namespace tine {
namespace {

[[nodiscard]] std::span<const uint8_t> block_of(const MemoryContents& memory, uint64_t block) {
  return memory.bytes.subspan(block * kBlockBytes, kBlockBytes);
}

[[nodiscard]] Hash128 hash_of_changes(const MemoryContents& memory, const Changes& changes,
                                      std::span<const uint8_t> index) {
  ByteHasher hasher;
  hasher.add(index);
  for (const uint64_t block : changes.data) hasher.add(block_of(memory, block));
  return hasher.hash();
}

}  // namespace

SnapshotWriter::SnapshotWriter(const MachineState& state, const WriterOptions& options) {
  plan_head(state, options);
  for (size_t m = 0; m < state.memories.size(); ++m) {
    if (options.parent)
      plan_changes(state.memories[m].contents, *options.parent, m);
    else
      plan_memory(state.memories[m].contents);
  }
  std::vector<Section> sections;
  sections.reserve(planned_.size());
  for (const Planned& planned : planned_) sections.push_back(planned.section);
  file_size_ = place_sections(sections);
  for (size_t i = 0; i < sections.size(); ++i) planned_[i].section = sections[i];
  outline_ =
      encode_outline(sections, file_size_, options.parent ? options.parent->root_hash : Hash128{});
  note_ = encode_note(options.reason);
}

void SnapshotWriter::plan_head(const MachineState& state, const WriterOptions& options) {
  const auto add_own = [this](SectionKind kind, std::vector<uint8_t> bytes) {
    const uint64_t size = bytes.size();
    const Hash128 hash = hash_of(bytes);
    Planned planned;
    planned.own = std::move(bytes);
    add(kind, size, hash, std::move(planned));
  };
  if (options.parent)
    add_own(SectionKind::kParent, {options.parent->name.begin(), options.parent->name.end()});
  for (const ModuleRef& module : state.modules) {
    Planned planned;
    if (options.with_modules) planned.bytes = module->bytes();
    const uint64_t size = planned.bytes.size();
    add(options.with_modules ? SectionKind::kModule : SectionKind::kAbsentModule, size,
        hash_of(*module), std::move(planned));
  }
  add_own(SectionKind::kState, encode_state(state));
}

void SnapshotWriter::plan_memory(const MemoryContents& memory) {
  Planned planned;
  planned.memory = &memory;
  add(SectionKind::kMemory, memory.bytes.size(), hash_of(memory), std::move(planned));
}

void SnapshotWriter::plan_changes(const MemoryContents& memory, const DeltaParent& parent,
                                  size_t number) {
  const MemoryContents before = number < parent.state->memories.size()
                                    ? parent.state->memories[number].contents
                                    : MemoryContents{};
  std::optional<CardSet> cards;
  if (parent.changes && number < parent.changes->size()) cards = (*parent.changes)[number];
  Planned planned;
  planned.memory = &memory;
  planned.changes = find_changes(memory, before, cards);
  planned.own = encode_changes(planned.changes);
  const Hash128 hash = hash_of_changes(memory, planned.changes, planned.own);
  const uint64_t size = planned.changes.section_bytes();
  add(SectionKind::kChanges, size, hash, std::move(planned));
}

void SnapshotWriter::add(SectionKind kind, uint64_t size, const Hash128& hash, Planned planned) {
  planned.section = {.kind = kind, .offset = 0, .size = size, .hash = hash};
  planned_.push_back(std::move(planned));
}

Hash128 SnapshotWriter::root_hash() const { return load_hash(outline_.data() + kRootHashAt); }

Result<void> SnapshotWriter::put_section(const Planned& planned, const PieceSink& put) {
  const uint64_t begin = planned.section.offset;
  if (!planned.own.empty()) TINE_TRY(put(begin, planned.own));
  uint64_t behind = begin + planned.own.size();
  for (const uint64_t block : planned.changes.data) {
    TINE_TRY(put(behind, block_of(*planned.memory, block)));
    behind += kBlockBytes;
  }
  if (planned.section.kind == SectionKind::kMemory) {
    Result<void> done;
    (void)for_each_data_run(*planned.memory, [&](uint64_t offset, std::span<const uint8_t> run) {
      done = put(begin + offset, run);
      return done.has_value();
    });
    return done;
  }
  return planned.bytes.empty() ? Result<void>() : put(behind, planned.bytes);
}

Result<void> SnapshotWriter::for_each_piece(const PieceSink& put) const {
  for (const Planned& planned : planned_) TINE_TRY(put_section(planned, put));
  return note_.empty() ? Result<void>() : put(file_size_, note_);
}

std::vector<uint8_t> SnapshotWriter::to_bytes() const {
  std::vector<uint8_t> out(whole_size());
  const auto put = [&out](uint64_t offset, std::span<const uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<ptrdiff_t>(offset));
    return Result<void>();
  };
  const bool is_done = put(0, outline_).has_value() && for_each_piece(put).has_value();
  TINE_CHECK(is_done);  // nothing refuses to go into a vector
  return out;
}

Result<void> SnapshotWriter::write_dense(const ByteSink& sink) const {
  DenseWriter dense(whole_size(), sink);
  const auto put = [&dense](uint64_t offset, std::span<const uint8_t> bytes) {
    return dense.put(offset, bytes);
  };
  TINE_TRY(put(0, outline_));
  TINE_TRY(for_each_piece(put));
  return dense.finish();
}

Result<void> SnapshotWriter::save(const std::string& path) const {
  TINE_TRY_ASSIGN(os::AtomicFile out, os::AtomicFile::create(path, whole_size()));
  const auto put = [&out](uint64_t offset, std::span<const uint8_t> bytes) {
    return out.file().write_at(offset, bytes);
  };
  TINE_TRY(for_each_piece(put));
  // Last, so that what is left of a writer that died does not even begin like a snapshot.
  TINE_TRY(put(0, outline_));
  return out.commit();
}

Result<void> SnapshotWriter::save_dense(const std::string& path) const {
  TINE_TRY_ASSIGN(os::AtomicFile out, os::AtomicFile::create(path, 0));
  TINE_TRY(
      write_dense([&out](std::span<const uint8_t> bytes) { return out.file().write_next(bytes); }));
  return out.commit();
}

}  // namespace tine
