// Snapshot: capture, and the ways in and out. Reader and writer do the work on files.
#include "tine/snapshot.h"

#include <fmt/format.h>

#include "file_roots.h"
#include "hash.h"
#include "memory_image.h"
#include "module_cache.h"
#include "os.h"
#include "plain_file.h"
#include "snapshot_file.h"
#include "snapshot_reader.h"
#include "snapshot_writer.h"

namespace tine {
Snapshot::Snapshot() : roots_(std::make_unique<FileRoots>()) {}
Snapshot::~Snapshot() = default;

Result<std::shared_ptr<const Snapshot>> Snapshot::capture(Machine& machine) {
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  TINE_TRY(snapshot->take(machine, nullptr));
  return snapshot;
}

Result<std::shared_ptr<const Snapshot>> Snapshot::capture(Machine& machine,
                                                          const Snapshot& parent) {
  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  TINE_TRY(snapshot->take(machine, &parent));
  return snapshot;
}

Result<void> Snapshot::take(Machine& machine, const Snapshot* parent) {
  TINE_TRY_ASSIGN(state_, machine.capture());
  std::vector<MemoryContents> live;
  for (const MemoryState& memory : state_.memories) live.push_back(memory.contents);
  moment_ = machine.mark_moment();
  std::optional<Lineage::Changes> changes;
  if (parent != nullptr) changes = moment_.since(parent->moment_);
  if (changes) {
    TINE_TRY_ASSIGN(image_, MemoryImage::copy_changes(parent->image_, live, *changes));
  } else {
    TINE_TRY_ASSIGN(image_, MemoryImage::copy(live));
  }
  for (const ModuleRef& module : state_.modules) remember_module(module);
  return {};
}

const MachineState& Snapshot::state() const {
  std::call_once(has_contents_, [this] {
    const std::span<const MemoryContents> view = image_->view();
    for (size_t m = 0; m < view.size(); ++m) state_.memories[m].contents = view[m];
  });
  return state_;
}

Result<std::shared_ptr<const Snapshot>> Snapshot::load(const std::string& path,
                                                       MemorySource source) {
  LoadOptions options;
  options.source = source;
  return load(path, options);
}

Result<std::shared_ptr<const Snapshot>> Snapshot::load(const std::string& path,
                                                       const LoadOptions& options) {
  TINE_TRY_ASSIGN(PlainFile plain, PlainFile::open(path, options.max_unpacked_bytes));
  return SnapshotReader::read(
      std::move(plain), options,
      parents_in(folder_of_parents(path, options), options.max_unpacked_bytes));
}

Result<std::shared_ptr<const Snapshot>> Snapshot::from_bytes(std::span<const uint8_t> file,
                                                             const LoadOptions& options) {
  TINE_TRY_ASSIGN(PlainFile plain, PlainFile::of_bytes(file, options.max_unpacked_bytes));
  return SnapshotReader::read(std::move(plain), options,
                              parents_in(options.parent_folder, options.max_unpacked_bytes));
}

/// Makes sure that a delta's parent can be found again: the right file, under a plain name.
Result<Hash128> Snapshot::root_of_file(const std::string& folder, const std::string& name) const {
  const auto usage = [&name](const std::string& what) {
    return fail(ErrorCode::kUsage, kNoOffset,
                fmt::format("the parent {}: {}", escape_for_terminal(name), what));
  };
  if (!is_plain_name(name)) return usage("expected the name of a file in the same folder");
  Result<PlainFile> plain = PlainFile::open(folder + "/" + name, kDefaultMaxUnpackedBytes);
  if (!plain) return usage(plain.error().detail);
  const Result<SnapshotFile> file = SnapshotFile::read(std::move(*plain));
  if (!file) return usage(file.error().detail);
  const Hash128& root = file->header().root_hash;
  if (!roots_->has(root) && root != hash()) return usage("holds another snapshot");
  return root;
}

Result<void> Snapshot::save(const std::string& path, const SaveOptions& options) const {
  WriterOptions how;
  how.with_modules = options.with_modules;
  how.reason = options.reason.value_or(reason_);
  if (options.parent != nullptr) {
    if (path != kStandardStream && os::name_of(path) == options.parent_file)
      return fail(ErrorCode::kUsage, kNoOffset, "a delta cannot replace its parent");
    TINE_TRY_ASSIGN(const Hash128 root,
                    options.parent->root_of_file(os::folder_of(path), options.parent_file));
    how.parent = {.name = options.parent_file,
                  .root_hash = root,
                  .state = &options.parent->state(),
                  .changes = moment_.since(options.parent->moment_)};
  }
  const SnapshotWriter writer(state(), how);
  if (path == kStandardStream) {
    TINE_TRY_ASSIGN(const os::File output, os::standard_output());
    TINE_TRY(writer.write_dense(
        [&output](std::span<const uint8_t> bytes) { return output.write_next(bytes); }));
  } else if (options.form == SaveOptions::Form::kDense) {
    TINE_TRY(writer.save_dense(path));
  } else {
    TINE_TRY(writer.save(path));
  }
  roots_->add(writer.root_hash());
  return {};
}

Result<std::vector<uint8_t>> Snapshot::to_bytes(SaveOptions::Form form) const {
  WriterOptions how;
  how.reason = reason_;
  const SnapshotWriter writer(state(), how);
  if (form == SaveOptions::Form::kPlain) return writer.to_bytes();
  std::vector<uint8_t> out;
  TINE_TRY(writer.write_dense([&out](std::span<const uint8_t> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
    return Result<void>();
  }));
  return out;
}

Result<void> Snapshot::verify_memory() const {
  for (size_t m = 0; m < stored_memories_.size(); ++m)
    if (hash_of(state().memories[m].contents) != stored_memories_[m].hash)
      return fail(ErrorCode::kBadSnapshot, stored_memories_[m].file_offset,
                  fmt::format("the contents of memory {} are damaged (their hash differs)", m));
  return {};
}

Result<std::unique_ptr<Machine>> Snapshot::machine(World world, const MachineConfig& config) const {
  TINE_TRY_ASSIGN(auto machine, Machine::restore(state(), std::move(world), config));
  machine->follow(moment_);
  return machine;
}

Result<void> Snapshot::verify_frames() const {
  auto hosts = std::make_shared<HostRegistry>();
  const auto types_of = [](const std::vector<uint8_t>& codes) {
    std::vector<ValType> types;
    types.reserve(codes.size());
    for (const uint8_t code : codes) types.push_back(static_cast<ValType>(code));
    return types;
  };
  for (const HostFuncState& f : state_.host_funcs)
    hosts->add({.module = f.module,
                .name = f.name,
                .type = {types_of(f.params), types_of(f.results)},
                .call = nullptr});
  TINE_TRY(Machine::restore(state(), World(), {.hosts = std::move(hosts)}));
  return {};
}

Hash128 Snapshot::hash() const { return SnapshotWriter(state()).root_hash(); }

Result<Hash128> state_hash(const Machine& machine) {
  TINE_TRY_ASSIGN(const MachineState state, machine.capture());
  return SnapshotWriter(state).root_hash();
}

}  // namespace tine
