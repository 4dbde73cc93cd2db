// First every descriptor is tried at its place; then it is decided which files go on in memory; then
// each descriptor gets its file, or the policy's answer.
#include "world_reopen.h"

#include <algorithm>
#include <set>

#include "tine/check.h"
#include "tine/module.h"

namespace tine {
namespace {

/// Why a descriptor cannot simply go on at its place.
struct Trouble {
  std::string what;
  bool can_be_taken = false;  // something that serves stands there
};

struct Candidate {
  const FdState* state = nullptr;
  Descriptor descriptor;
  std::optional<Trouble> trouble;
};

Place orphan_of(const FdState& fd) { return {kOrphanPreopen, std::to_string(fd.embedded - 1)}; }

class Reopener {
 public:
  Reopener(const WorldState& state, std::optional<FdPolicy> policy,
           const std::vector<os::HandleRef>& listeners, WorldValue& value)
      : state_(state), policy_(policy), listeners_(listeners), value_(value) {}

  Result<Reopened> run() {
    for (const FdState& fd : state_.fds) candidates_.push_back(try_at_its_place(fd));
    choose_files_in_memory();
    Reopened out;
    for (Candidate& candidate : candidates_) TINE_TRY(settle(candidate, out));
    drop_unused_files(out.descriptors);
    keep_losses(out);
    return out;
  }

 private:
  // --- at its place ----------------------------------------------------------------------------

  Candidate try_at_its_place(const FdState& fd) {
    Candidate candidate{&fd, described(fd), {}};
    Descriptor& descriptor = candidate.descriptor;
    if (descriptor.kind == FdKind::kDirectory)
      candidate.trouble = trouble_with_directory(descriptor.file.place);
    if (descriptor.kind == FdKind::kFile) candidate.trouble = open_file(fd, descriptor);
    if (is_socket(descriptor.kind)) candidate.trouble = take_socket(fd, descriptor.socket);
    return candidate;
  }

  static Descriptor described(const FdState& fd) {
    Descriptor descriptor{.kind = static_cast<FdKind>(fd.kind),
                          .flags = fd.flags,
                          .is_preopen = fd.is_preopen,
                          .offset = fd.offset,
                          .file = {Place{fd.preopen, fd.path}, nullptr},
                          .socket = {},
                          .listing = {}};
    const wasi::Rights possible = possible_rights(descriptor.kind);
    descriptor.rights_base = fd.rights_base & possible;
    if (descriptor.kind == FdKind::kDirectory)
      descriptor.rights_inheriting =
          fd.rights_inheriting & (wasi::rights::kDirectory | wasi::rights::kFile);
    if (descriptor.kind == FdKind::kListener)
      descriptor.rights_inheriting = fd.rights_inheriting & wasi::rights::kConnection;
    if (is_socket(descriptor.kind))
      descriptor.socket = {.listener = fd.listener,
                           .connection = fd.connection,
                           .shut = static_cast<uint8_t>(fd.shut & ~kPeerIsGone),
                           .host = {}};
    if (!fd.listing.empty())
      descriptor.listing = std::make_shared<const std::vector<std::string>>(fd.listing);
    return descriptor;
  }

  std::optional<Trouble> trouble_with_directory(const Place& place) const {
    // A closed world's guest may have removed a directory that it has open; then that is its state.
    if (state_.is_closed) return std::nullopt;
    const auto found = value_.files().stat(place);
    if (!found) return Trouble{"the directory is gone"};
    if (found->type != FileType::kDirectory) return Trouble{"is no directory any more"};
    return std::nullopt;
  }

  std::optional<Trouble> take_socket(const FdState& fd, SocketRef& socket) const {
    if (fd.kind == static_cast<uint8_t>(FdKind::kConnection)) {
      const bool was_host = !state_.is_closed && (fd.shut & kPeerIsGone) == 0;
      return was_host ? std::optional(Trouble{"the connection is gone", true}) : std::nullopt;
    }
    if (value_.is_closed()) return std::nullopt;
    if (fd.listener >= listeners_.size())
      return Trouble{"nothing listens for it: grant it with --listen HOST:PORT"};
    socket.host = listeners_[fd.listener];
    return std::nullopt;
  }

  std::optional<Trouble> open_file(const FdState& fd, Descriptor& descriptor) {
    const Place place = descriptor.file.place;
    Files& files = value_.files_of(place);
    const bool was_regular = !fd.file_hash.empty();
    // Looked at before it is opened: opening a pipe would wait.
    const auto found = files.stat(place);
    if (!found) return Trouble{"the file is gone"};
    if (found->type == FileType::kSymbolicLink || found->type == FileType::kDirectory ||
        (was_regular && found->type != FileType::kRegularFile))
      return Trouble{"is no regular file any more"};
    const bool write = (descriptor.rights_base & wasi::rights::kWriting) != 0;
    const bool read = !write || (descriptor.rights_base & wasi::rights::kFdRead) != 0;
    const bool nonblock = (descriptor.flags & wasi::kFdNonblock) != 0;
    auto file = files.open(place, {.read = read, .write = write, .nonblock = nonblock}, 0);
    if (!file) return Trouble{"cannot be opened any more"};
    descriptor.file = std::move(*file);
    if (!was_regular) return std::nullopt;
    return compare(fd, files, descriptor.file);
  }

  /// A time that differs is no difference if the contents are the same: files get copied.
  static std::optional<Trouble> compare(const FdState& fd, const Files& files,
                                        const FileRef& file) {
    const auto host = files.host_stat(file);
    if (!host || !*host) return Trouble{"is no file of the host any more"};
    if ((*host)->size_bytes != fd.file_size)
      return Trouble{"differs: its size was " + std::to_string(fd.file_size) + " bytes, now " +
                         std::to_string((*host)->size_bytes),
                     true};
    const auto identity = files.identity(file);
    if (!identity) return Trouble{"cannot be read to be compared", true};
    if (identity->hash != fd.file_hash) return Trouble{"differs: its contents have changed", true};
    return std::nullopt;
  }

  // --- files in memory -------------------------------------------------------------------------

  /// Fills in_memory_ with the nameless files that descriptors of embedded files go on with.
  void choose_files_in_memory() {
    std::map<Place, const Candidate*> first_of;
    for (const Candidate& c : candidates_) {
      // One that was removed already, of which another name still stood.
      if (c.descriptor.file.place.is_orphan()) in_memory_.insert(c.descriptor.file.place);
      if (c.state->embedded == 0) continue;
      const Place orphan = orphan_of(*c.state);
      const bool takes_contents = policy_.value_or(FdPolicy::kEmbed) == FdPolicy::kEmbed;
      if (c.trouble) {
        if (takes_contents) in_memory_.insert(orphan);
        continue;
      }
      const Candidate* first = first_of.emplace(orphan, &c).first->second;
      if (!is_one_file(*first, c)) in_memory_.insert(orphan);
    }
  }

  [[nodiscard]] bool is_one_file(const Candidate& a, const Candidate& b) const {
    const auto stat_a = value_.files().stat_open(a.descriptor.file);
    const auto stat_b = value_.files().stat_open(b.descriptor.file);
    return stat_a && stat_b && stat_a->device == stat_b->device && stat_a->inode == stat_b->inode;
  }

  // --- what becomes of each ----------------------------------------------------------------------

  Result<void> settle(Candidate& c, Reopened& out) {
    const FdState& fd = *c.state;
    if (fd.embedded != 0 && in_memory_.contains(orphan_of(fd))) {
      c.descriptor.file = {orphan_of(fd), nullptr};
      note(c, "goes on with the contents in the snapshot", out);
    } else if (c.trouble) {
      switch (policy_.value_or(FdPolicy::kError)) {
        case FdPolicy::kError: return refuse(c, "");
        case FdPolicy::kEmbed:
          if (is_socket(c.descriptor.kind)) return refuse(c, "");
          if (c.descriptor.kind != FdKind::kDirectory)
            return refuse(c, ", and the snapshot does not have its contents");
          note(c, "goes on with what was listed of it", out);
          break;
        case FdPolicy::kReopen:
          if (!c.trouble->can_be_taken) return refuse(c, "");
          note(c, is_socket(c.descriptor.kind) ? "goes on as if its peer hung up" : "reopened",
               out);
          break;
        case FdPolicy::kClose:
          note(c, "closed", out);
          out.losses.push_back({fd.number, static_cast<uint8_t>(LossKind::kClosed), guest_path(c)});
          return {};
      }
    }
    out.descriptors.add_at(fd.number, std::move(c.descriptor));
    return {};
  }

  [[nodiscard]] std::string guest_path(const Candidate& c) const {
    if (is_socket(c.descriptor.kind))
      return socket_name(state_.listeners[c.state->listener].address_hint);
    return guest_path_of(*value_.setup, {c.state->preopen, c.state->path});
  }
  [[nodiscard]] std::string describe(const Candidate& c) const {
    return "descriptor " + std::to_string(c.state->number) + ", " +
           escape_for_terminal(guest_path(c)) + ": " +
           (c.trouble ? c.trouble->what : "is one file with another that does");
  }
  void note(const Candidate& c, const char* done, Reopened& out) const {
    out.notes.push_back(describe(c) + "; " + done);
  }
  [[nodiscard]] std::unexpected<Error> refuse(const Candidate& c, const char* more) const {
    return fail(ErrorCode::kIo, kNoOffset, describe(c) + more + " (--fd-policy: what to do then)");
  }

  void drop_unused_files(const Descriptors& descriptors) {
    std::vector<Place> unused;
    for (const auto& [place, node] : value_.overlay.nodes())
      if (place.is_orphan() && !descriptors.is_open(place) && value_.overlay.names_of(place) == 0)
        unused.push_back(place);
    for (const Place& place : unused) value_.overlay.drop_orphan(place);
  }

  /// Descriptors that are not there stay lost; all else is found anew by the next capture.
  void keep_losses(Reopened& out) const {
    for (const LossState& loss : state_.losses)
      if (loss.what == static_cast<uint8_t>(LossKind::kClosed) &&
          out.descriptors.find(loss.fd) == nullptr)
        out.losses.push_back(loss);
    std::ranges::sort(out.losses, {}, &LossState::fd);
  }

  const WorldState& state_;
  const std::optional<FdPolicy> policy_;
  const std::vector<os::HandleRef>& listeners_;  // of a real world, as far as they were granted
  WorldValue& value_;
  std::vector<Candidate> candidates_;
  std::set<Place> in_memory_;
};

}  // namespace

Result<Reopened> reopen_descriptors(const WorldState& state, std::optional<FdPolicy> policy,
                                    const std::vector<os::HandleRef>& listeners,
                                    WorldValue& value) {
  return Reopener(state, policy, listeners, value).run();
}

}  // namespace tine
