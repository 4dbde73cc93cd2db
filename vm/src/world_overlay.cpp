// The overlay's map and how it covers the base: what a place shows, and every change of the map.
// Open files are read and written in world_overlay_io.cpp.
#include "world_overlay.h"

#include <algorithm>
#include <charconv>

#include "tine/check.h"
#include "world_paths.h"

namespace tine {

using wasi::fail;

namespace {

uint64_t cost_of(const OverlayNode& node) { return kNodeBytes + node.bytes.size_bytes(); }

Place orphan_place(uint64_t number) { return {kOrphanPreopen, std::to_string(number)}; }

}  // namespace

OverlayFiles::OverlayFiles(std::shared_ptr<BaseFiles> base, OverlayNodes nodes)
    : base_(std::move(base)) {
  Overlay overlay;
  for (const auto& [place, node] : nodes) overlay.used_bytes += cost_of(node);
  overlay.nodes = std::move(nodes);
  overlay_ = Cow<Overlay>(std::move(overlay));
}

// --- what a place shows ----------------------------------------------------------------------

const OverlayNode* OverlayFiles::find(const Place& place) const {
  const auto it = overlay_->nodes.find(place);
  return it == overlay_->nodes.end() ? nullptr : &it->second;
}

Place OverlayFiles::file_place(const Place& place) const {
  const OverlayNode* node = find(place);
  if (node == nullptr || node->kind != OverlayKind::kHardLink) return place;
  return {kOrphanPreopen, node->target};
}

uint64_t OverlayFiles::names_of(const Place& orphan) const {
  return static_cast<uint64_t>(std::ranges::count_if(overlay_->nodes, [&](const auto& entry) {
    return entry.second.kind == OverlayKind::kHardLink && entry.second.target == orphan.path;
  }));
}

bool OverlayFiles::shows_base(const Place& place) const {
  if (place.preopen == kOrphanPreopen) return false;
  if (overlay_->nodes.empty()) return true;
  for (Place at = place;; at = at.parent()) {
    const OverlayNode* node = find(at);
    if (node != nullptr && node->kind != OverlayKind::kBaseDirectory) return false;
    if (at.is_root()) return true;
  }
}

bool OverlayFiles::base_has(const Place& place) const {
  return !place.is_root() && shows_base(place.parent()) && base_->stat(place).has_value();
}

WasiResult<std::string> OverlayFiles::read_link(const Place& place) const {
  const OverlayNode* node = find(place);
  if (node == nullptr && shows_base(place)) return base_->read_link(place);
  if (node == nullptr || node->kind == OverlayKind::kWhiteout) return fail(Errno::kNoEnt);
  if (node->kind != OverlayKind::kSymlink) return fail(Errno::kInval);
  return node->target;
}

std::vector<Place> OverlayFiles::nodes_beneath(const Place& directory) const {
  std::vector<Place> places;
  const Place first{directory.preopen, directory.is_root() ? "" : directory.path + '/'};
  const auto& nodes = overlay_->nodes;
  for (auto it = nodes.lower_bound(first); it != nodes.end(); ++it) {
    if (it->first == directory) continue;
    if (!directory.contains(it->first)) break;
    places.push_back(it->first);
  }
  return places;
}

WasiResult<std::vector<std::string>> OverlayFiles::list(const Place& place) const {
  if (const auto directory = require_directory(place); !directory) return fail(directory.error());
  std::vector<std::string> names;
  if (shows_base(place)) {
    auto base_names = base_->list(place);
    if (!base_names) return fail(base_names.error());
    for (std::string& name : *base_names)
      if (find(place.child(name)) == nullptr) names.push_back(std::move(name));
  }
  for (const Place& inner : nodes_beneath(place))
    if (inner.parent() == place && find(inner)->kind != OverlayKind::kWhiteout)
      names.push_back(inner.name());
  std::sort(names.begin(), names.end());
  return names;
}

WasiResult<OverlayNode> OverlayFiles::node_of(const Place& place) const {
  if (const OverlayNode* node = find(place)) {
    if (node->kind == OverlayKind::kWhiteout) return fail(Errno::kNoEnt);
    return *node;
  }
  if (!shows_base(place)) return fail(Errno::kNoEnt);
  const auto stat = base_->stat(place);
  if (!stat) return fail(stat.error());
  OverlayNode node = new_node(OverlayKind::kFile, stat->mtime_ns);
  if (stat->type == FileType::kDirectory) {
    node.kind = OverlayKind::kBaseDirectory;
  } else if (stat->type == FileType::kSymbolicLink) {
    node.kind = OverlayKind::kSymlink;
    auto target = base_->read_link(place);
    if (!target) return fail(target.error());
    node.target = std::move(*target);
  } else {
    const auto contents = base_->contents(place);
    if (!contents) return fail(contents.error());
    node.bytes = **contents;
  }
  return node;
}

WasiResult<std::vector<Place>> OverlayFiles::visible_tree(const Place& top) const {
  std::vector<Place> places = {top};
  for (size_t i = 0; i < places.size(); ++i) {
    const auto stat_i = stat(places[i]);
    if (!stat_i) return fail(stat_i.error());
    if (stat_i->type != FileType::kDirectory) continue;
    const auto names = list(places[i]);
    if (!names) return fail(names.error());
    for (const std::string& name : *names) places.push_back(places[i].child(name));
  }
  return places;
}

// --- changes of the map ----------------------------------------------------------------------

WasiResult<void> OverlayFiles::require_directory(const Place& place) const {
  const auto found = stat(place);
  if (!found) return fail(found.error());
  if (found->type != FileType::kDirectory) return fail(Errno::kNotDir);
  return {};
}

WasiResult<void> OverlayFiles::require_room(uint64_t more_bytes) const {
  if (more_bytes > kMaxOverlayBytes || overlay_->used_bytes > kMaxOverlayBytes - more_bytes)
    return fail(Errno::kNoSpc);
  return {};
}

void OverlayFiles::put(const Place& place, OverlayNode node) {
  erase(place);
  Overlay& overlay = overlay_.edit();
  overlay.used_bytes += cost_of(node);
  overlay.nodes.emplace(place, std::move(node));
}

void OverlayFiles::erase(const Place& place) {
  Overlay& overlay = overlay_.edit();
  const auto it = overlay.nodes.find(place);
  if (it == overlay.nodes.end()) return;
  overlay.used_bytes -= cost_of(it->second);
  overlay.nodes.erase(it);
}

void OverlayFiles::remove_tree(const Place& place) {
  for (const Place& inner : nodes_beneath(place)) erase(inner);
  if (base_has(place)) {
    put(place, OverlayNode{.kind = OverlayKind::kWhiteout, .bytes = {}, .target = {}});
  } else {
    erase(place);
  }
}

WasiResult<void> OverlayFiles::add_new(const Place& place, OverlayNode node) {
  if (stat(place)) return fail(Errno::kExist);
  if (place.path.size() > kMaxPathBytes) return fail(Errno::kNameTooLong);
  if (const auto directory = require_directory(place.parent()); !directory) return directory;
  if (const auto room = require_room(cost_of(node)); !room) return room;
  put(place, std::move(node));
  return {};
}

WasiResult<OverlayNode*> OverlayFiles::edit_node(const Place& named) {
  const Place place = file_place(named);
  if (find(place) == nullptr) {
    auto copied = node_of(place);
    if (!copied) return fail(copied.error());
    if (const auto room = require_room(cost_of(*copied)); !room) return fail(room.error());
    put(place, std::move(*copied));
  }
  OverlayNode& node = overlay_.edit().nodes.find(place)->second;
  if (node.kind == OverlayKind::kWhiteout) return fail(Errno::kNoEnt);
  return &node;
}

WasiResult<void> OverlayFiles::make_directory(const Place& place, uint64_t now_ns) {
  return add_new(place, new_node(OverlayKind::kDirectory, now_ns));
}

WasiResult<void> OverlayFiles::symlink(const std::string& target, const Place& place,
                                       uint64_t now_ns) {
  OverlayNode node = new_node(OverlayKind::kSymlink, now_ns);
  node.target = target;
  return add_new(place, std::move(node));
}

WasiResult<void> OverlayFiles::link(const Place& from, const Place& to) {
  auto node = node_of(from);
  if (!node) return fail(node.error());
  if (node->kind == OverlayKind::kSymlink) return add_new(to, std::move(*node));
  if (node->kind != OverlayKind::kFile && node->kind != OverlayKind::kHardLink)
    return fail(Errno::kPerm);
  const bool is_first_link = node->kind == OverlayKind::kFile;
  if (const auto room = require_room(kNodeBytes + cost_of(*node)); !room) return room;
  OverlayNode name = new_node(OverlayKind::kHardLink, 0);
  name.target = node->target;
  if (const auto added = add_new(to, name); !added) return added;
  if (!is_first_link) return {};
  name.target = adopt_orphan(std::move(*node)).path;
  put(to, name);
  put(from, std::move(name));
  return {};
}

WasiResult<void> OverlayFiles::remove_directory(const Place& place) {
  const auto names = list(place);
  if (!names) return fail(names.error());
  if (!names->empty()) return fail(Errno::kNotEmpty);
  remove_tree(place);
  return {};
}

WasiResult<void> OverlayFiles::unlink(const Place& place) {
  const auto found = stat(place);
  if (!found) return fail(found.error());
  if (found->type == FileType::kDirectory) return fail(Errno::kIsDir);
  remove_tree(place);
  return {};
}

WasiResult<void> OverlayFiles::require_replaceable(FileType moved, const Place& to) const {
  const auto target = stat(to);
  if (!target) return {};
  const bool target_is_directory = target->type == FileType::kDirectory;
  if (moved != FileType::kDirectory && target_is_directory) return fail(Errno::kIsDir);
  if (moved == FileType::kDirectory && !target_is_directory) return fail(Errno::kNotDir);
  if (!target_is_directory) return {};
  const auto names = list(to);
  if (!names) return fail(names.error());
  if (!names->empty()) return fail(Errno::kNotEmpty);
  return {};
}

WasiResult<void> OverlayFiles::rename(const Place& from, const Place& to) {
  const auto moved = stat(from);
  if (!moved) return fail(moved.error());
  // Two names of one file stay two.
  if (from == to || file_place(from) == file_place(to)) return {};
  if (from.contains(to)) return fail(Errno::kInval);
  if (to.contains(from)) return fail(Errno::kNotEmpty);
  if (const auto parent = require_directory(to.parent()); !parent) return parent;
  if (const auto target = require_replaceable(moved->type, to); !target) return target;
  // Gather everything that moves, so that nothing can fail once the map changes.
  const auto places = visible_tree(from);
  if (!places) return fail(places.error());
  std::vector<std::pair<Place, OverlayNode>> arriving;
  uint64_t arriving_bytes = 0;
  for (const Place& place : *places) {
    Place target{to.preopen, to.path + place.path.substr(from.path.size())};
    if (target.path.size() > kMaxPathBytes) return fail(Errno::kNameTooLong);
    auto node = node_of(place);
    if (!node) return fail(node.error());
    if (node->kind == OverlayKind::kBaseDirectory) node->kind = OverlayKind::kDirectory;
    arriving_bytes += cost_of(*node);
    arriving.emplace_back(std::move(target), std::move(*node));
  }
  if (const auto room = require_room(arriving_bytes); !room) return room;
  remove_tree(from);
  remove_tree(to);
  for (auto& [place, node] : arriving) put(place, std::move(node));
  return {};
}

// --- files that lost their place ---------------------------------------------------------------

Place OverlayFiles::adopt_orphan(OverlayNode node) {
  uint64_t number = 0;
  while (find(orphan_place(number)) != nullptr) ++number;
  put(orphan_place(number), std::move(node));
  return orphan_place(number);
}

void OverlayFiles::drop_orphan(const Place& place) {
  TINE_REQUIRE(place.preopen == kOrphanPreopen);
  erase(place);
}

}  // namespace tine
