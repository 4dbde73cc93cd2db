// The order of checks that snapshot_reader.h tells. Offsets of errors are those of the file.
#include "snapshot_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "file_roots.h"
#include "hash.h"
#include "module_cache.h"
#include "state_codec.h"
#include "tine/check.h"

namespace tine {

Result<std::shared_ptr<const Snapshot>> SnapshotReader::read(PlainFile plain,
                                                             const LoadOptions& options,
                                                             const OpenParent& open_parent) {
  const bool was_dense = plain.was_dense();
  Result<SnapshotFile> file = SnapshotFile::read(std::move(plain));
  if (!file && was_dense) return in_unpacked_form(std::move(file).error());
  if (!file) return std::unexpected(std::move(file).error());
  return read(std::move(*file), options, open_parent);
}

Result<std::shared_ptr<const Snapshot>> SnapshotReader::read(SnapshotFile file,
                                                             const LoadOptions& options,
                                                             const OpenParent& open_parent) {
  auto snapshot = read_sections(file, options, open_parent);
  if (!snapshot && file.plain().was_dense()) return in_unpacked_form(std::move(snapshot).error());
  return snapshot;
}

Result<std::shared_ptr<const Snapshot>> SnapshotReader::read_sections(
    SnapshotFile& file, const LoadOptions& options, const OpenParent& open_parent) {
  const SnapshotReader reader(file, options);
  TINE_TRY_ASSIGN(const std::vector<ModuleRef> modules, reader.read_modules());
  const auto state = std::ranges::find(file.sections(), SectionKind::kState, &Section::kind);
  TINE_CHECK(state != file.sections().end());  // decode_sections refuses files without one
  TINE_TRY(file.check(*state));

  std::shared_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->reason_ = file.reason();
  snapshot->roots_->add(file.header().root_hash);
  TINE_TRY_ASSIGN(ParentChain parents, ParentChain::open(file, open_parent));
  TINE_TRY_ASSIGN(const std::vector<uint64_t> sizes, parents.memory_sizes(file));
  if (!file.header().is_delta())
    for (const Section& section : file.memories())
      snapshot->stored_memories_.push_back({section.offset, section.hash});
  TINE_TRY_ASSIGN(snapshot->image_, parents.image(file, sizes, options.source));
  TINE_TRY_ASSIGN(snapshot->state_, decode_state(file.bytes_of(*state), state->offset, modules,
                                                 snapshot->image_->memories()));
  return snapshot;
}

Result<std::vector<ModuleRef>> SnapshotReader::read_modules() const {
  std::vector<ModuleRef> modules;
  for (const Section& section : file_.sections()) {
    if (!is_module(section.kind)) continue;
    TINE_TRY_ASSIGN(ModuleRef module, read_module(section));
    modules.push_back(std::move(module));
  }
  return modules;
}

Result<ModuleRef> SnapshotReader::read_module(const Section& section) const {
  if (section.kind == SectionKind::kAbsentModule) {
    for (const ModuleRef& module : options_.modules)
      if (hash_of(*module) == section.hash) return module;
    return fail(ErrorCode::kBadSnapshot, section.offset,
                fmt::format("the module with hash {:016x}{:016x} is not in the file and was not "
                            "given",
                            section.hash[1], section.hash[0]));
  }
  TINE_TRY(file_.check(section));
  Result<ModuleRef> module = shared_module(file_.bytes_of(section), section.hash);
  if (!module && module.error().byte_offset != kNoOffset)
    module.error().byte_offset += section.offset;
  return module;
}

}  // namespace tine
