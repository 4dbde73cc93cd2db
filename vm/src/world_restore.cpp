// From plain data back to a World, and from any world to a closed one.
//
// The state may come from a file that nobody vouches for, so it is checked first, whole, and gives
// no authority: host directories come from the caller's grants alone, files are opened beneath them
// with no link followed, and rights are cut down to what a descriptor of its kind can hold.
#include <set>

#include "tine/module.h"
#include "world_impl.h"
#include "world_paths.h"

namespace tine {
namespace {

std::unexpected<Error> bad(std::string detail) {
  return fail(ErrorCode::kBadSnapshot, kNoOffset, "world: " + std::move(detail));
}

// --- checking ----------------------------------------------------------------------------------

bool is_c_string(const std::string& s) { return s.find('\0') == std::string::npos; }

Result<void> check_place(const WorldState& state, const Place& place) {
  const bool is_orphan = state.is_closed && place.preopen == kOrphanPreopen;
  if (!is_orphan && place.preopen >= state.preopens.size()) return bad("no such preopen");
  if (place.path.size() > kMaxPathBytes || !is_canonical_path(place.path))
    return bad("path " + escape_for_terminal(place.path) + " is not canonical");
  if (is_orphan && place.is_root()) return bad("removed file without a name");
  return {};
}

Result<void> check_descriptor(const WorldState& state, const FdState& fd) {
  const std::string who = "descriptor " + std::to_string(fd.number);
  if (fd.number >= kMaxDescriptors) return bad(who + " is too large");
  if (fd.kind >= kFdKindCount) return bad(who + " has an unknown kind");
  if ((fd.flags & ~wasi::kFdFlagsAll) != 0) return bad(who + " has unknown flags");
  if (fd.offset > INT64_MAX) return bad(who + " stands beyond any file");
  const auto kind = static_cast<FdKind>(fd.kind);
  const bool has_place = kind == FdKind::kDirectory || kind == FdKind::kFile;
  const Place place{fd.preopen, fd.path};
  if (has_place) TINE_TRY(check_place(state, place));
  if (!has_place && place != Place{}) return bad(who + " has a path, but is a stream");
  if (fd.is_preopen && (kind != FdKind::kDirectory || !place.is_root()))
    return bad(who + " is no preopened directory");
  if (kind == FdKind::kDirectory && fd.preopen == kOrphanPreopen)
    return bad(who + " is a removed directory");
  if (kind != FdKind::kDirectory && !fd.listing.empty()) return bad(who + " cannot be listed");
  for (const std::string& name : fd.listing)
    if (name.empty() || name.find('/') != std::string::npos || !is_canonical_path(name))
      return bad(who + " lists something that is no name");
  return {};
}

Result<void> check_overlay(const WorldState& state) {
  std::optional<Place> previous;
  for (const OverlayNodeState& node : state.overlay) {
    Place place{node.preopen, node.path};
    TINE_TRY(check_place(state, place));
    if (node.kind >= kOverlayKindCount) return bad("overlay node of an unknown kind");
    if (previous && !(*previous < place)) return bad("overlay is not in order");
    previous = std::move(place);
  }
  return {};
}

Result<void> check_state(const WorldState& state) {
  for (const auto* strings : {&state.args, &state.environ})
    for (const std::string& s : *strings)
      if (!is_c_string(s)) return bad("argument or environment with a NUL byte");
  if (state.preopens.size() > kMaxDescriptors) return bad("too many preopens");
  std::set<std::string> guest_paths;
  for (const PreopenState& preopen : state.preopens)
    if (!guest_paths.insert(preopen.guest_path).second) return bad("two preopens of one name");
  for (size_t i = 0; i < state.fds.size(); ++i) {
    if (i > 0 && state.fds[i - 1].number >= state.fds[i].number)
      return bad("descriptors are not in order");
    TINE_TRY(check_descriptor(state, state.fds[i]));
  }
  if (!state.is_closed && !state.overlay.empty()) return bad("real world with an overlay");
  return check_overlay(state);
}

// --- granting and reopening --------------------------------------------------------------------

std::unexpected<Error> missing_grant(const PreopenState& wanted) {
  const std::string guest = escape_for_terminal(wanted.guest_path);
  std::string detail = "the guest uses directory " + guest;
  detail += ": grant it with --dir HOST::" + guest;
  detail += " (it was " + escape_for_terminal(wanted.host_path_hint) + ")";
  return fail(ErrorCode::kIo, kNoOffset, std::move(detail));
}

/// The granted preopens in the order of the state's.
Result<std::vector<Preopen>> match_grants(const WorldState& state,
                                          const std::vector<Preopen>& grants) {
  std::vector<Preopen> matched;
  for (const PreopenState& wanted : state.preopens) {
    const Preopen* found = nullptr;
    for (const Preopen& grant : grants)
      if (grant.guest_path == wanted.guest_path) found = &grant;
    if (found == nullptr) return missing_grant(wanted);
    matched.push_back(*found);
  }
  return matched;
}

OverlayNodes overlay_nodes(const WorldState& state) {
  OverlayNodes nodes;
  for (const OverlayNodeState& from : state.overlay) {
    OverlayNode node{.kind = static_cast<OverlayKind>(from.kind),
                     .mtime_ns = from.mtime_ns,
                     .bytes = {},
                     .target = {}};
    if (node.kind == OverlayKind::kSymlink) {
      node.target.assign(from.contents.begin(), from.contents.end());
    } else if (node.kind == OverlayKind::kFile) {
      node.bytes = FileBytes(from.contents);
    }
    nodes.emplace(Place{from.preopen, from.path}, std::move(node));
  }
  return nodes;
}

/// Whether the file at hand is the one that the snapshot saw. A time that differs is no difference
/// if the contents are the same: files get copied.
bool is_same_file(const FdState& fd, const FileIdentity& now) {
  if (fd.file_size != now.size_bytes) return false;
  return fd.file_mtime_ns == now.mtime_ns || fd.file_hash == now.hash;
}

class Reopener {
 public:
  Reopener(WorldValue& value, bool state_is_closed)
      : value_(value), state_is_closed_(state_is_closed) {}

  Result<Descriptor> reopen(const FdState& fd) {
    Descriptor descriptor{.kind = static_cast<FdKind>(fd.kind),
                          .flags = fd.flags,
                          .is_preopen = fd.is_preopen,
                          .offset = fd.offset,
                          .file = {Place{fd.preopen, fd.path}, nullptr},
                          .listing = {}};
    const wasi::Rights possible = possible_rights(descriptor.kind);
    descriptor.rights_base = fd.rights_base & possible;
    if (descriptor.kind == FdKind::kDirectory)
      descriptor.rights_inheriting =
          fd.rights_inheriting & (wasi::rights::kDirectory | wasi::rights::kFile);
    if (!fd.listing.empty())
      descriptor.listing = std::make_shared<const std::vector<std::string>>(fd.listing);
    // A closed world's guest may have removed a directory that it has open; then that is its state.
    if (descriptor.kind == FdKind::kDirectory && !state_is_closed_)
      TINE_TRY(require_directory(descriptor.file.place));
    if (descriptor.kind == FdKind::kFile) TINE_TRY(open_file(fd, descriptor));
    return descriptor;
  }

 private:
  static std::unexpected<Error> refuse(const Place& place, const char* why) {
    return fail(ErrorCode::kIo, kNoOffset, escape_for_terminal(place.path) + ": " + why);
  }

  Result<void> require_directory(const Place& place) {
    const auto found = value_.files().stat(place);
    if (!found || found->type != FileType::kDirectory)
      return refuse(place, "the guest has it open as a directory, which it is not any more");
    return {};
  }

  Result<void> open_file(const FdState& fd, Descriptor& descriptor) {
    const Place& place = descriptor.file.place;
    const bool write = (descriptor.rights_base & wasi::rights::kWriting) != 0;
    const bool read = !write || (descriptor.rights_base & wasi::rights::kFdRead) != 0;
    auto file = value_.files().open(place, {.read = read, .write = write}, 0);
    if (!file) return refuse(place, "the guest has it open, but it cannot be opened any more");
    descriptor.file = std::move(*file);
    if (fd.file_hash.empty()) return {};
    const auto identity = value_.files().identity(descriptor.file);
    if (!identity || !*identity || !is_same_file(fd, **identity))
      return refuse(place, "differs from the file that the guest has open");
    return {};
  }

  WorldValue& value_;
  bool state_is_closed_;
};

/// Pre: checked state; `value` has its setup and files.
Result<void> restore_value(const WorldState& state, WorldValue& value) {
  Descriptors descriptors;
  Reopener reopener(value, state.is_closed);
  for (const FdState& fd : state.fds) {
    TINE_TRY_ASSIGN(Descriptor descriptor, reopener.reopen(fd));
    descriptors.add_at(fd.number, std::move(descriptor));
  }
  value.descriptors = Cow<Descriptors>(std::move(descriptors));
  value.clock = {state.realtime_base_ns, state.monotonic_base_ns, state.clock_jumps_ns};
  value.entropy = {state.entropy_seed, state.entropy_counter};
  value.stdin_reads = state.stdin_reads;
  return {};
}

/// A world with this state, closed or not, over these host directories.
Result<void> build(const WorldState& state, bool closed, const std::vector<Preopen>& grants,
                   WorldValue& value) {
  TINE_TRY(check_state(state));
  TINE_TRY_ASSIGN(std::vector<Preopen> preopens, match_grants(state, grants));
  TINE_TRY_ASSIGN(RealFiles files, open_preopens(preopens));
  value.setup = std::make_shared<const WorldSetup>(
      WorldSetup{closed, state.args, state.environ, std::move(preopens)});
  if (closed) {
    value.overlay =
        OverlayFiles(std::make_shared<BaseFiles>(std::move(files)), overlay_nodes(state));
  } else {
    value.real_files = std::move(files);
  }
  return restore_value(state, value);
}

}  // namespace

Result<World> World::restore(const WorldState& state, const WorldConfig& grants) {
  Impl impl;
  TINE_TRY(build(state, state.is_closed, grants.preopens, impl.edit_value()));
  impl.streams.stdin_is_process = !state.is_closed;
  return World(std::move(impl));
}

Result<World> World::close(const WorldState& state, uint64_t seed,
                           const std::vector<Preopen>& preopens) {
  Impl impl;
  TINE_TRY(build(state, true, preopens, impl.edit_value()));
  impl.edit_value().entropy = {seed, 0};
  return World(std::move(impl));
}

}  // namespace tine
