// A World as plain data: every descriptor by its place, every file of the host by what it is known
// again by, the overlay node by node.
#include "tine/module.h"
#include "world_impl.h"

namespace tine {
namespace {

FdState to_state(uint32_t fd, const Descriptor& descriptor) {
  FdState state;
  state.number = fd;
  state.kind = static_cast<uint8_t>(descriptor.kind);
  state.rights_base = descriptor.rights_base;
  state.rights_inheriting = descriptor.rights_inheriting;
  state.flags = descriptor.flags;
  state.preopen = descriptor.file.place.preopen;
  state.path = descriptor.file.place.path;
  state.offset = descriptor.offset;
  state.is_preopen = descriptor.is_preopen;
  if (descriptor.listing) state.listing = *descriptor.listing;
  return state;
}

OverlayNodeState to_state(const Place& place, const OverlayNode& node) {
  OverlayNodeState state;
  state.preopen = place.preopen;
  state.path = place.path;
  state.kind = static_cast<uint8_t>(node.kind);
  state.mtime_ns = node.mtime_ns;
  if (node.kind == OverlayKind::kSymlink) {
    state.contents.assign(node.target.begin(), node.target.end());
  } else {
    state.contents = node.bytes.flat();
  }
  return state;
}

Result<FdState> capture_descriptor(const WorldValue& value, uint32_t fd,
                                   const Descriptor& descriptor) {
  FdState state = to_state(fd, descriptor);
  if (descriptor.kind != FdKind::kFile) return state;
  const auto identity = value.files().identity(descriptor.file);
  if (!identity) {
    const std::string name = escape_for_terminal(descriptor.file.place.path);
    if (identity.error() == Errno::kStale)
      return fail(ErrorCode::kNotCapturable, kNoOffset,
                  "file descriptor " + std::to_string(fd) + " is open on " + name +
                      ", which was removed or replaced since");
    return fail(ErrorCode::kIo, kNoOffset, name + ": cannot be read for the snapshot");
  }
  if (*identity) {
    state.file_size = (*identity)->size_bytes;
    state.file_mtime_ns = (*identity)->mtime_ns;
    state.file_hash = (*identity)->hash;
  }
  return state;
}

}  // namespace

Result<WorldState> World::capture() const {
  const WorldValue& value = impl_->value();
  WorldState state;
  state.is_closed = value.is_closed();
  state.args = value.setup->args;
  state.environ = value.setup->environ;
  for (const Preopen& preopen : value.setup->preopens)
    state.preopens.push_back({preopen.guest_path, preopen.host_path});
  for (const auto& [fd, descriptor] : value.descriptors->table()) {
    TINE_TRY_ASSIGN(FdState fd_state, capture_descriptor(value, fd, descriptor));
    state.fds.push_back(std::move(fd_state));
  }
  for (const auto& [place, node] : value.overlay.nodes())
    state.overlay.push_back(to_state(place, node));
  state.realtime_base_ns = value.clock.realtime_base_ns;
  state.monotonic_base_ns = value.clock.monotonic_base_ns;
  state.clock_jumps_ns = value.clock.jumps_ns;
  state.entropy_seed = value.entropy.seed;
  state.entropy_counter = value.entropy.counter;
  state.stdin_reads = value.stdin_reads;
  return state;
}

}  // namespace tine
