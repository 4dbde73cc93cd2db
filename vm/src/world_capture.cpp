// A World as plain data: every descriptor by its place, every file of the host by what it is known
// again by, the overlay node by node.
//
// A file of the host that is removed or replaced while open cannot be found again by its place: the
// policy says what to do then. With FdPolicy::kEmbed the contents of open files join the overlay as
// nameless files, one for each file, however many descriptors it has. Their numbers are the lowest
// free ones in the order of descriptors, so that the same state makes the same bytes.
#include <algorithm>
#include <map>
#include <tuple>

#include "file_hash.h"
#include "tine/limits.h"
#include "tine/module.h"
#include "world_impl.h"

namespace tine {
namespace {

void put_socket(const SocketRef& socket, FdState& state) {
  state.listener = socket.listener;
  state.connection = socket.connection;
  state.shut = socket.shut;
  const bool is_connection = state.kind == static_cast<uint8_t>(FdKind::kConnection);
  if (is_connection && !socket.host && socket.connection == kUnscriptedConnection)
    state.shut |= kPeerIsGone;
}

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
  if (is_socket(descriptor.kind)) put_socket(descriptor.socket, state);
  if (descriptor.listing) state.listing = *descriptor.listing;
  return state;
}

OverlayNodeState to_state(const Place& place, const OverlayNode& node) {
  OverlayNodeState state;
  state.preopen = place.preopen;
  state.path = place.path;
  state.kind = static_cast<uint8_t>(node.kind);
  state.mtime_ns = node.mtime_ns;
  state.atime_ns = node.atime_ns;
  if (node.kind == OverlayKind::kSymlink || node.kind == OverlayKind::kHardLink) {
    state.contents.assign(node.target.begin(), node.target.end());
  } else {
    state.contents = node.bytes.flat();
  }
  return state;
}

void put_identity(FileIdentity identity, FdState& state) {
  state.file_size = identity.size_bytes;
  state.file_mtime_ns = identity.mtime_ns;
  state.file_hash = std::move(identity.hash);
}

/// Descriptors and overlay of a state; they hang together where contents are embedded.
class FileCapture {
 public:
  FileCapture(const WorldValue& value, FdPolicy policy) : value_(value), policy_(policy) {
    for (const auto& [place, node] : value.overlay.nodes()) {
      overlay_.emplace(place, to_state(place, node));
      overlay_bytes_ += node.bytes.size_bytes();
    }
  }

  Result<void> add(uint32_t fd, const Descriptor& descriptor) {
    FdState state = to_state(fd, descriptor);
    if (descriptor.kind == FdKind::kDirectory) return add_directory(std::move(state), descriptor);
    if (descriptor.kind == FdKind::kFile) return add_file(std::move(state), descriptor.file);
    if (descriptor.kind == FdKind::kConnection && descriptor.socket.host)
      return add_connection(std::move(state));
    fds_.push_back(std::move(state));
    return {};
  }

  /// Takes everything out, losses of the past included.
  void finish(WorldState& out) {
    for (const LossState& loss : value_.setup->losses)
      if (value_.descriptors->find(loss.fd) == nullptr) losses_.push_back(loss);
    std::ranges::sort(losses_, {}, &LossState::fd);
    out.fds = std::move(fds_);
    for (auto& [place, node] : overlay_) out.overlay.push_back(std::move(node));
    out.losses = std::move(losses_);
  }

 private:
  // A directory is walked to by its place whenever it is used, so only its place can be lost.
  Result<void> add_directory(FdState state, const Descriptor& descriptor) {
    if (!value_.is_closed()) {
      const auto stat = value_.files().stat(descriptor.file.place);
      const bool is_gone = !stat || stat->type != FileType::kDirectory;
      if (is_gone && policy_ == FdPolicy::kError)
        return refuse(state, ErrorCode::kNotCapturable,
                      "a directory that was removed since it was opened");
      if (is_gone && policy_ == FdPolicy::kClose) return leave_out(state);
      if (is_gone) lose(state, LossKind::kDirectoryGone);
    }
    fds_.push_back(std::move(state));
    return {};
  }

  // A connection of the host's ends with this process's share of it. The program will find it hung
  // up, or closed, as the policy says when the snapshot is used.
  Result<void> add_connection(FdState state) {
    if (policy_ == FdPolicy::kClose) return leave_out(state);
    lose(state, LossKind::kConnection);
    fds_.push_back(std::move(state));
    return {};
  }

  Result<void> add_file(FdState state, const FileRef& file) {
    const Files& files = value_.files_of(file.place);
    const auto host = files.host_stat(file);
    if (!host) return refuse(state, ErrorCode::kIo, "a file that cannot be looked at");
    if (!*host) {  // its contents are in the overlay
      fds_.push_back(std::move(state));
      return {};
    }
    const bool is_replaced = !files.is_in_place(file);
    if (is_replaced && policy_ == FdPolicy::kError)
      return refuse(state, ErrorCode::kNotCapturable,
                    "a file that was removed or replaced since it was opened");
    if (is_replaced && policy_ == FdPolicy::kClose) return leave_out(state);
    const bool is_regular = (*host)->type == FileType::kRegularFile;
    if (policy_ == FdPolicy::kEmbed && is_regular && can_embed(**host, file))
      return add_embedded(std::move(state), **host, file, is_replaced);
    if (policy_ == FdPolicy::kEmbed && is_replaced)
      return refuse(state, ErrorCode::kNotCapturable,
                    "a file that was removed or replaced since, and cannot be embedded: " +
                        why_not(is_regular, **host));
    if (is_replaced) {
      lose(state, LossKind::kByName);
    } else if (!is_regular) {
      lose(state, LossKind::kSpecialFile);
    } else if (policy_ == FdPolicy::kEmbed) {
      lose(state, LossKind::kTooLarge);
    }
    return add_by_path(std::move(state), file, is_regular);
  }

  Result<void> add_by_path(FdState state, const FileRef& file, bool is_regular) {
    if (is_regular) {
      auto identity = value_.files_of(file.place).identity(file);
      if (!identity) return refuse(state, ErrorCode::kIo, "a file that cannot be read");
      put_identity(std::move(*identity), state);
    }
    fds_.push_back(std::move(state));
    return {};
  }

  // --- embedded files --------------------------------------------------------------------------

  /// What makes two open files one: device and inode; in a closed world, whose inodes are hashes of
  /// paths, the path too.
  using FileKey = std::tuple<uint64_t, uint64_t, std::string>;
  struct Embedded {
    uint32_t number = 0;
    FileIdentity identity;
  };

  [[nodiscard]] FileKey key_of(const FileStat& host, const FileRef& file) const {
    if (!value_.is_closed()) return {host.device, host.inode, ""};
    return {file.place.preopen, 0, file.place.path};
  }

  [[nodiscard]] bool can_embed(const FileStat& host, const FileRef& file) const {
    if (embedded_.contains(key_of(host, file))) return true;
    return host.size_bytes <= kLimits.embedded_file_bytes &&
           host.size_bytes <= kMaxOverlayBytes - overlay_bytes_;
  }

  static std::string why_not(bool is_regular, const FileStat& host) {
    if (!is_regular) return "it is no regular file";
    return std::to_string(host.size_bytes) + " bytes are beyond the limit of " +
           std::to_string(kLimits.embedded_file_bytes) + " for a file, " +
           std::to_string(kMaxOverlayBytes) + " for all";
  }

  Result<void> add_embedded(FdState state, const FileStat& host, const FileRef& file,
                            bool is_replaced) {
    const FileKey key = key_of(host, file);
    auto found = embedded_.find(key);
    if (found == embedded_.end()) {
      auto made = embed(host, file);
      if (!made) return refuse(state, ErrorCode::kIo, "a file that cannot be read");
      found = embedded_.emplace(key, std::move(*made)).first;
    }
    const Embedded& embedded = found->second;
    if (is_replaced) {  // nobody will find it again: from here on it lives in memory
      state.preopen = kOrphanPreopen;
      state.path = std::to_string(embedded.number);
    } else {
      put_identity(embedded.identity, state);
      state.embedded = embedded.number + 1;
    }
    fds_.push_back(std::move(state));
    return {};
  }

  /// Puts the contents into the overlay, as many bytes as `host` tells.
  WasiResult<Embedded> embed(const FileStat& host, const FileRef& file) {
    const Files& files = value_.files_of(file.place);
    const auto from = files.readable(file);
    if (!from) return wasi::fail(from.error());
    std::vector<uint8_t> bytes(host.size_bytes);
    size_t size = 0;
    while (size < bytes.size()) {
      const auto n = files.read(*from, size, std::span(bytes).subspan(size));
      if (!n) return wasi::fail(n.error());
      if (*n == 0) break;  // it was cut meanwhile
      size += *n;
    }
    bytes.resize(size);
    auto hash = hash_of([&](uint64_t offset, std::span<uint8_t> into) -> WasiResult<uint64_t> {
      const size_t n = std::min<size_t>(into.size(), size - std::min<size_t>(size, offset));
      std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(offset), n, into.begin());
      return n;
    });
    if (!hash) return wasi::fail(hash.error());
    return keep(std::move(bytes), {size, host.mtime_ns, std::move(*hash)});
  }

  Embedded keep(std::vector<uint8_t> bytes, FileIdentity identity) {
    Place place{kOrphanPreopen, ""};
    uint32_t number = 0;
    for (;; ++number) {
      place.path = std::to_string(number);
      if (!overlay_.contains(place)) break;
    }
    overlay_bytes_ += bytes.size();
    OverlayNodeState node;
    node.preopen = place.preopen;
    node.path = place.path;
    node.kind = static_cast<uint8_t>(OverlayKind::kFile);
    node.mtime_ns = identity.mtime_ns;
    node.atime_ns = identity.mtime_ns;
    node.contents = std::move(bytes);
    overlay_.emplace(std::move(place), std::move(node));
    return {number, std::move(identity)};
  }

  // --- what cannot be taken along ----------------------------------------------------------------

  [[nodiscard]] std::string guest_path(const FdState& state) const {
    if (is_socket(static_cast<FdKind>(state.kind)))
      return socket_name(value_.setup->listeners[state.listener].address_hint);
    return guest_path_of(*value_.setup, {state.preopen, state.path});
  }
  void lose(const FdState& state, LossKind kind) {
    losses_.push_back({state.number, static_cast<uint8_t>(kind), guest_path(state)});
  }
  Result<void> leave_out(const FdState& state) {
    lose(state, LossKind::kClosed);
    return {};
  }
  [[nodiscard]] std::unexpected<Error> refuse(const FdState& state, ErrorCode code,
                                              const std::string& why) const {
    return fail(code, kNoOffset,
                "descriptor " + std::to_string(state.number) + ", " +
                    escape_for_terminal(guest_path(state)) + ": " + why +
                    (code == ErrorCode::kNotCapturable ? " (--fd-policy: what to do then)" : ""));
  }

  const WorldValue& value_;
  const FdPolicy policy_;
  std::vector<FdState> fds_;
  std::map<Place, OverlayNodeState> overlay_;
  uint64_t overlay_bytes_ = 0;
  std::map<FileKey, Embedded> embedded_;
  std::vector<LossState> losses_;
};

}  // namespace

Result<WorldState> World::capture() const {
  const WorldValue& value = impl_->value();
  WorldState state;
  state.is_closed = value.is_closed();
  state.args = value.setup->args;
  state.environ = value.setup->environ;
  for (const Preopen& preopen : value.setup->preopens)
    state.preopens.push_back({preopen.guest_path, preopen.host_path});
  state.listeners = value.setup->listeners;
  FileCapture files(value, impl_->streams.fd_policy);
  for (const auto& [fd, descriptor] : value.descriptors->table())
    TINE_TRY(files.add(fd, descriptor));
  files.finish(state);
  state.realtime_base_ns = value.clock.realtime_base_ns;
  state.monotonic_base_ns = value.clock.monotonic_base_ns;
  state.clock_jumps_ns = value.clock.jumps_ns;
  state.entropy_seed = value.entropy.seed;
  state.entropy_counter = value.entropy.counter;
  state.stdin_reads = value.stdin_reads;
  return state;
}

}  // namespace tine
