// Every field of a WorldState against what a World can hold. Nothing here asks the host.
#include "world_check.h"

#include <algorithm>
#include <optional>
#include <set>

#include "tine/limits.h"
#include "tine/module.h"
#include "world_impl.h"
#include "world_paths.h"

namespace tine {
namespace {

constexpr size_t kFileHashBytes = 16;

std::unexpected<Error> bad(std::string detail) {
  return fail(ErrorCode::kBadSnapshot, kNoOffset, "world: " + std::move(detail));
}

bool is_c_string(const std::string& s) { return s.find('\0') == std::string::npos; }

Result<void> check_place(const WorldState& state, const Place& place) {
  if (!place.is_orphan() && place.preopen >= state.preopens.size()) return bad("no such preopen");
  if (place.path.size() > kMaxPathBytes || !is_canonical_path(place.path))
    return bad("path " + escape_for_terminal(place.path) + " is not canonical");
  if (place.is_orphan() && place.is_root()) return bad("removed file without a number");
  return {};
}

// --- descriptors -------------------------------------------------------------------------------

/// Files in memory without a name, and whether a descriptor has been seen that needs each.
using Orphans = std::map<std::string, bool>;

Result<void> check_listing(const std::string& who, const FdState& fd) {
  if (fd.kind != static_cast<uint8_t>(FdKind::kDirectory) && !fd.listing.empty())
    return bad(who + " cannot be listed");
  for (const std::string& name : fd.listing)
    if (name.empty() || name.find('/') != std::string::npos || !is_canonical_path(name))
      return bad(who + " lists something that is no name");
  return {};
}

/// Where the contents of a file descriptor are: in a nameless file, at the host, or both.
Result<void> check_contents(const std::string& who, const FdState& fd, Orphans& orphans) {
  const bool is_file = fd.kind == static_cast<uint8_t>(FdKind::kFile);
  const bool is_orphan = fd.preopen == kOrphanPreopen;
  if (!fd.file_hash.empty() && (!is_file || is_orphan || fd.file_hash.size() != kFileHashBytes))
    return bad(who + " has a hash that cannot be its file's");
  if (fd.embedded != 0 && fd.file_hash.empty())
    return bad(who + " has embedded contents, but no file of the host");
  if (!is_file || (!is_orphan && fd.embedded == 0)) return {};
  const auto orphan = orphans.find(is_orphan ? fd.path : std::to_string(fd.embedded - 1));
  if (orphan == orphans.end()) return bad(who + " has contents that are not there");
  orphan->second = true;
  return {};
}

/// Who is no socket says nothing of sockets.
Result<void> check_no_socket(const std::string& who, const FdState& fd) {
  if (fd.listener != 0 || fd.connection != 0 || fd.shut != 0) return bad(who + " is no socket");
  return {};
}

/// Numbers into the listeners' scripts, which real worlds do not have.
Result<void> check_socket(const std::string& who, const WorldState& state, const FdState& fd) {
  if (fd.listener >= state.listeners.size()) return bad(who + " belongs to no listening socket");
  const std::vector<ConnectionState>& script = state.listeners[fd.listener].script;
  if (fd.kind == static_cast<uint8_t>(FdKind::kListener)) {
    if (fd.connection != kUnscriptedConnection || fd.shut != 0)
      return bad(who + " is no connection");
    if (fd.offset > script.size()) return bad(who + " accepted more than arrived");
    return {};
  }
  constexpr uint8_t kAllShut = wasi::kShutReceiving | wasi::kShutSending | kPeerIsGone;
  if ((fd.shut & ~kAllShut) != 0) return bad(who + " is shut in an unknown way");
  if (fd.connection == kUnscriptedConnection) {
    if (fd.offset != 0) return bad(who + " received what nobody sent");
    // Whose peer is there is a socket of the host.
    if (state.is_closed && (fd.shut & kPeerIsGone) == 0) return bad(who + " has no script");
    return {};
  }
  if (fd.connection >= script.size() || fd.offset > script[fd.connection].incoming.size())
    return bad(who + " received more than was sent");
  if ((fd.shut & kPeerIsGone) != 0) return bad(who + " has a script, but no peer");
  return {};
}

Result<void> check_listeners(const WorldState& state) {
  if (state.listeners.size() > kMaxDescriptors) return bad("too many listening sockets");
  for (const ListenerState& listener : state.listeners) {
    if (listener.address_hint.size() > kLimits.name_bytes) return bad("address is too long");
    if (!state.is_closed && !listener.script.empty()) return bad("real world with a script");
  }
  return {};
}

Result<void> check_descriptor(const WorldState& state, const FdState& fd, Orphans& orphans) {
  const std::string who = "descriptor " + std::to_string(fd.number);
  if (fd.number >= kMaxDescriptors) return bad(who + " is too large");
  if (fd.kind >= kFdKindCount) return bad(who + " has an unknown kind");
  if ((fd.flags & ~wasi::kFdFlagsAll) != 0) return bad(who + " has unknown flags");
  if (fd.offset > INT64_MAX) return bad(who + " stands beyond any file");
  const auto kind = static_cast<FdKind>(fd.kind);
  const bool has_place = kind == FdKind::kDirectory || kind == FdKind::kFile;
  const Place place{fd.preopen, fd.path};
  if (has_place) TINE_TRY(check_place(state, place));
  if (!has_place && place != Place{}) return bad(who + " has a path, but is no file");
  if (fd.is_preopen && (kind != FdKind::kDirectory || !place.is_root()))
    return bad(who + " is no preopened directory");
  if (kind == FdKind::kDirectory && place.is_orphan()) return bad(who + " is a removed directory");
  TINE_TRY(is_socket(kind) ? check_socket(who, state, fd) : check_no_socket(who, fd));
  TINE_TRY(check_listing(who, fd));
  return check_contents(who, fd, orphans);
}

Result<void> check_descriptors(const WorldState& state, Orphans& orphans) {
  for (size_t i = 0; i < state.fds.size(); ++i) {
    if (i > 0 && state.fds[i - 1].number >= state.fds[i].number)
      return bad("descriptors are not in order");
    TINE_TRY(check_descriptor(state, state.fds[i], orphans));
  }
  for (const auto& [number, is_used] : orphans)
    if (!is_used) return bad("removed file " + escape_for_terminal(number) + " is not open");
  return {};
}

// --- files and losses --------------------------------------------------------------------------

/// Each leads to a nameless file, which needs no descriptor then.
Result<void> check_hard_links(const WorldState& state, Orphans& orphans) {
  for (const OverlayNodeState& node : state.overlay) {
    if (static_cast<OverlayKind>(node.kind) != OverlayKind::kHardLink) continue;
    const auto orphan = orphans.find(std::string(node.contents.begin(), node.contents.end()));
    if (orphan == orphans.end())
      return bad("file " + escape_for_terminal(node.path) + " has contents that are not there");
    orphan->second = true;
  }
  return {};
}

/// Fills in `orphans`.
Result<void> check_overlay(const WorldState& state, Orphans& orphans) {
  std::optional<Place> previous;
  uint64_t total_bytes = 0;
  for (const OverlayNodeState& node : state.overlay) {
    Place place{node.preopen, node.path};
    TINE_TRY(check_place(state, place));
    if (node.kind >= kOverlayKindCount) return bad("overlay node of an unknown kind");
    if (previous && !(*previous < place)) return bad("overlay is not in order");
    if (!state.is_closed && !place.is_orphan()) return bad("real world with an overlay");
    total_bytes += node.contents.size();
    if (total_bytes > kMaxOverlayBytes) return bad("overlay is too large");
    if (place.is_orphan()) {
      if (static_cast<OverlayKind>(node.kind) != OverlayKind::kFile)
        return bad("removed file " + escape_for_terminal(place.path) + " is none");
      orphans.emplace(place.path, false);
    }
    previous = std::move(place);
  }
  return check_hard_links(state, orphans);
}

Result<void> check_losses(const WorldState& state) {
  for (size_t i = 0; i < state.losses.size(); ++i) {
    const LossState& loss = state.losses[i];
    if (loss.fd >= kMaxDescriptors) return bad("loss of a descriptor that cannot be");
    if (i > 0 && state.losses[i - 1].fd >= loss.fd) return bad("losses are not in order");
    if (loss.what >= std::size(kLossTexts)) return bad("loss of an unknown kind");
    const bool is_open = std::ranges::binary_search(state.fds, loss.fd, {}, &FdState::number);
    if (is_open == (loss.what == static_cast<uint8_t>(LossKind::kClosed)))
      return bad("loss of a descriptor that contradicts it");
    if (loss.path.size() > kLimits.name_bytes) return bad("loss with too long a path");
  }
  return {};
}

}  // namespace

Result<void> check_state(const WorldState& state) {
  for (const auto* strings : {&state.args, &state.environ})
    for (const std::string& s : *strings)
      if (!is_c_string(s)) return bad("argument or environment with a NUL byte");
  if (state.preopens.size() > kMaxDescriptors) return bad("too many preopens");
  std::set<std::string> guest_paths;
  for (const PreopenState& preopen : state.preopens)
    if (!guest_paths.insert(preopen.guest_path).second) return bad("two preopens of one name");
  TINE_TRY(check_listeners(state));
  Orphans orphans;
  TINE_TRY(check_overlay(state, orphans));
  TINE_TRY(check_descriptors(state, orphans));
  return check_losses(state);
}

}  // namespace tine
