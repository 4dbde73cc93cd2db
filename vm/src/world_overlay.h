// OverlayFiles: a closed world's files, in memory over a read-only base.
//
// The overlay is a map from places to nodes: what the guest wrote, made or moved, and whiteouts for
// what it removed from the base. A place without a node shows the base, unless something above it
// hides the base: a whiteout, or a directory that the guest made itself (rename and mkdir make
// those; they start empty). A file with several names becomes a nameless one (a node under
// kOrphanPreopen), which its names lead to, and whose place is that of the open file. Copies of a
// world share the map until one writes.
#pragma once

#include <map>
#include <memory>

#include "cow.h"
#include "file_bytes.h"
#include "world_base_files.h"

namespace tine {

/// Values are those of OverlayNodeState::kind.
enum class OverlayKind : uint8_t {
  kFile = 0,
  kDirectory = 1,  // hides a directory of the base of the same place
  kSymlink = 2,
  kWhiteout = 3,       // nothing is here, whatever the base has
  kBaseDirectory = 4,  // the base's directory, with another modification time
  kHardLink = 5,       // one of several names of a file, which stands among the nameless ones
};
inline constexpr uint8_t kOverlayKindCount = 6;

struct OverlayNode {
  OverlayKind kind = OverlayKind::kFile;
  uint64_t mtime_ns = 0;
  uint64_t atime_ns = 0;  // reading does not change it
  FileBytes bytes;        // kFile
  std::string target;     // kSymlink: its text; kHardLink: the number of the nameless file
};

/// An empty one of this age.
[[nodiscard]] inline OverlayNode new_node(OverlayKind kind, uint64_t now_ns) {
  return {.kind = kind, .mtime_ns = now_ns, .atime_ns = now_ns, .bytes = {}, .target = {}};
}
using OverlayNodes = std::map<Place, OverlayNode>;

/// The most that an overlay may hold: every node counts kNodeBytes plus the size of its file.
/// Beyond it the guest sees a full disk, so that no guest can use up the fuzzer's memory.
inline constexpr uint64_t kMaxOverlayBytes = uint64_t{1} << 30;
inline constexpr uint64_t kNodeBytes = 4096;

class OverlayFiles final : public Files {
 public:
  OverlayFiles() : OverlayFiles(std::make_shared<BaseFiles>(), {}) {}
  OverlayFiles(std::shared_ptr<BaseFiles> base, OverlayNodes nodes);

  [[nodiscard]] WasiResult<FileStat> stat(const Place& place) const override;
  [[nodiscard]] WasiResult<std::string> read_link(const Place& place) const override;
  [[nodiscard]] WasiResult<std::vector<std::string>> list(const Place& place) const override;
  [[nodiscard]] WasiResult<FileRef> open(const Place& place, const OpenMode& mode,
                                         uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> make_directory(const Place& place, uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> remove_directory(const Place& place) override;
  [[nodiscard]] WasiResult<void> unlink(const Place& place) override;
  [[nodiscard]] WasiResult<void> rename(const Place& from, const Place& to) override;
  [[nodiscard]] WasiResult<void> symlink(const std::string& target, const Place& place,
                                         uint64_t now_ns) override;
  /// Who has the file open at `from` finds it at file_place(from) afterwards. A symbolic link is
  /// copied: it cannot change, but for its times.
  [[nodiscard]] WasiResult<void> link(const Place& from, const Place& to) override;
  [[nodiscard]] WasiResult<FileStat> stat_open(const FileRef& file) const override;
  [[nodiscard]] WasiResult<uint64_t> read(const FileRef& file, uint64_t offset,
                                          std::span<uint8_t> into) const override;
  [[nodiscard]] WasiResult<uint64_t> write(const FileRef& file, uint64_t offset,
                                           std::span<const uint8_t> data, uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> set_size(const FileRef& file, uint64_t size_bytes,
                                          uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> allocate(const FileRef& file, uint64_t offset, uint64_t end,
                                          uint64_t now_ns) override;
  [[nodiscard]] WasiResult<void> set_times(const FileRef& file, const FileTimes& times) override;
  [[nodiscard]] WasiResult<void> sync(const FileRef& file, bool data_only) const override;
  [[nodiscard]] WasiResult<std::optional<FileStat>> host_stat(const FileRef& file) const override;
  [[nodiscard]] bool is_in_place(const FileRef& file) const override;
  [[nodiscard]] WasiResult<FileRef> readable(const FileRef& file) const override;
  [[nodiscard]] WasiResult<FileIdentity> identity(const FileRef& file) const override;

  /// Where the contents of what stands at `place` are: elsewhere for a file with several names.
  [[nodiscard]] Place file_place(const Place& place) const;
  /// How many names lead to a nameless file. Cost: a look at every node.
  [[nodiscard]] uint64_t names_of(const Place& orphan) const;
  /// The node that stands, or would stand, for an existing file, link or directory.
  [[nodiscard]] WasiResult<OverlayNode> node_of(const Place& place) const;
  /// Keeps a file that lost its place while open; returns where. Never fails.
  [[nodiscard]] Place adopt_orphan(OverlayNode node);
  void drop_orphan(const Place& place);

  [[nodiscard]] const OverlayNodes& nodes() const { return overlay_->nodes; }

 private:
  struct Overlay {
    OverlayNodes nodes;
    uint64_t used_bytes = 0;  // sum of cost_of() over the nodes
  };
  [[nodiscard]] const OverlayNode* find(const Place& place) const;
  [[nodiscard]] bool shows_base(const Place& place) const;
  [[nodiscard]] bool base_has(const Place& place) const;
  [[nodiscard]] WasiResult<void> require_directory(const Place& place) const;
  [[nodiscard]] WasiResult<void> require_room(uint64_t more_bytes) const;
  [[nodiscard]] WasiResult<void> require_replaceable(FileType moved, const Place& to) const;
  [[nodiscard]] WasiResult<void> add_new(const Place& place, OverlayNode node);
  /// The node to change, copied up from the base if need be.
  [[nodiscard]] WasiResult<OverlayNode*> edit_node(const Place& place);
  [[nodiscard]] WasiResult<OverlayNode*> edit_file(const FileRef& file);
  void put(const Place& place, OverlayNode node);
  void erase(const Place& place);
  /// Takes a place and all beneath it away, with a whiteout where the base would show.
  void remove_tree(const Place& place);
  [[nodiscard]] std::vector<Place> nodes_beneath(const Place& directory) const;
  [[nodiscard]] WasiResult<std::vector<Place>> visible_tree(const Place& top) const;

  std::shared_ptr<BaseFiles> base_;
  Cow<Overlay> overlay_;
};

}  // namespace tine
