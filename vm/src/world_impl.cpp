// The World's state at work: time, entropy, the base to go back to, and the changes in which
// descriptors and files hang together.
#include "world_impl.h"

#include <algorithm>

#include "tine/check.h"

namespace tine {

using wasi::fail;

std::string guest_path_of(const WorldSetup& setup, const Place& place) {
  if (place.is_orphan()) return "(nameless file " + place.path + ")";
  const std::string& root = setup.preopens[place.preopen].guest_path;
  if (place.is_root()) return root;
  return root.ends_with('/') ? root + place.path : root + '/' + place.path;
}

std::string socket_name(const std::string& address) {
  return address.empty() ? "(scripted socket)" : "(socket at " + address + ")";
}

// --- descriptors and files ---------------------------------------------------------------------

void WorldValue::close_descriptor(uint32_t fd) {
  const Place place = descriptors->find(fd)->file.place;
  descriptors.edit().remove(fd);
  drop_if_unused(place);
}

void WorldValue::drop_if_unused(const Place& place) {
  if (place.is_orphan() && !descriptors->is_open(place) && overlay.names_of(place) == 0)
    overlay.drop_orphan(place);
}

/// Runs `change`, which takes the name `place` away from whatever stands there. In a closed world
/// an open file there lives on as an orphan (in a real one the host's descriptor keeps it alive).
template <class F>
static WasiResult<void> taking_away(WorldValue& world, const Place& place, F change) {
  std::optional<OverlayNode> kept;
  if (world.is_closed() && world.descriptors->is_open(place)) {
    auto node = world.overlay.node_of(place);
    if (!node) return fail(node.error());
    kept = std::move(*node);
  }
  if (const auto changed = change(); !changed) return changed;
  if (kept) world.descriptors.edit().repoint(place, world.overlay.adopt_orphan(std::move(*kept)));
  return {};
}

WasiResult<void> WorldValue::unlink(const Place& place) {
  const Place file = overlay.file_place(place);
  const auto unlinked = taking_away(*this, place, [&] { return files().unlink(place); });
  if (unlinked) drop_if_unused(file);
  return unlinked;
}

WasiResult<void> WorldValue::link(const Place& from, const Place& to) {
  const auto linked = files().link(from, to);
  if (linked && is_closed()) descriptors.edit().repoint(from, overlay.file_place(from));
  return linked;
}

WasiResult<void> WorldValue::rename(const Place& from, const Place& to) {
  const Place replaced = overlay.file_place(to);
  if (from == to || overlay.file_place(from) == replaced) return files().rename(from, to);
  const auto renamed = taking_away(*this, to, [&] { return files().rename(from, to); });
  if (!renamed) return renamed;
  descriptors.edit().follow_rename(from, to);
  drop_if_unused(replaced);
  return {};
}

// --- time and entropy --------------------------------------------------------------------------

void EntropyState::fill(std::span<uint8_t> into) {
  while (!into.empty()) {
    uint64_t word = seed + ++counter * 0x9e3779b97f4a7c15;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    word ^= word >> 31;
    const size_t n = std::min<size_t>(into.size(), sizeof word);
    for (size_t i = 0; i < n; ++i) into[i] = static_cast<uint8_t>(word >> (8 * i));
    into = into.subspan(n);
  }
}

uint64_t World::Impl::realtime_ns(uint64_t instructions) {
  const ClockState& clock = value_.clock;
  if (value_.is_closed()) return clock.at(clock.realtime_base_ns, instructions);
  const uint64_t now = os::realtime_ns();
  edit_value().clock.realtime_base_ns = now - std::min(now, instructions);
  return now;
}

uint64_t World::Impl::monotonic_ns(uint64_t instructions) {
  const ClockState& clock = value_.clock;
  const uint64_t least = clock.at(clock.monotonic_base_ns, instructions);
  if (value_.is_closed()) return least;
  const uint64_t host = os::monotonic_ns();
  // Another process or machine may have seen more time pass than this one since its boot.
  const uint64_t now = std::max(add_times(host, monotonic_offset_ns_), least);
  monotonic_offset_ns_ = now - host;
  edit_value().clock.monotonic_base_ns = now - std::min(now, instructions);
  return now;
}

void World::Impl::jump_clock(uint64_t ns) {
  ClockState& clock = edit_value().clock;
  clock.jumps_ns = add_times(clock.jumps_ns, ns);
}

WasiResult<void> World::Impl::fill_entropy(std::span<uint8_t> into) {
  if (!value_.is_closed()) return os::entropy(into);
  edit_value().entropy.fill(into);
  return {};
}

// --- the base ----------------------------------------------------------------------------------

void World::Impl::mark_base() {
  base_ = std::make_shared<const WorldValue>(value_);
  changed_ = false;
}

void World::Impl::reset_to_base() {
  TINE_REQUIRE(base_ != nullptr);
  if (!changed_) return;
  value_ = *base_;
  changed_ = false;
}

// --- starting ----------------------------------------------------------------------------------

Descriptors starting_descriptors(size_t preopen_count, const std::vector<os::HandleRef>& hosts) {
  Descriptors descriptors;
  descriptors.add_at(0, standard_stream(FdKind::kStdin));
  descriptors.add_at(1, standard_stream(FdKind::kStdout));
  descriptors.add_at(2, standard_stream(FdKind::kStderr));
  for (uint32_t i = 0; i < preopen_count; ++i) descriptors.add_at(3 + i, preopened_directory(i));
  const auto first_socket = static_cast<uint32_t>(3 + preopen_count);
  for (uint32_t i = 0; i < hosts.size(); ++i)
    descriptors.add_at(first_socket + i, listening_socket(i, hosts[i]));
  return descriptors;
}

Result<RealFiles> open_preopens(const std::vector<Preopen>& preopens) {
  std::vector<os::HandleRef> roots;
  for (const Preopen& preopen : preopens) {
    TINE_TRY_ASSIGN(os::HandleRef root, os::open_preopen(preopen.host_path));
    roots.push_back(std::move(root));
  }
  return RealFiles(std::move(roots));
}

}  // namespace tine
