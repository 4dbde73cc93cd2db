// Snapshot: capture, and the ways in and out. Reader and writer do the work on files.
#include "tine/snapshot.h"

#include <fmt/format.h>

#include "hash.h"
#include "memory_image.h"
#include "module_cache.h"
#include "os.h"
#include "snapshot_reader.h"
#include "snapshot_writer.h"

namespace tine {

Snapshot::~Snapshot() = default;

Result<std::shared_ptr<const Snapshot>> Snapshot::capture(const Machine& machine) {
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  TINE_TRY_ASSIGN(snapshot->state_, machine.capture());
  MachineState& state = snapshot->state_;
  std::vector<MemoryContents> live;
  for (const MemoryState& memory : state.memories) {
    os::map_for_reading(memory.contents.bytes);
    live.push_back(memory.contents);
  }
  TINE_TRY_ASSIGN(snapshot->image_, MemoryImage::copy(live));
  for (size_t m = 0; m < live.size(); ++m)
    state.memories[m].contents = snapshot->image_->memories()[m];
  for (const ModuleRef& module : state.modules) remember_module(module);
  return snapshot;
}

Result<std::shared_ptr<const Snapshot>> Snapshot::load(const std::string& path,
                                                       MemorySource source) {
  TINE_TRY_ASSIGN(os::File file, os::open_for_reading(path));
  return SnapshotReader::read_file(std::move(file), source);
}

Result<std::shared_ptr<const Snapshot>> Snapshot::from_bytes(std::span<const uint8_t> file) {
  return SnapshotReader::read_bytes(file);
}

Result<void> Snapshot::save(const std::string& path) const {
  return SnapshotWriter(state_).save(path);
}

Result<std::vector<uint8_t>> Snapshot::to_bytes() const {
  return SnapshotWriter(state_).to_bytes();
}

Result<void> Snapshot::verify_memory() const {
  for (size_t m = 0; m < stored_memories_.size(); ++m)
    if (hash_of(state_.memories[m].contents) != stored_memories_[m].hash)
      return fail(ErrorCode::kBadSnapshot, stored_memories_[m].file_offset,
                  fmt::format("the contents of memory {} are damaged (their hash differs)", m));
  return {};
}

Result<std::unique_ptr<Machine>> Snapshot::machine(World world, const MachineConfig& config) const {
  return Machine::restore(state_, std::move(world), config);
}

Hash128 Snapshot::hash() const { return SnapshotWriter(state_).root_hash(); }

Result<Hash128> state_hash(const Machine& machine) {
  TINE_TRY_ASSIGN(const MachineState state, machine.capture());
  return SnapshotWriter(state).root_hash();
}

}  // namespace tine
