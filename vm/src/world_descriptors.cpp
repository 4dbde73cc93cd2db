// The table of descriptors, kept right when files move or go.
#include "world_descriptors.h"

#include "tine/check.h"

namespace tine {

using wasi::fail;

const Descriptor* Descriptors::find(uint32_t fd) const {
  const auto it = table_.find(fd);
  return it == table_.end() ? nullptr : &it->second;
}

Descriptor* Descriptors::find(uint32_t fd) {
  const auto it = table_.find(fd);
  return it == table_.end() ? nullptr : &it->second;
}

WasiResult<uint32_t> Descriptors::add(Descriptor descriptor) {
  uint32_t lowest = 0;
  for (const auto& [fd, unused] : table_) {
    if (fd != lowest) break;
    ++lowest;
  }
  if (lowest >= kMaxDescriptors) return fail(Errno::kMFile);
  table_.emplace(lowest, std::move(descriptor));
  return lowest;
}

void Descriptors::add_at(uint32_t fd, Descriptor descriptor) {
  TINE_REQUIRE(fd < kMaxDescriptors);
  const bool added = table_.emplace(fd, std::move(descriptor)).second;
  TINE_REQUIRE(added);
}

void Descriptors::move(uint32_t from, uint32_t to) {
  auto node = table_.extract(from);
  node.key() = to;
  table_.insert(std::move(node));
}

bool Descriptors::is_open(const Place& place) const {
  for (const auto& [fd, descriptor] : table_)
    if (descriptor.kind == FdKind::kFile && descriptor.file.place == place) return true;
  return false;
}

void Descriptors::repoint(const Place& from, const Place& to) {
  for (auto& [fd, descriptor] : table_)
    if (descriptor.kind == FdKind::kFile && descriptor.file.place == from)
      descriptor.file.place = to;
}

void Descriptors::follow_rename(const Place& from, const Place& to) {
  for (auto& [fd, descriptor] : table_) {
    if (descriptor.kind != FdKind::kFile && descriptor.kind != FdKind::kDirectory) continue;
    Place& place = descriptor.file.place;
    if (place == from) {
      place = to;
    } else if (from.contains(place)) {
      place = {to.preopen, to.path + place.path.substr(from.path.size())};
    }
  }
}

wasi::Rights possible_rights(FdKind kind) {
  switch (kind) {
    case FdKind::kStdin: return wasi::rights::kStdin;
    case FdKind::kStdout:
    case FdKind::kStderr: return wasi::rights::kStdout;
    case FdKind::kDirectory: return wasi::rights::kDirectory;
    case FdKind::kFile: return wasi::rights::kFile;
    case FdKind::kListener: return wasi::rights::kListener;
    case FdKind::kConnection: return wasi::rights::kConnection;
  }
  return 0;
}

Descriptor standard_stream(FdKind kind) {
  return {
      .kind = kind, .rights_base = possible_rights(kind), .file = {}, .socket = {}, .listing = {}};
}

Descriptor preopened_directory(uint32_t index) {
  return {.kind = FdKind::kDirectory,
          .rights_base = wasi::rights::kDirectory,
          .rights_inheriting = wasi::rights::kDirectory | wasi::rights::kFile,
          .is_preopen = true,
          .file = {Place{index, ""}, nullptr},
          .socket = {},
          .listing = {}};
}

Descriptor listening_socket(uint32_t index, os::HandleRef host) {
  return {.kind = FdKind::kListener,
          .rights_base = wasi::rights::kListener,
          .rights_inheriting = wasi::rights::kConnection,
          .file = {},
          .socket = {.listener = index, .host = std::move(host)},
          .listing = {}};
}

}  // namespace tine
