// From plain data back to a World, and from any world to a closed one.
//
// The state may come from a file that nobody vouches for, so it is checked first, whole
// (world_check.cpp), and gives no authority: host directories come from the caller's grants alone,
// files are opened beneath them with no link followed, and rights are cut down to what a descriptor
// of its kind can hold (world_reopen.cpp).
#include <algorithm>

#include "tine/module.h"
#include "world_check.h"
#include "world_impl.h"
#include "world_reopen.h"
#include "world_sockets.h"

namespace tine {
namespace {

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

struct Listening {
  std::vector<ListenerState> listeners;
  std::vector<os::HandleRef> hosts;  // real worlds: as many as were granted
};

/// The state's listening sockets; a real world's listen where the grants say.
Result<Listening> listen_again(const WorldState& state, bool closed, const WorldConfig& grants) {
  Listening out{state.listeners, {}};
  const size_t granted = grants.listen.size();
  if (granted > out.listeners.size())
    return fail(ErrorCode::kUsage, kNoOffset,
                "--listen " + grants.listen.back() +
                    ": listening sockets of the program: " + std::to_string(out.listeners.size()));
  if (closed) {
    TINE_TRY(add_connections(grants, out.listeners));
    return out;
  }
  if (!grants.connections.empty())
    return fail(ErrorCode::kUsage, kNoOffset, "scripted connections need a closed world");
  std::vector<ListenerState> wanted(granted);
  for (size_t i = 0; i < granted; ++i) wanted[i].address_hint = grants.listen[i];
  TINE_TRY_ASSIGN(out.hosts, open_listeners(false, wanted));
  std::ranges::move(wanted, out.listeners.begin());
  return out;
}

OverlayNodes overlay_nodes(const WorldState& state) {
  OverlayNodes nodes;
  for (const OverlayNodeState& from : state.overlay) {
    OverlayNode node{.kind = static_cast<OverlayKind>(from.kind),
                     .mtime_ns = from.mtime_ns,
                     .atime_ns = from.atime_ns,
                     .bytes = {},
                     .target = {}};
    if (node.kind == OverlayKind::kSymlink || node.kind == OverlayKind::kHardLink) {
      node.target.assign(from.contents.begin(), from.contents.end());
    } else if (node.kind == OverlayKind::kFile) {
      node.bytes = FileBytes(from.contents);
    }
    nodes.emplace(Place{from.preopen, from.path}, std::move(node));
  }
  return nodes;
}

/// Pre: checked state; `value` has its setup and files. Returns what was done about files that
/// differ or are gone.
Result<std::vector<std::string>> restore_value(const WorldState& state,
                                               std::optional<FdPolicy> policy,
                                               const std::vector<os::HandleRef>& listeners,
                                               const WorldSetup& setup, WorldValue& value) {
  TINE_TRY_ASSIGN(Reopened reopened, reopen_descriptors(state, policy, listeners, value));
  WorldSetup with_losses = setup;
  with_losses.losses = std::move(reopened.losses);
  value.setup = std::make_shared<const WorldSetup>(std::move(with_losses));
  value.descriptors = Cow<Descriptors>(std::move(reopened.descriptors));
  value.clock = {state.realtime_base_ns, state.monotonic_base_ns, state.clock_jumps_ns};
  value.entropy = {state.entropy_seed, state.entropy_counter};
  value.stdin_reads = state.stdin_reads;
  return std::move(reopened.notes);
}

/// A world with this state, closed or not, over these host directories.
Result<void> build(const WorldState& state, bool closed, const WorldConfig& grants,
                   World::Impl& impl) {
  TINE_TRY(check_state(state));
  TINE_TRY_ASSIGN(std::vector<Preopen> preopens, match_grants(state, grants.preopens));
  TINE_TRY_ASSIGN(RealFiles files, open_preopens(preopens));
  WorldValue& value = impl.edit_value();
  TINE_TRY_ASSIGN(Listening listening, listen_again(state, closed, grants));
  const WorldSetup setup{
      closed, state.args, state.environ, std::move(preopens), std::move(listening.listeners), {}};
  value.setup = std::make_shared<const WorldSetup>(setup);
  auto base = std::make_shared<BaseFiles>();
  if (closed) {
    base = std::make_shared<BaseFiles>(std::move(files));
  } else {
    value.real_files = std::move(files);
  }
  value.overlay = OverlayFiles(std::move(base), overlay_nodes(state));
  TINE_TRY_ASSIGN(impl.restore_notes,
                  restore_value(state, grants.fd_policy, listening.hosts, setup, value));
  return {};
}

}  // namespace

Result<World> World::restore(const WorldState& state, const WorldConfig& grants) {
  Impl impl;
  TINE_TRY(build(state, state.is_closed, grants, impl));
  impl.streams.stdin_is_process = !state.is_closed;
  return World(std::move(impl));
}

Result<World> World::close(const WorldState& state, uint64_t seed,
                           const std::vector<Preopen>& preopens,
                           std::optional<FdPolicy> fd_policy) {
  Impl impl;
  WorldConfig grants;
  grants.preopens = preopens;
  grants.fd_policy = fd_policy;
  TINE_TRY(build(state, true, grants, impl));
  impl.edit_value().entropy = {seed, 0};
  return World(std::move(impl));
}

}  // namespace tine
