// From what the guest says to a Place: the one resolver of paths, and so the wall of the sandbox.
//
// It walks name by name, looks every name up, and follows symbolic links by putting the names of
// their target in front of what is left. It never leaves the directory that it starts from: an
// absolute path or target, or a ".." too many, is EPERM, as in wasmtime. The result contains no
// link; whoever opens it refuses to follow any, so a link that another process puts there in the
// meantime leads to an error, not out.
#pragma once

#include <string_view>

#include "world_files.h"

namespace tine {

/// Links that one path may lead through, as on Linux.
inline constexpr int kMaxLinksFollowed = 40;
inline constexpr size_t kMaxPathBytes = 4096;

struct Resolved {
  Place place;
  bool must_be_directory = false;  // the path ended in a slash, "." or ".."
  bool is_dots = false;            // its last name was "." or ".."
};

/// What becomes of a link that is the last name: followed; looked at itself, but "link/" means what
/// it leads to; or the entry of its directory, as those need that make, remove or rename it.
enum class LastLink : uint8_t { kFollow, kKeep, kEntry };

/// The place that `path` names, seen from the directory `start`. All names but the last one exist
/// and are directories; the last one may be missing.
/// Errors: kNoEnt, kNotDir, kPerm (leads out), kLoop, kNameTooLong, kInval (a NUL byte).
[[nodiscard]] WasiResult<Resolved> resolve(const Files& files, const Place& start,
                                           std::string_view path, LastLink last);

/// Whether `path` is canonical, as Place says; for paths out of snapshots.
[[nodiscard]] bool is_canonical_path(std::string_view path);

}  // namespace tine
