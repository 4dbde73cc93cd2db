// Plan first (hash, place), then put every piece where it belongs: in a vector or in a file.
#include "snapshot_writer.h"

#include <algorithm>
#include <span>

#include "hash.h"
#include "memory_image.h"
#include "os.h"
#include "state_codec.h"

namespace tine {

SnapshotWriter::SnapshotWriter(const MachineState& state)
    : state_(state), encoded_state_(encode_state(state)) {
  const auto add = [this](SectionKind kind, uint64_t size, const Hash128& hash) {
    sections_.push_back({.kind = kind, .offset = 0, .size = size, .hash = hash});
  };
  for (const ModuleRef& module : state.modules)
    add(SectionKind::kModule, module->bytes().size(), {module->hash()[0], module->hash()[1]});
  add(SectionKind::kState, encoded_state_.size(), hash_of(encoded_state_));
  for (const MemoryState& memory : state.memories)
    add(SectionKind::kMemory, memory.contents.bytes.size(), hash_of(memory.contents));
  file_size_ = place_sections(sections_);
  outline_ = encode_outline(sections_, file_size_);
}

Hash128 SnapshotWriter::root_hash() const { return load_hash(outline_.data() + kRootHashAt); }

template <class F>
void SnapshotWriter::for_each_piece(F put) const {
  if (!put(uint64_t{0}, std::span<const uint8_t>(outline_))) return;
  auto section = sections_.begin();
  for (const ModuleRef& module : state_.modules)
    if (!put((section++)->offset, module->bytes())) return;
  if (!put((section++)->offset, std::span<const uint8_t>(encoded_state_))) return;
  for (const MemoryState& memory : state_.memories) {
    const uint64_t begin = (section++)->offset;
    const auto put_run = [&](uint64_t offset, std::span<const uint8_t> run) {
      return put(begin + offset, run);
    };
    if (!for_each_data_run(memory.contents, put_run)) return;
  }
}

std::vector<uint8_t> SnapshotWriter::to_bytes() const {
  std::vector<uint8_t> out(file_size_);
  for_each_piece([&out](uint64_t offset, std::span<const uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<ptrdiff_t>(offset));
    return true;
  });
  return out;
}

Result<void> SnapshotWriter::save(const std::string& path) const {
  TINE_TRY_ASSIGN(os::AtomicFile out, os::AtomicFile::create(path, file_size_));
  Result<void> written;
  for_each_piece([&](uint64_t offset, std::span<const uint8_t> bytes) {
    written = out.file().write_at(offset, bytes);
    return written.has_value();
  });
  TINE_TRY(std::move(written));
  return out.commit();
}

}  // namespace tine
